package dev.myelin.cli;

import dev.myelin.nn.Checkpoint;
import dev.myelin.nn.EpochReport;
import dev.myelin.nn.TrainingListener;
import java.io.PrintStream;
import java.util.Locale;

/**
 * Shows on standard error that training goes on: on a terminal a line that rewrites itself,
 * otherwise a line an epoch. The table of epochs is fed from here too, so that the two never mix.
 */
final class ProgressPrinter implements TrainingListener {
  private static final long REDRAW_NANOS = 100_000_000;
  private static final int BAR_CELLS = 20;
  private static final String ERASE_TO_END = "\u001b[K";

  /** How progress is shown. */
  enum Mode {
    LIVE_LINE,
    LINE_AN_EPOCH,
    NONE
  }

  private final PrintStream err;
  private final Mode mode;
  private final EpochTable table;
  private final int epochs;
  private final int width;
  private final long begunNanos = System.nanoTime();
  private long drawnNanos = begunNanos;
  private boolean isDrawn;

  /** The share of the run that was done before this process. */
  private double doneBefore;

  /**
   * @param table what rows go to; null for none
   * @param epochs how many there will be at most
   */
  ProgressPrinter(Screen screen, Mode mode, EpochTable table, int epochs) {
    this.err = screen.err();
    this.mode = mode;
    this.table = table;
    this.epochs = epochs;
    this.width = screen.columns();
  }

  /** Puts the epochs that are done already into the table. */
  @Override
  public void resumed(Checkpoint from) {
    Checkpoint.Position position = from.position();
    doneBefore = (double) position.step() / position.stepsPerEpoch() / epochs;
    if (table != null) {
      from.reports().forEach(table::add);
    }
  }

  @Override
  public void stepDone(int epoch, int step, int stepsPerEpoch) {
    if (mode != Mode.LIVE_LINE) {
      return;
    }
    long now = System.nanoTime();
    if (now - drawnNanos >= REDRAW_NANOS) {
      drawnNanos = now;
      draw(epoch, step, stepsPerEpoch, now - begunNanos);
    }
  }

  private void draw(int epoch, int step, int stepsPerEpoch, long elapsedNanos) {
    double done = (epoch - 1 + (double) step / stepsPerEpoch) / epochs;
    double left = elapsedNanos / 1e9 * (1 - done) / (done - doneBefore);
    int filled = step * BAR_CELLS / stepsPerEpoch;
    String bar = "#".repeat(filled) + ".".repeat(BAR_CELLS - filled);
    String line =
        String.format(
            Locale.ROOT,
            "epoch %d/%d [%s] %3d%%, %s left",
            epoch,
            epochs,
            bar,
            100L * step / stepsPerEpoch,
            Numbers.seconds(left));
    // The last column stays free: some terminals wrap as soon as it is written.
    err.print("\r" + line.substring(0, Math.min(line.length(), width - 1)) + ERASE_TO_END);
    err.flush();
    isDrawn = true;
  }

  @Override
  public void epochDone(EpochReport report) {
    erase();
    if (table != null) {
      table.add(report);
    }
    if (mode == Mode.LINE_AN_EPOCH) {
      err.println(line(report));
    }
  }

  private String line(EpochReport report) {
    StringBuilder line =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "epoch %d/%d: loss %s",
                report.epoch(),
                epochs,
                Numbers.loss(report.loss())));
    if (report.validation() != null) {
      line.append(", validation loss ").append(Numbers.loss(report.validation().loss()));
      if (!Double.isNaN(report.validation().accuracy())) {
        line.append(", accuracy ").append(Numbers.percent(report.validation().accuracy()));
      }
    }
    return line.append(", ")
        .append(Numbers.count(Math.round(report.samplesPerSecond())))
        .append(" samples/s")
        .toString();
  }

  /** Takes the live line away and completes the table; also after an error. */
  void finish() {
    erase();
    if (table != null) {
      table.finish();
    }
  }

  /** Takes the live line away until the next step. */
  void erase() {
    if (isDrawn) {
      err.print("\r" + ERASE_TO_END);
      err.flush();
      isDrawn = false;
    }
  }
}
