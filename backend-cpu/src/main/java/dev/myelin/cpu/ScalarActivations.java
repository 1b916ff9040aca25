package dev.myelin.cpu;

import dev.myelin.Activation;

/** The activation functions and their derivatives, one small loop each. */
final class ScalarActivations {
  private ScalarActivations() {}

  static void activate(Activation f, float[] z, int zStart, float[] y, int yStart, int count) {
    float parameter = f.parameter();
    for (int i = 0; i < count; i++) {
      float x = z[zStart + i];
      y[yStart + i] =
          switch (f.kind()) {
            case IDENTITY -> x;
            case SIGMOID -> ScalarMath.sigmoid(x);
            case TANH -> ScalarMath.tanh(x);
            case RELU -> Math.max(x, 0);
            case LEAKY_RELU -> x > 0 ? x : parameter * x;
            case ELU -> x > 0 ? x : parameter * ScalarMath.expm1(x);
            case GELU -> (float) (x * normal(x));
            case GELU_TANH -> x * ScalarMath.sigmoid(2 * geluTanhArgument(x));
            case SILU -> x * ScalarMath.sigmoid(x);
            case SOFTPLUS -> ScalarMath.softplus(x);
          };
    }
  }

  private static float geluTanhArgument(float x) {
    return (float) (StrictMath.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x));
  }

  /** The normal distribution function, by its continued fraction or series, in float64. */
  private static double normal(double x) {
    double u = Math.abs(x);
    if (Double.isNaN(u)) {
      return u;
    }
    double density = StrictMath.exp(-u * u / 2) / StrictMath.sqrt(2 * Math.PI);
    double tail;
    if (u < 3) {
      double term = u;
      double sum = u;
      for (int n = 1; n < 100; n++) {
        term *= u * u / (2 * n + 1);
        sum += term;
      }
      tail = 0.5 - density * sum;
    } else if (u > 40) {
      tail = 0;
    } else {
      double fraction = u;
      for (int n = 60; n > 0; n--) {
        fraction = u + n / fraction;
      }
      tail = density / fraction;
    }
    return x < 0 ? tail : 1 - tail;
  }

  static void activationGradient(
      Activation f,
      float[] read,
      int readStart,
      float[] dY,
      int dYStart,
      float[] dZ,
      int dZStart,
      int count) {
    if (f.kind() == Activation.Kind.IDENTITY) {
      System.arraycopy(dY, dYStart, dZ, dZStart, count);
      return;
    }
    float parameter = f.parameter();
    for (int i = 0; i < count; i++) {
      float x = read[readStart + i];
      float derivative =
          switch (f.kind()) {
            case IDENTITY -> 1;
            case SIGMOID -> x * (1 - x);
            case TANH -> 1 - x * x;
            case RELU -> x > 0 ? 1 : Float.isNaN(x) ? x : 0;
            case LEAKY_RELU -> x > 0 ? 1 : Float.isNaN(x) ? x : parameter;
            case ELU -> x > 0 ? 1 : x + parameter;
            case GELU ->
                (float)
                    (normal(x)
                        + x * StrictMath.exp(-(double) x * x / 2) / StrictMath.sqrt(2 * Math.PI));
            case GELU_TANH -> {
              float s = ScalarMath.sigmoid(2 * geluTanhArgument(x));
              yield (float)
                  (s
                      + x
                          * s
                          * (1 - s)
                          * 2
                          * StrictMath.sqrt(2 / Math.PI)
                          * (1 + 3 * 0.044715 * x * x));
            }
            case SILU -> {
              float s = ScalarMath.sigmoid(x);
              yield s * (1 + x * (1 - s));
            }
            case SOFTPLUS -> ScalarMath.sigmoid(x);
          };
      dZ[dZStart + i] = dY[dYStart + i] * derivative;
    }
  }
}
