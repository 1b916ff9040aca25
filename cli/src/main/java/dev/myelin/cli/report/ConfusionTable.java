package dev.myelin.cli.report;

import static dev.myelin.cli.report.Markup.escape;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Which classes are taken for which: a row per true class, a column per predicted one. Of many
 * classes, as an image without numbers; of more, as the pairs that are confused most.
 */
public final class ConfusionTable {
  private static final int MOST_WITH_NUMBERS = 16;
  private static final int MOST_AS_IMAGE = 200;
  private static final int PAIRS = 15;

  private final List<String> names;
  private final int[][] counts;

  /**
   * Keeps the counts.
   *
   * @param counts [true class][predicted class]
   */
  public ConfusionTable(List<String> classNames, int[][] counts) {
    this.names = classNames;
    this.counts = counts;
  }

  /** The figure. */
  public String draw() {
    if (names.size() <= MOST_WITH_NUMBERS) {
      return matrix();
    }
    return (names.size() <= MOST_AS_IMAGE ? image() : "") + mostConfused();
  }

  private String matrix() {
    StringBuilder html = new StringBuilder("<div class=\"scroll\"><table class=\"confusion\">");
    html.append("<thead><tr><th scope=\"col\" class=\"word\">true</th>");
    int mostWrong = mostWrong();
    names.forEach(name -> html.append("<th scope=\"col\">").append(label(name)).append("</th>"));
    html.append("<th scope=\"col\">recall</th></tr></thead><tbody>");
    for (int i = 0; i < names.size(); i++) {
      html.append("<tr><th scope=\"row\" class=\"word\">").append(label(names.get(i)));
      html.append("</th>");
      for (int j = 0; j < names.size(); j++) {
        cell(html, counts[i][j], mostWrong, i == j);
      }
      html.append("<td class=\"recall\">").append(recall(i, total(i))).append("</td></tr>");
    }
    return html.append("</tbody></table></div>").toString();
  }

  private static String label(String name) {
    String shown = name.length() > 12 ? name.substring(0, 11) + "\u2026" : name;
    return "<span title=\"" + escape(name) + "\">" + escape(shown) + "</span>";
  }

  /** The eye is to find mistakes: zeros are dots, and what is right is pale. */
  private static void cell(StringBuilder html, int count, int mostWrong, boolean isRight) {
    if (count == 0) {
      html.append("<td class=\"none\">\u00b7</td>");
      return;
    }
    double strength = isRight ? 0.16 : 0.08 + 0.62 * count / mostWrong;
    html.append("<td class=\"").append(isRight ? "right" : "wrong").append("\" style=\"--s:");
    html.append(Markup.coordinate(strength)).append("\">");
    html.append(count).append("</td>");
  }

  private int mostWrong() {
    int most = 0;
    for (int i = 0; i < names.size(); i++) {
      for (int j = 0; j < names.size(); j++) {
        most = i == j ? most : Math.max(most, counts[i][j]);
      }
    }
    return most;
  }

  private long total(int trueClass) {
    long total = 0;
    for (int count : counts[trueClass]) {
      total += count;
    }
    return total;
  }

  private String recall(int trueClass, long total) {
    return total == 0
        ? "-"
        : String.format(Locale.ROOT, "%.1f%%", 100.0 * counts[trueClass][trueClass] / total);
  }

  private String image() {
    int classes = names.size();
    double size = Plot.WIDTH / (double) classes;
    Svg svg = new Svg(Plot.WIDTH, Plot.WIDTH, "Confusion matrix of " + classes + " classes");
    svg.rectangle("frame", 0, 0, Plot.WIDTH, Plot.WIDTH);
    for (int strength = 1; strength <= 4; strength++) {
      StringBuilder right = new StringBuilder();
      StringBuilder wrong = new StringBuilder();
      for (int i = 0; i < classes; i++) {
        long total = total(i);
        for (int j = 0; j < classes; j++) {
          double share = total == 0 ? 0 : Math.sqrt((double) counts[i][j] / total);
          if (share > 0 && (int) Math.ceil(4 * share) == strength) {
            String square =
                ("M" + Markup.coordinate(j * size) + " " + Markup.coordinate(i * size))
                    + ("h" + Markup.coordinate(size) + "v" + Markup.coordinate(size))
                    + ("h-" + Markup.coordinate(size) + "z");
            (i == j ? right : wrong).append(square);
          }
        }
      }
      svg.path("f0 strength" + strength, right.toString());
      svg.path("f5 strength" + strength, wrong.toString());
    }
    return svg.toString();
  }

  private record Pair(int trueClass, int predicted, int count) {}

  private String mostConfused() {
    List<Pair> pairs = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      for (int j = 0; j < names.size(); j++) {
        if (i != j && counts[i][j] > 0) {
          pairs.add(new Pair(i, j, counts[i][j]));
        }
      }
    }
    pairs.sort(Comparator.comparingInt(Pair::count).reversed());
    Table table = new Table(List.of(" true", " taken for", "samples", "of its class"));
    for (Pair pair : pairs.subList(0, Math.min(PAIRS, pairs.size()))) {
      double share = 100.0 * pair.count() / total(pair.trueClass());
      table.row(
          List.of(
              " " + names.get(pair.trueClass()),
              " " + names.get(pair.predicted()),
              String.format(Locale.ROOT, "%,d", pair.count()),
              String.format(Locale.ROOT, "%.1f%%", share)));
    }
    return table.toString();
  }
}
