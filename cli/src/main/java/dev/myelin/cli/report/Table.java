package dev.myelin.cli.report;

import static dev.myelin.cli.report.Markup.coordinate;
import static dev.myelin.cli.report.Markup.escape;

import java.util.List;

/**
 * Numbers and words in rows and columns. A text that begins with a space is words, set from the
 * left; any other is a number, set from the right.
 */
public final class Table {
  private final StringBuilder html = new StringBuilder("<div class=\"scroll\"><table>");

  /** Begins a table; its columns are called so. */
  public Table(List<String> header) {
    html.append("<thead><tr>");
    header.forEach(name -> cell("th scope=\"col\"", "th", name));
    html.append("</tr></thead><tbody>");
  }

  /** Adds a row, which the first cell names. */
  public Table row(List<String> cells) {
    html.append("<tr>");
    cells(cells);
    html.append("</tr>");
    return this;
  }

  /**
   * As {@link #row}, with a bar in one more column.
   *
   * @param share of the column's width, in [0, 1]
   */
  public Table rowWithBar(List<String> cells, double share) {
    html.append("<tr>");
    cells(cells);
    html.append("<td class=\"bars\"><span style=\"width:").append(coordinate(100 * share));
    html.append("%\"></span></td></tr>");
    return this;
  }

  private void cells(List<String> cells) {
    for (int i = 0; i < cells.size(); i++) {
      cell(i == 0 ? "th scope=\"row\"" : "td", i == 0 ? "th" : "td", cells.get(i));
    }
  }

  private void cell(String opening, String closing, String text) {
    html.append('<').append(opening).append(text.startsWith(" ") ? " class=\"word\">" : ">");
    html.append(escape(text.strip())).append("</").append(closing).append('>');
  }

  @Override
  public String toString() {
    return html + "</tbody></table></div>";
  }
}
