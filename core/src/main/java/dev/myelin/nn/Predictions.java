package dev.myelin.nn;

/** Reads classes out of a network's outputs. */
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
}
