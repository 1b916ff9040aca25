package dev.myelin.cpu;

import dev.myelin.Activation;

/** The functions in float64, from {@link StrictMath}, which is within one ULP of float64. */
final class Float64Functions {
  private Float64Functions() {}

  static double sigmoid(double x) {
    double e = StrictMath.exp(-Math.abs(x));
    return x < 0 ? e / (1 + e) : 1 / (1 + e);
  }

  static double normalDensity(double x) {
    return StrictMath.exp(-x * x / 2) / StrictMath.sqrt(2 * Math.PI);
  }

  /**
   * Phi(-u) for u >= 0: its series near 0, its continued fraction farther out. Source: Abramowitz
   * and Stegun, "Handbook of Mathematical Functions", 26.2.11 and 26.2.14.
   */
  static double normalTail(double u) {
    if (u > 40) {
      return 0;
    }
    if (u > 3) {
      double fraction = u;
      for (int n = 100; n > 0; n--) {
        fraction = u + n / fraction;
      }
      return normalDensity(u) / fraction;
    }
    double term = u;
    double sum = u;
    for (int n = 1; n < 60; n++) {
      term *= u * u / (2 * n + 1);
      sum += term;
    }
    return 0.5 - normalDensity(u) * sum;
  }

  static double normalDistribution(double x) {
    return x < 0 ? normalTail(-x) : 1 - normalTail(x);
  }

  private static double geluTanhArgument(double z) {
    return 2 * StrictMath.sqrt(2 / Math.PI) * (z + 0.044715 * z * z * z);
  }

  static double activation(Activation f, double z) {
    return switch (f.kind()) {
      case IDENTITY -> z;
      case SIGMOID -> sigmoid(z);
      case TANH -> StrictMath.tanh(z);
      case RELU -> Math.max(z, 0);
      case LEAKY_RELU -> z > 0 ? z : f.parameter() * z;
      case ELU -> z > 0 ? z : f.parameter() * StrictMath.expm1(z);
      case GELU -> z * normalDistribution(z);
      case GELU_TANH -> z * sigmoid(geluTanhArgument(z));
      case SILU -> z * sigmoid(z);
      case SOFTPLUS -> Math.max(z, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(z)));
      case STEP -> Double.isNaN(z) ? z : z > 0 ? 1 : 0;
      case SIGN -> Double.isNaN(z) ? z : z > 0 ? 1 : -1;
      case MAXOUT -> throw new IllegalArgumentException("not elementwise: " + f);
    };
  }

  /**
   * @param read z or y, as {@link Activation#derivativeReads} says
   */
  static double derivative(Activation f, double read) {
    return switch (f.kind()) {
      case IDENTITY -> 1;
      case SIGMOID -> read * (1 - read);
      case TANH -> 1 - read * read;
      case RELU -> read > 0 ? 1 : 0;
      case LEAKY_RELU -> read > 0 ? 1 : f.parameter();
      case ELU -> read > 0 ? 1 : read + f.parameter();
      case GELU -> normalDistribution(read) + read * normalDensity(read);
      case GELU_TANH -> {
        double s = sigmoid(geluTanhArgument(read));
        double complement = sigmoid(-geluTanhArgument(read));
        double slope = 2 * StrictMath.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * read * read);
        yield s + read * s * complement * slope;
      }
      case SILU -> sigmoid(read) + read * sigmoid(read) * sigmoid(-read);
      case SOFTPLUS -> sigmoid(read);
      case STEP, SIGN -> 0 * read;
      case MAXOUT -> throw new IllegalArgumentException("not elementwise: " + f);
    };
  }

  /** Distance in units in the last place of the exact result, rounded to float32. */
  static double ulps(float actual, double exact) {
    float rounded = (float) exact;
    if (Float.isInfinite(rounded) || Float.isNaN(rounded)) {
      return Float.compare(actual, rounded) == 0 ? 0 : Double.POSITIVE_INFINITY;
    }
    return Math.abs(actual - exact) / Math.ulp(rounded);
  }
}
