package dev.myelin.cli;

import dev.myelin.ElementLoss;
import dev.myelin.model.TrainedModel;
import dev.myelin.nn.Loss;

/** What a network's outputs say about each class. */
final class ClassScores {
  /** The logit of a probability of 9 in 10. */
  private static final double SURE_LOGIT = Math.log(9);

  private final Loss loss;
  private final int width;

  ClassScores(TrainedModel model) {
    this.loss = model.loss();
    this.width = model.spec().outputs();
  }

  /** Whether scores are probabilities. */
  boolean hasProbabilities() {
    return loss.takesLabels() || isBinaryCrossEntropy();
  }

  private boolean isBinaryCrossEntropy() {
    return loss instanceof Loss.Elementwise elementwise
        && elementwise.loss().kind() == ElementLoss.Kind.BINARY_CROSS_ENTROPY;
  }

  /**
   * One per class: softmax or sigmoid of the logits, or the outputs as they are.
   *
   * @param outputs [samples, width] row-major
   */
  double[] of(float[] outputs, int row) {
    double[] values = new double[width];
    for (int i = 0; i < width; i++) {
      values[i] = outputs[row * width + i];
      if (isBinaryCrossEntropy()) {
        values[i] = 1 / (1 + Math.exp(-values[i]));
      }
    }
    if (width == 1) {
      return new double[] {1 - values[0], values[0]};
    }
    return loss.takesLabels() ? softmax(values) : values;
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
    if (!loss.takesLabels()) {
      return Math.min(margin(outputs, row, label), own - SURE_LOGIT);
    }
    double largest = own - margin(outputs, row, label);
    double sum = 0;
    for (int i = 0; i < width; i++) {
      sum += i == label ? 0 : Math.exp(outputs[row * width + i] - largest);
    }
    return own - largest - Math.log(sum) - SURE_LOGIT;
  }

  private static double[] softmax(double[] logits) {
    double largest = Double.NEGATIVE_INFINITY;
    for (double logit : logits) {
      largest = Math.max(largest, logit);
    }
    double sum = 0;
    double[] probabilities = new double[logits.length];
    for (int i = 0; i < logits.length; i++) {
      probabilities[i] = Math.exp(logits[i] - largest);
      sum += probabilities[i];
    }
    for (int i = 0; i < logits.length; i++) {
      probabilities[i] /= sum;
    }
    return probabilities;
  }
}
