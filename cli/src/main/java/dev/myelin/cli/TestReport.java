package dev.myelin.cli;

import dev.myelin.data.Dataset;
import dev.myelin.nn.Metrics;
import java.io.PrintStream;

/** How well a model did, as text. */
final class TestReport {
  private TestReport() {}

  /** One line, and the confusion matrix of a few classes unless only the result is wanted. */
  static void print(
      Screen screen, boolean isQuiet, String label, Evaluation evaluation, Dataset data) {
    PrintStream out = screen.out();
    if (!isQuiet) {
      int width = screen.outIsTerminal() ? screen.columns() : Screen.DEFAULT_COLUMNS;
      out.println();
      evaluation.confusion().ifPresent(matrix -> matrix.print(width, out));
    }
    out.println(
        screen.outStyle().strong(String.format("%-9s", label)) + " " + line(evaluation, data));
  }

  private static String line(Evaluation evaluation, Dataset data) {
    Metrics metrics = evaluation.metrics();
    if (!data.isClassification()) {
      return String.format(
          "rmse %s, R2 %s, loss %s on %s samples",
          Numbers.loss(metrics.rmse()),
          Numbers.loss(metrics.r2()),
          Numbers.loss(metrics.loss()),
          Numbers.count(metrics.samples()));
    }
    long correct = Math.round(metrics.accuracy() * metrics.samples());
    return String.format(
        "accuracy %s (%s of %s samples), loss %s",
        Numbers.percent(metrics.accuracy()),
        Numbers.count(correct),
        Numbers.count(metrics.samples()),
        Numbers.loss(metrics.loss()));
  }
}
