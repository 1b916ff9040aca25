package dev.myelin.cpu;

/** Elementary functions on single floats. */
final class ScalarMath {
  private ScalarMath() {}

  static float exp(float x) {
    return (float) StrictMath.exp(x);
  }

  static float expm1(float x) {
    return (float) StrictMath.expm1(x);
  }

  static float tanh(float x) {
    return (float) StrictMath.tanh(x);
  }

  static float sigmoid(float x) {
    return (float) (1 / (1 + StrictMath.exp(-(double) x)));
  }

  static float softplus(float x) {
    return (float)
        (Math.max((double) x, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs((double) x))));
  }
}
