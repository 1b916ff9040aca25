package dev.myelin.cli;

import dev.myelin.model.TrainedModel;
import dev.myelin.nn.Loss;
import dev.myelin.nn.MlpSpec;
import dev.myelin.nn.Predictions;

/** What a network's outputs say about each class. */
final class ClassScores {
  /** The logit of a probability of 9 in 10. */
  private static final double SURE_LOGIT = Math.log(9);

  private final MlpSpec spec;
  private final Loss loss;
  private final int width;

  ClassScores(TrainedModel model) {
    this.spec = model.spec();
    this.loss = model.loss();
    this.width = model.spec().outputs();
  }

  /** Whether scores are probabilities. */
  boolean hasProbabilities() {
    return loss.outputFunction() != Loss.OutputFunction.IDENTITY;
  }

  /** One per class; see {@link Predictions#scores}. */
  double[] of(float[] outputs, int row) {
    return Predictions.scores(spec, loss, outputs, row);
  }

  /**
   * How far a class's output is above the largest other one: at least 0 where the class is the one
   * predicted. Nearly linear between two classes, unlike probabilities.
   */
  double margin(float[] outputs, int row, int label) {
    if (width == 1) {
      double above = (double) outputs[row] - loss.decisionThreshold();
      return label == 1 ? above : -above;
    }
    double largest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < width; i++) {
      largest = i == label ? largest : Math.max(largest, outputs[row * width + i]);
    }
    return outputs[row * width + label] - largest;
  }

  /** At least 0 where the class is predicted with a probability of at least 9 in 10. */
  double sureMargin(float[] outputs, int row, int label) {
    if (width == 1) {
      return margin(outputs, row, label) - SURE_LOGIT;
    }
    double own = outputs[row * width + label];
    if (loss.outputFunction() != Loss.OutputFunction.SOFTMAX) {
      return Math.min(margin(outputs, row, label), own - SURE_LOGIT);
    }
    double largest = own - margin(outputs, row, label);
    double sum = 0;
    for (int i = 0; i < width; i++) {
      sum += i == label ? 0 : Math.exp(outputs[row * width + i] - largest);
    }
    return own - largest - Math.log(sum) - SURE_LOGIT;
  }
}
