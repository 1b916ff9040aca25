package dev.myelin.cli;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/** Which classes are taken for which, as a table: a row per true class, a column per predicted. */
final class ConfusionMatrix {
  static final int MAX_CLASSES = 10;
  private static final int LONGEST_NAME = 10;

  private ConfusionMatrix() {}

  /**
   * Prints the table, unless it has too many classes or is wider than the screen.
   *
   * @param counts [true class][predicted class]
   */
  static void print(int[][] counts, List<String> classNames, int width, PrintStream out) {
    if (counts.length == 0 || counts.length > MAX_CLASSES) {
      return;
    }
    List<String> names = classNames.stream().map(ConfusionMatrix::shortened).toList();
    int cell = cellWidth(counts, names);
    int label = Math.max(cell, "true".length());
    if (label + 9 + counts.length * (cell + 1) > width) {
      return;
    }
    out.println("Confusion, a row per true class, a column per predicted one:");
    StringBuilder line = new StringBuilder(" ".repeat(2 + label + 1));
    names.forEach(name -> line.append(right(name, cell + 1)));
    out.println(line.append("   recall"));
    for (int i = 0; i < counts.length; i++) {
      out.println(row(right(names.get(i), 2 + label), counts[i], i, cell));
    }
  }

  private static int cellWidth(int[][] counts, List<String> names) {
    int width = 1;
    for (int i = 0; i < counts.length; i++) {
      width = Math.max(width, names.get(i).length());
      for (int count : counts[i]) {
        width = Math.max(width, Integer.toString(count).length());
      }
    }
    return width;
  }

  private static String row(String name, int[] counts, int trueClass, int cell) {
    StringBuilder line = new StringBuilder(name).append(' ');
    int total = 0;
    for (int count : counts) {
      line.append(right(count == 0 ? "." : Integer.toString(count), cell + 1));
      total += count;
    }
    String recall =
        total == 0
            ? "-"
            : String.format(Locale.ROOT, "%.1f%%", 100.0 * counts[trueClass] / total);
    return line.append(right(recall, 9)).toString();
  }

  private static String right(String text, int width) {
    return " ".repeat(Math.max(0, width - text.length())) + text;
  }

  private static String shortened(String name) {
    return name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME - 1) + "~";
  }
}
