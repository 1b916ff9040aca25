package dev.myelin.nn;

/** Reads classes out of a network's outputs. */
public final class Predictions {
  private Predictions() {}

  /**
   * The class that a row of outputs stands for: the largest output, the first of equals.
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
      if (outputs[from + j] > outputs[from + best]) {
        best = j;
      }
    }
    return best;
  }
}
