package dev.myelin.cli;

import dev.myelin.Backends;
import dev.myelin.Precision;
import dev.myelin.data.Dataset;
import dev.myelin.io.Json;
import dev.myelin.nn.Checkpoint;
import dev.myelin.nn.EpochReport;
import dev.myelin.nn.LearningRule;
import dev.myelin.nn.Metrics;
import dev.myelin.nn.TrainingListener;
import dev.myelin.nn.TrainingResult;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/**
 * What a training run prints, from the first line to the last. As text it all goes to standard
 * output; with {@code --json} that holds the document alone, and the rest goes to standard error.
 */
final class TrainingReport implements TrainingListener {
  private final Screen screen;
  private final OutputOptions output;
  private final Backends.Selection selection;
  private final Precision precision;
  private final TrainingRun run;
  private final PrintStream details;
  private final Screen.Style detailsStyle;
  private final ProgressPrinter progress;
  private final CheckpointReport checkpoints;

  TrainingReport(
      Screen screen,
      OutputOptions output,
      Backends.Selection selection,
      Precision precision,
      TrainingRun run,
      CheckpointReport checkpoints) {
    this.screen = screen;
    this.output = output;
    this.selection = selection;
    this.precision = precision;
    this.run = run;
    this.checkpoints = checkpoints;
    this.details = details();
    this.detailsStyle = output.json ? screen.errStyle() : screen.outStyle();
    boolean areDetailsOnTerminal = output.json ? screen.errIsTerminal() : screen.outIsTerminal();
    EpochTable table =
        new EpochTable(
            details,
            detailsStyle,
            run.parts().training().isClassification(),
            run.options().epochs(),
            areDetailsOnTerminal ? screen.columns() : Screen.DEFAULT_COLUMNS);
    this.progress = new ProgressPrinter(screen, mode(), table, run.options().epochs());
  }

  private PrintStream details() {
    if (output.quiet) {
      return new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    }
    return output.json ? screen.err() : screen.out();
  }

  private ProgressPrinter.Mode mode() {
    if (output.quiet) {
      return ProgressPrinter.Mode.NONE;
    }
    if (screen.errIsTerminal()) {
      return ProgressPrinter.Mode.LIVE_LINE;
    }
    // Where both end in one file the table is there already.
    boolean isTableThere = output.json || screen.isSameTarget();
    return isTableThere ? ProgressPrinter.Mode.NONE : ProgressPrinter.Mode.LINE_AN_EPOCH;
  }

  /** Device, data and network. */
  void begin() {
    Dataset training = run.parts().training();
    line("Device", selection.device().id() + ": " + selection.device().name());
    line("", selection.device().detail() + "; " + selection.reason());
    if (precision != Precision.F32) {
      line("", "multiplies in " + precision.text() + "; sums and weights are f32");
    }
    line(
        "Data",
        String.format(
            "%s: %s features, %s %s",
            DataSource.wholeName(training),
            Numbers.count(training.inputs()),
            Numbers.count(training.outputs()),
            what(training)));
    line("", sizes());
    if (!training.isInMemory()) {
      line("", "left in their file, which is mapped into memory: too much for Java's heap");
    }
    line(
        "Network",
        String.format(
            "%s, %s parameters, %s",
            run.spec(),
            Numbers.count(run.spec().parameters()),
            run.spec().layers().get(0).activation().text()));
    line(
        "Training",
        String.format(
            "%s%s, batches of %s, learning rate %s, seed %d",
            run.options().loss().text(),
            run.options().rule() == LearningRule.GRADIENT
                ? ""
                : ", rule " + run.options().rule().text(),
            Numbers.count(run.options().batchSize()),
            run.options().learningRate(),
            run.options().seed()));
    run.preparation()
        .features()
        .flatMap(fitted -> ExtremeValues.note(training, fitted))
        .filter(note -> !output.quiet)
        .ifPresent(note -> screen.err().println("note: " + note));
    details.println();
  }

  private String sizes() {
    TrainingParts parts = run.parts();
    if (parts.isTestOnTraining()) {
      return Numbers.count(parts.training().samples()) + " samples to train, and to test";
    }
    int validation = parts.validation() == null ? 0 : parts.validation().samples();
    return String.format(
        "%s samples to train, %s to validate, %s to test",
        Numbers.count(parts.training().samples()),
        Numbers.count(validation),
        Numbers.count(parts.test().samples()));
  }

  private static String what(Dataset data) {
    if (data.isClassification()) {
      return "classes";
    }
    return data.outputs() == 1 ? "number to predict" : "numbers to predict";
  }

  private void line(String label, String text) {
    String padded = String.format("%-9s", label);
    details.println(detailsStyle.strong(padded) + " " + text);
  }

  @Override
  public void dataAreStreamed(int chunkSamples, long chunkBytes) {
    line(
        "Streamed",
        String.format(
            "in chunks of %s samples (%s): whole, they would take more than half of the device's"
                + " free memory",
            Numbers.count(chunkSamples), Numbers.bytes(chunkBytes)));
    details.println();
  }

  @Override
  public void resumed(Checkpoint from) {
    checkpoints.resumed(from);
    line("Resumed", checkpoints.beginning());
    details.println();
    progress.resumed(from);
  }

  @Override
  public void checkpointSaved(Checkpoint saved) {
    progress.erase();
    checkpoints.checkpointSaved(saved);
  }

  @Override
  public void checkpointFailed(UncheckedIOException failure) {
    progress.erase();
    checkpoints.checkpointFailed(failure);
  }

  @Override
  public void stepDone(int epoch, int step, int stepsPerEpoch) {
    progress.stepDone(epoch, step, stepsPerEpoch);
  }

  @Override
  public void epochDone(EpochReport report) {
    progress.epochDone(report);
  }

  /** No more epochs will come; called after a failure too, so that its message has a line. */
  void endProgress() {
    progress.finish();
  }

  /**
   * The results.
   *
   * @param test null when the run was interrupted
   * @param written what else was written, by its kind: "report", "profile"
   */
  void end(
      TrainingResult result,
      Evaluation test,
      Path file,
      DataOptions data,
      Map<String, Path> written) {
    if (output.json) {
      printJson(result, test, file, written);
      if (test == null && !output.quiet) {
        printInterrupted(screen.err(), result, file);
      }
      return;
    }
    if (!output.quiet && result.end() == TrainingResult.End.EARLY_STOPPING) {
      screen
          .out()
          .printf(
              "Stopped early: the validation loss was best in epoch %d, which is kept.%n",
              result.bestEpoch());
    }
    if (test == null) {
      printInterrupted(screen.out(), result, file);
      printWritten(written);
      return;
    }
    if (isPerceptron()) {
      screen.out().println(separation(result));
    }
    String label = run.parts().isTestOnTraining() ? "Result" : "Test";
    TestReport.print(screen, output.quiet, label, test, run.parts().test());
    screen.out().println(screen.outStyle().strong("Saved") + "     " + file);
    printWritten(written);
    details.println(
        "Evaluate  myelin eval --model " + ShellWord.quote(file.toString()) + data.toRepeat());
    checkpoints.finished().forEach(details::println);
  }

  private void printWritten(Map<String, Path> written) {
    written.forEach(
        (kind, path) -> {
          String label = kind.substring(0, 1).toUpperCase(Locale.ROOT) + kind.substring(1);
          String padded = String.format("%-9s", label);
          screen.out().println(screen.outStyle().strong(padded) + " " + path);
        });
  }

  private boolean isPerceptron() {
    return run.options().rule() == LearningRule.PERCEPTRON;
  }

  /** What an epoch's mistakes say about the data. */
  private String separation(TrainingResult result) {
    String line = run.spec().inputs() == 2 ? "line" : "hyperplane";
    int epochs = result.epochs().size();
    if (result.end() == TrainingResult.End.NO_MISTAKE_LEFT) {
      return String.format("Separated by a %s: epoch %d had no mistake left.", line, epochs);
    }
    return String.format(
        "Not separable by a %s in %s epochs, %s mistakes left in the last one.",
        line, Numbers.count(epochs), Numbers.count(mistakes(result)));
  }

  private long mistakes(TrainingResult result) {
    int epochs = result.epochs().size();
    return epochs == 0 ? 0 : LearningRule.mistakes(result.epochs().get(epochs - 1), run.spec());
  }

  private void printInterrupted(PrintStream stream, TrainingResult result, Path file) {
    stream.printf(
        "Interrupted in epoch %d: the model so far is saved in %s%n",
        result.epochs().size() + 1, file);
    checkpoints.interrupted().forEach(stream::println);
  }

  private void printJson(
      TrainingResult result, Evaluation test, Path file, Map<String, Path> written) {
    Map<String, Object> document = JsonReport.document();
    document.put("device", JsonReport.device(selection, precision));
    document.put("model", JsonReport.model(run.spec()));
    document.put("epochs", result.epochs().stream().map(JsonReport::epoch).toList());
    document.put("end", result.end().name().toLowerCase(Locale.ROOT));
    if (run.options().rule() != LearningRule.GRADIENT) {
      document.put("rule", run.options().rule().text());
    }
    if (isPerceptron()) {
      document.put("mistakes", mistakes(result));
    }
    document.put("bestEpoch", result.bestEpoch());
    Metrics metrics = test == null ? null : test.metrics();
    document.put("test", metrics == null ? null : JsonReport.metrics(metrics));
    document.put("saved", file.toString());
    if (checkpoints.toJson() != null) {
      document.put("checkpoint", checkpoints.toJson());
    }
    written.forEach((kind, path) -> document.put(kind, path.toString()));
    screen.out().println(Json.writeIndented(document));
  }
}
