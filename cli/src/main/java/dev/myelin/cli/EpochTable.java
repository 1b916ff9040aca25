package dev.myelin.cli;

import dev.myelin.nn.EpochReport;
import dev.myelin.nn.Metrics;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A row per epoch, in columns that stay aligned though each row is printed as soon as it is known.
 * Of more than 25 epochs only some get a row, the first and the last among them.
 */
final class EpochTable {
  private static final int MAX_ROWS = 25;
  private static final String GAP = "  ";

  private record Column(String title, int width, Function<EpochReport, String> cell) {}

  private final PrintStream out;
  private final Screen.Style style;
  private final List<Column> columns;
  private final int every;
  private EpochReport skipped;
  private boolean isHeaderPrinted;

  /**
   * @param isClassification whether there are accuracies to show
   * @param epochs how many there will be at most
   * @param width where the line ends: columns that do not fit are left out, the last ones first
   */
  EpochTable(PrintStream out, Screen.Style style, boolean isClassification, int epochs, int width) {
    this.out = out;
    this.style = style;
    this.every = (epochs + MAX_ROWS - 1) / MAX_ROWS;
    this.columns = fitting(columns(isClassification, epochs), width);
  }

  private static List<Column> columns(boolean isClassification, int epochs) {
    List<Column> columns = new ArrayList<>();
    int epochWidth = Math.max("epoch".length(), Integer.toString(epochs).length());
    columns.add(new Column("epoch", epochWidth, row -> Integer.toString(row.epoch())));
    columns.add(new Column("loss", 8, row -> Numbers.loss(row.loss())));
    if (isClassification) {
      columns.add(new Column("accuracy", 8, row -> Numbers.percent(row.trainAccuracy())));
    }
    columns.add(new Column("val loss", 8, row -> validation(row, Metrics::loss, Numbers::loss)));
    columns.add(
        isClassification
            ? new Column(
                "val accuracy", 12, row -> validation(row, Metrics::accuracy, Numbers::percent))
            : new Column("val R2", 8, row -> validation(row, Metrics::r2, Numbers::loss)));
    columns.add(
        new Column("samples/s", 11, row -> Numbers.count(Math.round(row.samplesPerSecond()))));
    columns.add(new Column("time", 10, row -> Numbers.seconds(row.elapsedNanos() / 1e9)));
    return columns;
  }

  private static String validation(
      EpochReport row, Function<Metrics, Double> value, Function<Double, String> format) {
    return row.validation() == null ? "-" : format.apply(value.apply(row.validation()));
  }

  private static List<Column> fitting(List<Column> columns, int width) {
    List<Column> fitting = new ArrayList<>();
    int used = -GAP.length();
    for (Column column : columns) {
      used += GAP.length() + column.width();
      if (used > width) {
        break;
      }
      fitting.add(column);
    }
    return fitting;
  }

  /** Prints the epoch's row, or keeps it for {@link #finish}. */
  void add(EpochReport row) {
    if (row.epoch() == 1 || row.epoch() % every == 0) {
      print(row);
      skipped = null;
    } else {
      skipped = row;
    }
  }

  /** Prints the last epoch's row, if that has not been done. */
  void finish() {
    if (skipped != null) {
      print(skipped);
      skipped = null;
    }
  }

  private void print(EpochReport row) {
    if (!isHeaderPrinted) {
      out.println(style.strong(line(Column::title)));
      isHeaderPrinted = true;
    }
    out.println(line(column -> column.cell().apply(row)));
  }

  private String line(Function<Column, String> cell) {
    List<String> cells = new ArrayList<>();
    for (Column column : columns) {
      String text = cell.apply(column);
      cells.add(" ".repeat(Math.max(0, column.width() - text.length())) + text);
    }
    return String.join(GAP, cells);
  }
}
