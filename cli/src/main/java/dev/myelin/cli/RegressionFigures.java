package dev.myelin.cli;

import dev.myelin.cli.report.Markup;
import dev.myelin.cli.report.Page;
import dev.myelin.cli.report.ScatterPlot;
import dev.myelin.cli.report.Table;
import dev.myelin.data.Dataset;
import dev.myelin.model.TrainedModel;
import dev.myelin.nn.Metrics;
import dev.myelin.nn.Mlp;
import dev.myelin.nn.RegressionMetrics;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.stream.IntStream;

/** Figures of what a network of numbers has learned, and how far it is off. */
final class RegressionFigures {
  private static final int MOST_POINTS = 1500;
  private static final int CURVE_POINTS = 401;
  private static final int MOST_TARGETS_DRAWN = 4;
  private static final int MOST_TARGETS_LISTED = 40;
  private static final int MOST_ROWS = 12;
  private static final int MOST_FEATURES = 8;

  private final TrainedModel model;
  private final Mlp mlp;
  private final Answers answers;
  private final Dataset data;
  private final String part;
  private final int drawnTargets;
  private final int[] rows;

  RegressionFigures(TrainedModel model, Mlp mlp, Answers answers, String part) {
    this.model = model;
    this.mlp = mlp;
    this.answers = answers;
    this.data = answers.data();
    this.part = part;
    this.drawnTargets = Math.min(MOST_TARGETS_DRAWN, data.outputs());
    this.rows = answers.someRows(MOST_POINTS);
  }

  /** Evenly spread numbers over the range of the only feature. */
  static double[] spread(Answers answers, int count) {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (float value : answers.data().features()) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    double[] numbers = new double[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = low + (high - low) * i / (count - 1);
    }
    return numbers;
  }

  /** The fitted curve of each target where there is one feature, else predictions over truth. */
  void addSpace(Page page) {
    if (data.inputs() == 1) {
      addCurves(page);
      return;
    }
    for (int target = 0; target < drawnTargets; target++) {
      addPredictions(page, target);
    }
  }

  private void addCurves(Page page) {
    double[] curveXs = spread(answers, CURVE_POINTS);
    float[] features = new float[CURVE_POINTS];
    for (int i = 0; i < CURVE_POINTS; i++) {
      features[i] = (float) curveXs[i];
    }
    float[] outputs = Answers.outputs(model, mlp, features);
    double[] xs = IntStream.of(rows).mapToDouble(row -> answers.feature(row, 0)).toArray();
    for (int target = 0; target < drawnTargets; target++) {
      double[] curveYs = new double[CURVE_POINTS];
      for (int i = 0; i < CURVE_POINTS; i++) {
        curveYs[i] = outputs[i * data.outputs() + target];
      }
      String name = data.targetNames().get(target);
      String xName = Answers.featureName(data, 0);
      page.figure(
          ScatterPlot.ofCurve(
              "Fitted curve of " + name, xName, name, xs, truths(target), curveXs, curveYs),
          "Fitted curve: the line is what the network predicts for "
              + name
              + ", the dots are "
              + samples()
              + ".");
    }
  }

  private String samples() {
    String all = Numbers.count(data.samples()) + " " + part + " samples";
    return rows.length == data.samples()
        ? "the " + all
        : Numbers.count(rows.length) + " of the " + all;
  }

  private double[] truths(int target) {
    return IntStream.of(rows).mapToDouble(row -> answers.target(row, target)).toArray();
  }

  private double[] predictions(int target) {
    return IntStream.of(rows).mapToDouble(row -> answers.prediction(row, target)).toArray();
  }

  /** Predictions beside the truth, errors, and the samples with the largest. */
  void addErrors(Page page) {
    page.section("Errors");
    for (int target = 0; target < drawnTargets; target++) {
      addResiduals(page, target);
    }
    if (data.outputs() > 1) {
      addTargets(page);
    }
    addWorst(page);
  }

  private void addPredictions(Page page, int target) {
    String name = data.targetNames().get(target);
    page.figure(
        ScatterPlot.ofPredictions(
            "Predicted over true " + name,
            "true " + name,
            "predicted " + name,
            truths(target),
            predictions(target)),
        "Predicted over true values of " + samples() + "; on the dashed line they are the same.");
  }

  private void addResiduals(Page page, int target) {
    String name = data.targetNames().get(target);
    double[] truths = truths(target);
    double[] predictions = predictions(target);
    double[] errors = new double[truths.length];
    for (int i = 0; i < errors.length; i++) {
      errors[i] = predictions[i] - truths[i];
    }
    page.figure(
        ScatterPlot.ofErrors(
            "Errors of " + name, "predicted " + name, "error of " + name, predictions, errors),
        "Errors (predicted less true) over predictions. A pattern here is something that the"
            + " network has not learned.");
  }

  private void addTargets(Page page) {
    Table table = new Table(List.of(" target", "RMSE", "R\u00b2", "largest error"));
    int listed = Math.min(MOST_TARGETS_LISTED, data.outputs());
    for (int target = 0; target < listed; target++) {
      float[] truths = new float[data.samples()];
      float[] predictions = new float[data.samples()];
      double largest = 0;
      for (int row = 0; row < truths.length; row++) {
        truths[row] = (float) answers.target(row, target);
        predictions[row] = (float) answers.prediction(row, target);
        largest = Math.max(largest, Math.abs(error(row, target)));
      }
      Metrics metrics = RegressionMetrics.of(0, predictions, truths, 1);
      table.row(
          List.of(
              " " + data.targetNames().get(target),
              Markup.number(metrics.rmse(), 4),
              Markup.number(metrics.r2(), 4),
              Markup.number(largest, 4)));
    }
    page.figure(
        table.toString(),
        "Each target by itself"
            + (listed < data.outputs()
                ? ", the first " + listed + " of " + Numbers.count(data.outputs())
                : "")
            + (drawnTargets < data.outputs()
                ? "; the figures show the first " + drawnTargets + "."
                : "."));
  }

  private double error(int row, int target) {
    return answers.prediction(row, target) - answers.target(row, target);
  }

  private record Miss(int row, int target, double deviations) {}

  private void addWorst(Page page) {
    List<Miss> worst = worst();
    int features = Math.min(MOST_FEATURES, data.inputs());
    List<String> header = new ArrayList<>();
    if (data.outputs() > 1) {
      header.add(" target");
    }
    header.addAll(List.of("true", "predicted", "error"));
    for (int feature = 0; feature < features; feature++) {
      header.add(Answers.featureName(data, feature));
    }
    Table table = new Table(header);
    for (Miss miss : worst) {
      List<String> cells = new ArrayList<>();
      if (data.outputs() > 1) {
        cells.add(" " + data.targetNames().get(miss.target()));
      }
      cells.add(Markup.number(answers.target(miss.row(), miss.target()), 4));
      cells.add(Markup.number(answers.prediction(miss.row(), miss.target()), 4));
      cells.add(Markup.number(error(miss.row(), miss.target()), 3));
      for (int feature = 0; feature < features; feature++) {
        cells.add(Markup.number(answers.feature(miss.row(), feature), 4));
      }
      table.row(cells);
    }
    page.wideFigure(
        table.toString(),
        String.format(
            "Worst errors of %s %s samples%s.%s",
            Numbers.count(data.samples()),
            part,
            data.outputs() > 1 ? ", measured by each target's own spread" : "",
            features < data.inputs()
                ? " The first " + features + " of " + data.inputs() + " features are shown."
                : ""));
  }

  private List<Miss> worst() {
    Comparator<Miss> bySize = Comparator.comparingDouble(Miss::deviations);
    PriorityQueue<Miss> worst = new PriorityQueue<>(bySize);
    for (int target = 0; target < data.outputs(); target++) {
      double spread = spread(target);
      for (int row = 0; row < data.samples(); row++) {
        worst.add(new Miss(row, target, Math.abs(error(row, target)) / spread));
        if (worst.size() > MOST_ROWS) {
          worst.remove();
        }
      }
    }
    return worst.stream().sorted(bySize.reversed()).toList();
  }

  /** The standard deviation; 1 for a target that does not vary. */
  private double spread(int target) {
    double mean = 0;
    for (int row = 0; row < data.samples(); row++) {
      mean += answers.target(row, target) / data.samples();
    }
    double squares = 0;
    for (int row = 0; row < data.samples(); row++) {
      double distance = answers.target(row, target) - mean;
      squares += distance * distance;
    }
    return squares == 0 ? 1 : Math.sqrt(squares / data.samples());
  }
}
