package dev.myelin.cli;

import dev.myelin.data.Dataset;
import dev.myelin.model.TrainedModel;
import dev.myelin.nn.Mlp;
import dev.myelin.nn.Predictions;
import dev.myelin.nn.Predictor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What a network says about samples, beside what is true. */
final class Answers {
  private static final int BATCH_SIZE = 1000;

  private final TrainedModel model;
  private final Dataset data;
  private final float[] outputs;
  private final ClassScores scores;

  private Answers(TrainedModel model, Dataset data, float[] outputs) {
    this.model = model;
    this.data = data;
    this.outputs = outputs;
    this.scores = new ClassScores(model);
  }

  static Answers of(TrainedModel model, Mlp mlp, Dataset data) {
    return new Answers(model, data, outputs(model, mlp, data.features()));
  }

  /**
   * What the network gives for features as they are in the data; numbers in the unit of the data.
   *
   * @param features [samples, inputs] row-major
   */
  static float[] outputs(TrainedModel model, Mlp mlp, float[] features) {
    Preparation preparation = Preparation.of(model);
    float[] prepared = preparation.features().map(each -> each.apply(features)).orElse(features);
    try (Predictor predictor = new Predictor(mlp, BATCH_SIZE)) {
      float[] outputs = predictor.predict(prepared);
      return model.isClassification() ? outputs : preparation.invertTargets(outputs);
    }
  }

  Dataset data() {
    return data;
  }

  ClassScores scores() {
    return scores;
  }

  /** Of a classification. */
  int truth(int row) {
    return data.labels()[row];
  }

  /** Of a classification. */
  int predicted(int row) {
    return Predictions.predictedClass(
        outputs, row, model.spec().outputs(), model.loss().decisionThreshold());
  }

  /** Of a classification; one per class. */
  double[] scores(int row) {
    return scores.of(outputs, row);
  }

  /** Of a classification: [true class][predicted class]. */
  int[][] confusion() {
    int[][] counts = new int[data.outputs()][data.outputs()];
    for (int row = 0; row < data.samples(); row++) {
      counts[truth(row)][predicted(row)]++;
    }
    return counts;
  }

  /** Of a classification: the rows that are taken for another class, the surest first. */
  List<Integer> mistakes() {
    List<Mistake> mistakes = new ArrayList<>();
    for (int row = 0; row < data.samples(); row++) {
      int predicted = predicted(row);
      if (predicted != truth(row)) {
        double[] each = scores(row);
        mistakes.add(new Mistake(row, each[predicted] - each[truth(row)]));
      }
    }
    mistakes.sort(Comparator.comparingDouble(Mistake::wrongBy).reversed());
    return mistakes.stream().map(Mistake::row).toList();
  }

  private record Mistake(int row, double wrongBy) {}

  /** Of a regression. */
  double target(int row, int target) {
    return data.targets()[row * data.outputs() + target];
  }

  /** Of a regression. */
  double prediction(int row, int target) {
    return outputs[row * data.outputs() + target];
  }

  double feature(int row, int feature) {
    return data.features()[row * data.inputs() + feature];
  }

  /** What a feature is called. */
  static String featureName(Dataset data, int feature) {
    return data.featureNames().isEmpty() ? "x" + feature : data.featureNames().get(feature);
  }

  /** At most so many rows, evenly spread over all. */
  int[] someRows(int most) {
    int count = Math.min(most, data.samples());
    int[] rows = new int[count];
    for (int i = 0; i < count; i++) {
      rows[i] = (int) ((long) i * data.samples() / count);
    }
    return rows;
  }
}
