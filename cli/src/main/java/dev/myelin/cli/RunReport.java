package dev.myelin.cli;

import dev.myelin.BackendOptions;
import dev.myelin.Backends;
import dev.myelin.cli.report.Page;
import dev.myelin.cli.report.Table;
import dev.myelin.data.Dataset;
import dev.myelin.io.AtomicFile;
import dev.myelin.model.TrainedModel;
import dev.myelin.nn.EpochReport;
import dev.myelin.nn.Metrics;
import dev.myelin.nn.Mlp;
import dev.myelin.nn.TrainingOptions;
import dev.myelin.nn.TrainingResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What came of a training, as one page. */
final class RunReport {
  private final TrainingRun run;
  private final Backends.Selection selection;
  private final BackendOptions wishes;
  private final CommandText command;

  /**
   * @param command of this process
   */
  RunReport(
      TrainingRun run, Backends.Selection selection, BackendOptions wishes, CommandText command) {
    this.run = run;
    this.selection = selection;
    this.wishes = wishes;
    this.command = command;
  }

  /**
   * Writes the page, whole or not at all.
   *
   * @param test null when training was interrupted: then the validation samples take their place
   */
  void write(
      Path file, TrainingResult result, Evaluation test, TrainedModel model, Mlp mlp, Path saved) {
    String page = page(result, test, model, mlp, saved);
    AtomicFile.write(file, out -> out.write(page.getBytes(StandardCharsets.UTF_8)));
  }

  private String page(
      TrainingResult result, Evaluation test, TrainedModel model, Mlp mlp, Path saved) {
    Page page = new Page(headline(result, test), summary(result));
    Dataset judged = test == null ? run.parts().validation() : run.parts().test();
    String part = test == null ? "validation" : testPart();
    Answers answers = judged == null ? null : Answers.of(model, mlp, judged);
    NetworkFigures network = new NetworkFigures(run);
    boolean isClassification = run.parts().training().isClassification();
    boolean hasSpace = run.parts().training().inputs() <= 2 || !isClassification;
    page.section(hasSpace ? "What it learned" : "How training went");
    if (answers != null && isClassification) {
      new AnswerFigures(model, mlp, answers, part).addSpace(page);
    } else if (answers != null) {
      new RegressionFigures(model, mlp, answers, part).addSpace(page);
    }
    network.addCurves(page, result.epochs());
    if (answers != null && isClassification) {
      new AnswerFigures(model, mlp, answers, part).addMistakes(page);
    } else if (answers != null) {
      new RegressionFigures(model, mlp, answers, part).addErrors(page);
    }
    network.addParameters(page, model, mlp);
    network.addTimes(page, selection, wishes, model, result.epochs());
    addFacts(page, result, saved);
    return page.toString();
  }

  private String headline(TrainingResult result, Evaluation test) {
    String name = DataSource.wholeName(run.parts().training());
    if (test == null) {
      return name + ": interrupted in epoch " + (result.epochs().size() + 1);
    }
    Metrics metrics = test.metrics();
    if (!Double.isNaN(metrics.accuracy())) {
      return String.format(
          "%s: %s of %s %s samples are right",
          name,
          metrics.accuracy() == 1 ? "100%" : Numbers.percent(metrics.accuracy()),
          Numbers.count(metrics.samples()),
          testPart());
    }
    return String.format(
        "%s: RMSE %s, R\u00b2 %s on %s %s samples",
        name,
        Numbers.loss(metrics.rmse()),
        Numbers.loss(metrics.r2()),
        Numbers.count(metrics.samples()),
        testPart());
  }

  /** What the samples of the result are called: with --test-split 0 they are those learned from. */
  private String testPart() {
    return run.parts().isTestOnTraining() ? "training" : "test";
  }

  private String summary(TrainingResult result) {
    double seconds = 0;
    for (EpochReport epoch : result.epochs()) {
      seconds += epoch.elapsedNanos() / 1e9;
    }
    String network =
        String.format(
            "A network of %s, %s parameters, trained for %s %s in %s on %s.",
            run.spec(),
            Numbers.count(run.spec().parameters()),
            Numbers.count(result.epochs().size()),
            result.epochs().size() == 1 ? "epoch" : "epochs",
            Numbers.seconds(seconds),
            selection.device().name());
    return switch (result.end()) {
      case ALL_EPOCHS -> network;
      case EARLY_STOPPING ->
          network
              + String.format(
                  " It stopped early: the validation loss was best in epoch %d, which is kept.",
                  result.bestEpoch());
      case NO_MISTAKE_LEFT -> network + " Its last epoch had no mistake left.";
      case STOP_REQUESTED ->
          run.parts().validation() == null
              ? network + " The test samples are for a training that has come to its end."
              : network
                  + " The test samples are for a training that has come to its end: validation"
                  + " samples take their place here.";
    };
  }

  private void addFacts(Page page, TrainingResult result, Path saved) {
    TrainingOptions options = run.options();
    TrainingParts parts = run.parts();
    Dataset training = parts.training();
    int validation = parts.validation() == null ? 0 : parts.validation().samples();
    String activations =
        run.spec().layers().stream()
            .map(layer -> layer.activation().text())
            .distinct()
            .collect(Collectors.joining(", "));
    Table table = new Table(List.of(" what", " this run"));
    fact(table, "device", selection.device().id() + ": " + selection.device().name());
    fact(table, "", selection.device().detail());
    fact(table, "precision", wishes.precision().text());
    fact(table, "seed", Long.toString(options.seed()));
    fact(table, "versions", String.join(", ", versions()));
    fact(
        table,
        "data",
        String.format(
            "%s: %s features, %s %s; %s samples to train, %s to validate, %s",
            DataSource.wholeName(training),
            Numbers.count(training.inputs()),
            Numbers.count(training.outputs()),
            training.isClassification() ? "classes" : "targets",
            Numbers.count(training.samples()),
            Numbers.count(validation),
            parts.isTestOnTraining()
                ? "none to test"
                : Numbers.count(parts.test().samples()) + " to test"));
    fact(table, "network", run.spec() + ", " + activations);
    fact(
        table,
        "training",
        String.format(
            "%s, rule %s, %s, batches of %s, learning rate %s, %s epochs asked for, %s done",
            options.loss().text(),
            options.rule().text(),
            options.optimizer(),
            Numbers.count(options.batchSize()),
            options.learningRate(),
            Numbers.count(options.epochs()),
            Numbers.count(result.epochs().size())));
    fact(table, "model", saved.toString());
    fact(table, "written", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    page.section("This run, and how to repeat it");
    page.wideFigure(
        "<div class=\"facts\">" + table + "</div>",
        result.end() == TrainingResult.End.STOP_REQUESTED
            ? "The command below gives the model that this one would have become."
            : "On the same device the command below gives the same model, bit for bit.");
    page.command(command.toRepeat());
  }

  private static void fact(Table table, String name, String value) {
    table.row(List.of(" " + name, " " + value));
  }

  private static List<String> versions() {
    List<String> versions = new ArrayList<>();
    versions.add(new MyelinCommand.Version().getVersion()[0]);
    versions.add(System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
    versions.add(System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    return versions;
  }
}
