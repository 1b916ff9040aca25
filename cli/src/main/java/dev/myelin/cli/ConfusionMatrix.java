package dev.myelin.cli;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/** Which classes are taken for which, as a table: a row per true class, a column per predicted. */
final class ConfusionMatrix {
  private static final int MAX_CLASSES = 10;
  private static final int LONGEST_NAME = 10;
  private static final int RECALL_WIDTH = 9;

  private final List<String> names;
  private final int[][] counts;
  private final int cellWidth;
  private final int labelWidth;

  /**
   * Keeps the counts.
   *
   * @param counts [true class][predicted class]
   */
  ConfusionMatrix(List<String> classNames, int[][] counts) {
    this.names = classNames.stream().map(ConfusionMatrix::shortened).toList();
    this.counts = counts;
    int longestName = names.stream().mapToInt(String::length).max().orElse(0);
    int width = longestName;
    for (int[] row : counts) {
      for (int count : row) {
        width = Math.max(width, Integer.toString(count).length());
      }
    }
    this.cellWidth = width + 1;
    this.labelWidth = longestName + 2;
  }

  /** Prints the table, unless it has too many classes or is wider than the screen. */
  void print(int screenWidth, PrintStream out) {
    int width = labelWidth + 1 + names.size() * cellWidth + RECALL_WIDTH;
    if (names.size() > MAX_CLASSES || width > screenWidth) {
      return;
    }
    out.println("Confusion: a row per true class, a column per predicted one");
    StringBuilder header = new StringBuilder(" ".repeat(labelWidth + 1));
    names.forEach(name -> header.append(right(name, cellWidth)));
    out.println(header.append(right("recall", RECALL_WIDTH)));
    for (int i = 0; i < names.size(); i++) {
      out.println(row(i));
    }
    out.println();
  }

  private String row(int trueClass) {
    StringBuilder line = new StringBuilder(right(names.get(trueClass), labelWidth)).append(' ');
    int total = 0;
    for (int count : counts[trueClass]) {
      // A reader looks for the mistakes: zeros stay out of the way.
      line.append(right(count == 0 ? "." : Integer.toString(count), cellWidth));
      total += count;
    }
    double share = 100.0 * counts[trueClass][trueClass] / total;
    String recall = total == 0 ? "-" : String.format(Locale.ROOT, "%.1f%%", share);
    return line.append(right(recall, RECALL_WIDTH)).toString();
  }

  private static String right(String text, int width) {
    return " ".repeat(Math.max(0, width - text.length())) + text;
  }

  private static String shortened(String name) {
    return name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME - 1) + "~";
  }
}
