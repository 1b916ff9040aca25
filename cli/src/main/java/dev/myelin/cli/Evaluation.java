package dev.myelin.cli;

import dev.myelin.data.Dataset;
import dev.myelin.data.InvalidDataException;
import dev.myelin.model.TrainedModel;
import dev.myelin.nn.Evaluator;
import dev.myelin.nn.Metrics;
import dev.myelin.nn.Mlp;
import dev.myelin.nn.Predictions;
import dev.myelin.nn.RegressionMetrics;
import java.util.Optional;

/**
 * How well a model does on data that were not prepared for it. Training and {@code eval} both judge
 * by this, so that they say the same.
 *
 * @param metrics the loss as in training; the error of a regression in the unit of the data
 * @param confusion which classes were taken for which; empty for regression
 */
record Evaluation(Metrics metrics, Optional<ConfusionMatrix> confusion) {
  /** One size for all, since the last bits of a loss may depend on it. */
  private static final int BATCH_SIZE = 1000;

  /**
   * Runs the network over the data.
   *
   * @throws InvalidDataException when the data are not of the model's kind, or the network gives
   *     something else than a finite number
   */
  static Evaluation of(TrainedModel model, Mlp mlp, Dataset data) {
    requireSameKind(model, data);
    Preparation preparation = Preparation.of(model);
    try (Evaluator evaluator =
        new Evaluator(mlp, preparation.apply(data), model.loss(), BATCH_SIZE)) {
      Metrics metrics = evaluator.evaluate();
      float[] outputs = evaluator.outputs();
      PredictionTable.requireFinite(outputs, model.spec().outputs());
      if (data.isClassification()) {
        return new Evaluation(metrics, Optional.of(confusion(model, data, outputs)));
      }
      float[] predictions = preparation.invertTargets(outputs);
      return new Evaluation(
          RegressionMetrics.of(metrics.loss(), predictions, data.targets(), data.outputs()),
          Optional.empty());
    }
  }

  private static void requireSameKind(TrainedModel model, Dataset data) {
    DataSource.requireFeatures(data, model);
    if (model.isClassification() != data.isClassification()) {
      throw new InvalidDataException(
          String.format(
              "the model predicts %s, but data %s has %s: give data like those that it was trained"
                  + " on",
              model.isClassification() ? "classes" : "numbers",
              DataSource.wholeName(data),
              data.isClassification() ? "classes" : "numbers"));
    }
    if (!model.classNames().equals(data.classNames())) {
      throw new InvalidDataException(
          String.format(
              "the model's classes are %s, but those of data %s are %s: give data like those that"
                  + " it was trained on",
              model.classNames(), DataSource.wholeName(data), data.classNames()));
    }
    if (!data.isClassification() && model.targetNames().size() != data.outputs()) {
      throw new InvalidDataException(
          String.format(
              "the model predicts %s, but data %s has %s",
              model.targetNames(), DataSource.wholeName(data), data.targetNames()));
    }
  }

  private static ConfusionMatrix confusion(TrainedModel model, Dataset data, float[] outputs) {
    int classes = data.outputs();
    int width = model.spec().outputs();
    float threshold = model.loss().decisionThreshold();
    int[][] counts = new int[classes][classes];
    int[] labels = data.labels();
    for (int i = 0; i < labels.length; i++) {
      counts[labels[i]][Predictions.predictedClass(outputs, i, width, threshold)]++;
    }
    return new ConfusionMatrix(data.classNames(), counts);
  }
}
