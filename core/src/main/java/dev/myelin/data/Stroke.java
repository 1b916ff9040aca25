package dev.myelin.data;

/**
 * What a pen writes without being lifted: points that a smooth curve passes through, x to the right
 * and y down. A corner is given twice.
 */
final class Stroke {
  private final double[] x;
  private final double[] y;

  /** Keeps the arrays. */
  Stroke(double[] x, double[] y) {
    this.x = x;
    this.y = y;
  }

  int points() {
    return x.length;
  }

  double x(int point) {
    return x[point];
  }

  double y(int point) {
    return y[point];
  }

  /** Whether this point repeats the one before. */
  boolean isCorner(int point) {
    return point > 0 && x[point] == x[point - 1] && y[point] == y[point - 1];
  }
}
