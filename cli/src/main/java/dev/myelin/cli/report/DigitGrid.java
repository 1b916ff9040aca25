package dev.myelin.cli.report;

import static dev.myelin.cli.report.Markup.escape;

/** Small images beside each other, each with what it is and what it was taken for. */
public final class DigitGrid {
  private final StringBuilder html = new StringBuilder("<ul class=\"digits\">");

  /**
   * Adds an image.
   *
   * @param dataUri as {@link PixelImage} makes it
   * @param truth its class
   * @param verdict what the network says, and how sure it is
   */
  public DigitGrid add(String dataUri, String truth, String verdict) {
    html.append("<li><img alt=\"").append(escape(truth)).append("\" src=\"").append(dataUri);
    html.append("\"><b>").append(escape(truth)).append("</b> ").append(escape(verdict));
    html.append("</li>");
    return this;
  }

  @Override
  public String toString() {
    return html + "</ul>";
  }
}
