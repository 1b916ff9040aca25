package dev.myelin.nn;

import dev.myelin.Activation;

/** Reads classes and their probabilities out of a network's outputs. */
public final class Predictions {
  private Predictions() {}

  /**
   * The class that a row of outputs stands for: the largest output, the first of equals. A NaN
   * counts as larger than any number, so that host and device say the same ({@link
   * dev.myelin.Ops#argmaxRows}).
   *
   * @param outputs [samples, width] row-major
   * @param threshold above which a single output means class 1
   */
  public static int predictedClass(float[] outputs, int row, int width, float threshold) {
    int from = row * width;
    if (width == 1) {
      return outputs[from] > threshold ? 1 : 0;
    }
    int best = 0;
    for (int j = 1; j < width; j++) {
      if (isLarger(outputs[from + j], outputs[from + best])) {
        best = j;
      }
    }
    return best;
  }

  private static boolean isLarger(float a, float b) {
    return a > b || (Float.isNaN(a) && !Float.isNaN(b));
  }

  /**
   * What a row of outputs says of each class: the probabilities of softmax or sigmoid where the
   * loss makes outputs logits ({@link Loss#outputFunction}), else the outputs as they are. A single
   * output speaks of class 1, and what it lacks to 1 is class 0's.
   *
   * @param outputs [samples, outputs of the network] row-major
   */
  public static double[] scores(MlpSpec spec, Loss loss, float[] outputs, int row) {
    int width = spec.outputs();
    double[] values = new double[width];
    for (int i = 0; i < width; i++) {
      values[i] = outputs[row * width + i];
      if (loss.outputFunction() == Loss.OutputFunction.SIGMOID) {
        values[i] = 1 / (1 + Math.exp(-values[i]));
      }
    }
    if (width == 1) {
      // A sign unit gives -1 or 1.
      boolean isSign = spec.outputActivation().kind() == Activation.Kind.SIGN;
      double second = isSign ? (1 + values[0]) / 2 : values[0];
      return new double[] {1 - second, second};
    }
    return loss.outputFunction() == Loss.OutputFunction.SOFTMAX ? softmax(values) : values;
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
