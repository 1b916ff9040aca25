package dev.myelin.cli;

import dev.myelin.BackendException;
import dev.myelin.BackendOptions;
import dev.myelin.Backends;
import dev.myelin.cli.report.LayerGrid;
import dev.myelin.cli.report.LineChart;
import dev.myelin.cli.report.Markup;
import dev.myelin.cli.report.Page;
import dev.myelin.cli.report.Summary;
import dev.myelin.cli.report.Table;
import dev.myelin.data.Dataset;
import dev.myelin.model.TrainedModel;
import dev.myelin.nn.DivergedException;
import dev.myelin.nn.EpochReport;
import dev.myelin.nn.Gradients;
import dev.myelin.nn.LearningRule;
import dev.myelin.nn.Mlp;
import dev.myelin.nn.NamedParameter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** Figures of the training itself: its epochs, its parameters, its time. */
final class NetworkFigures {
  private static final int MOST_EPOCHS = 400;
  private static final int MOST_LAYERS = 12;
  private static final int MOST_TIMES = 14;

  private final TrainingRun run;

  NetworkFigures(TrainingRun run) {
    this.run = run;
  }

  /** Loss, and accuracy where there is one. */
  void addCurves(Page page, List<EpochReport> epochs) {
    if (epochs.isEmpty()) {
      page.paragraph("No epoch was finished, so there are no curves.");
      return;
    }
    int every = (epochs.size() + MOST_EPOCHS - 1) / MOST_EPOCHS;
    List<EpochReport> some = new ArrayList<>();
    for (int i = 0; i < epochs.size(); i++) {
      if (i % every == 0 || i == epochs.size() - 1) {
        some.add(epochs.get(i));
      }
    }
    String thinned = every > 1 ? " One epoch in " + every + " is shown." : "";
    ToDoubleFunction<EpochReport> validationLoss =
        epoch -> epoch.validation() == null ? Double.NaN : epoch.validation().loss();
    page.figure(
        LineChart.ofPositive(
            "Loss by epoch",
            "epoch",
            "loss, " + run.options().loss().text(),
            lines(some, EpochReport::loss, validationLoss)),
        "Loss. Of training: the mean over the epoch, while the weights move. Of validation: after"
            + " the epoch."
            + thinned);
    if (some.stream().anyMatch(NetworkFigures::hasAccuracy)) {
      page.figure(
          LineChart.ofPercent(
              "Accuracy by epoch",
              "epoch",
              "accuracy, %",
              lines(
                  some,
                  epoch -> 100 * epoch.trainAccuracy(),
                  epoch ->
                      epoch.validation() == null
                          ? Double.NaN
                          : 100 * epoch.validation().accuracy())),
          "Accuracy, in the same way." + thinned);
    }
  }

  private static boolean hasAccuracy(EpochReport epoch) {
    return Double.isFinite(epoch.trainAccuracy())
        || (epoch.validation() != null && Double.isFinite(epoch.validation().accuracy()));
  }

  private static List<LineChart.Line> lines(
      List<EpochReport> epochs,
      ToDoubleFunction<EpochReport> training,
      ToDoubleFunction<EpochReport> validation) {
    double[] xs = epochs.stream().mapToDouble(EpochReport::epoch).toArray();
    List<LineChart.Line> lines = new ArrayList<>();
    lines.add(new LineChart.Line("training", xs, epochs.stream().mapToDouble(training).toArray()));
    lines.add(
        new LineChart.Line("validation", xs, epochs.stream().mapToDouble(validation).toArray()));
    return lines;
  }

  /** Weights and gradients of each layer. */
  void addParameters(Page page, TrainedModel model, Mlp mlp) {
    Dataset training = run.parts().training();
    int batch = Math.min(run.options().batchSize(), training.samples());
    Dataset first = run.preparation().apply(training.take(batch));
    // Another rule does not follow the gradient, which of step and sign units is 0 everywhere.
    boolean hasGradients = run.options().rule() == LearningRule.GRADIENT;
    Map<String, float[]> gradients =
        !hasGradients
            ? Map.of()
            : Gradients.of(mlp, first, run.options().loss(), run.options().seed()).stream()
                .collect(Collectors.toMap(NamedParameter::name, NamedParameter::values));
    LayerGrid grid = new LayerGrid();
    Table table =
        new Table(
            List.of(
                " parameter", " shape", "mean", "deviation", "least", "greatest", "gradient norm"));
    int layer = 0;
    int layers = run.spec().layers().size();
    for (NamedParameter parameter : model.parameters()) {
      float[] gradient = gradients.getOrDefault(parameter.name(), new float[0]);
      if (parameter.shape().length == 2) {
        layer++;
        if (layer <= MOST_LAYERS) {
          grid.add(layerName(parameter, layer, layers), parameter.values(), gradient);
        }
      }
      table.row(row(parameter, gradient));
    }
    page.section(hasGradients ? "Weights and gradients" : "Weights");
    page.wideFigure(
        grid.toString(),
        String.format(
            "Weights of each layer%s after training%s. Counts, from minus to plus the largest"
                + " magnitude or five deviations.",
            layers > MOST_LAYERS ? " (the first " + MOST_LAYERS + " of " + layers + ")" : "",
            hasGradients
                ? ", and the gradient of the loss of one batch ("
                    + Numbers.count(batch)
                    + " training samples) by them"
                : ""));
    page.wideFigure(table.toString(), "The same in numbers, biases too.");
  }

  private String layerName(NamedParameter parameter, int layer, int layers) {
    String activation = run.spec().layers().get(layer - 1).activation().text();
    return String.format(
        Locale.ROOT,
        "%s, %d to %d, %s",
        parameter.name(),
        parameter.shape()[1],
        parameter.shape()[0],
        layer == layers ? "output" : activation);
  }

  private static List<String> row(NamedParameter parameter, float[] gradient) {
    Summary values = Summary.of(parameter.values());
    String shape =
        Arrays.stream(parameter.shape())
            .mapToObj(Integer::toString)
            .collect(Collectors.joining(" \u00d7 "));
    return List.of(
        " " + parameter.name(),
        " " + shape,
        Markup.number(values.mean(), 3),
        Markup.number(values.deviation(), 3),
        Markup.number(values.least(), 3),
        Markup.number(values.greatest(), 3),
        gradient.length == 0 ? "-" : Markup.number(Summary.of(gradient).norm(), 3));
  }

  /** Where the time of a step goes. */
  void addTimes(
      Page page,
      Backends.Selection selection,
      BackendOptions wishes,
      TrainedModel model,
      List<EpochReport> epochs) {
    page.section("Where the time of a step goes");
    StepTimes times;
    try {
      times = StepTimes.measure(selection, wishes, run, model);
    } catch (BackendException | DivergedException failure) {
      page.paragraph("Not measured: " + failure.getMessage());
      return;
    }
    Table table = new Table(List.of(" operation", "a step", "share", " "));
    List<StepTimes.Share> parts = times.parts();
    double rest = 0;
    double longest = parts.get(0).nanos();
    for (int i = 0; i < parts.size(); i++) {
      if (i < MOST_TIMES) {
        addTime(table, parts.get(i).name(), parts.get(i).nanos(), longest, times.stepNanos());
      } else {
        rest += parts.get(i).nanos();
      }
    }
    if (rest > 0) {
      String others = (parts.size() - MOST_TIMES) + " others";
      addTime(table, others, rest, longest, times.stepNanos());
    }
    page.wideFigure(table.toString(), caption(times, epochs));
  }

  private static void addTime(
      Table table, String name, double nanos, double longest, double stepNanos) {
    table.rowWithBar(
        List.of(
            " " + name,
            Numbers.nanos(nanos),
            String.format(Locale.ROOT, "%.1f%%", 100 * nanos / stepNanos)),
        Math.min(1, nanos / longest));
  }

  private String caption(StepTimes times, List<EpochReport> epochs) {
    String text =
        String.format(
            "Mean of %d steps of %s samples (the middle half by time), measured after training on a copy of the network: %s a"
                + " step. The device was waited for after every operation, which costs time of its"
                + " own",
            times.steps(), Numbers.count(times.batch()), Numbers.nanos(times.stepNanos()));
    if (epochs.isEmpty()) {
      return text + ".";
    }
    EpochReport last = epochs.get(epochs.size() - 1);
    double steps = Math.ceil((double) last.samples() / times.batch());
    return text
        + String.format(
            ": in the last epoch a step took %s.", Numbers.nanos(last.elapsedNanos() / steps));
  }
}
