package dev.myelin.testkit;

import dev.myelin.Activation;
import dev.myelin.ElementLoss;

/** The scalar functions in float64, rounded once. */
final class PlainFunctions {
  private PlainFunctions() {}

  static float activation(Activation f, float z) {
    double slope = f.parameter();
    return (float)
        switch (f.kind()) {
          case IDENTITY -> z;
          case SIGMOID -> 1 / (1 + Math.exp(-z));
          case TANH -> Math.tanh(z);
          case RELU -> Math.max(z, 0);
          case LEAKY_RELU -> z > 0 ? z : slope * z;
          case ELU -> z > 0 ? z : slope * Math.expm1(z);
          case GELU -> z * normalDistribution(z);
          case GELU_TANH -> z / 2.0 * (1 + Math.tanh(tanhArgument(z)));
          case SILU -> z / (1 + Math.exp(-z));
          case SOFTPLUS -> Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
          case STEP -> Float.isNaN(z) ? z : z > 0 ? 1 : 0;
          case SIGN -> Float.isNaN(z) ? z : z > 0 ? 1 : -1;
          case MAXOUT -> throw new IllegalArgumentException("not elementwise");
        };
  }

  static float derivative(Activation f, float read) {
    double x = read;
    return (float)
        switch (f.kind()) {
          case IDENTITY -> 1;
          case SIGMOID -> x * (1 - x);
          case TANH -> 1 - x * x;
          case RELU -> x > 0 ? 1 : 0;
          case LEAKY_RELU -> x > 0 ? 1 : f.parameter();
          case ELU -> x > 0 ? 1 : x + f.parameter();
          case GELU -> normalDistribution(x) + x * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
          case GELU_TANH -> {
            double t = Math.tanh(tanhArgument(x));
            double slope = Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x * x);
            yield (1 + t) / 2 + x / 2 * (1 - t * t) * slope;
          }
          case SILU -> {
            double s = 1 / (1 + Math.exp(-x));
            yield s * (1 + x * (1 - s));
          }
          case SOFTPLUS -> 1 / (1 + Math.exp(-x));
          case STEP, SIGN -> 0 * x;
          case MAXOUT -> throw new IllegalArgumentException("not elementwise");
        };
  }

  private static double normalDistribution(double z) {
    return (1 + erf(z * Math.sqrt(0.5))) / 2;
  }

  /** By the midpoint rule on e^(-t^2), 400 steps: a second way, independent of the reference's. */
  private static double erf(double x) {
    if (Math.abs(x) > 6) {
      return Math.signum(x);
    }
    double width = x / 400;
    double sum = 0;
    for (int i = 0; i < 400; i++) {
      double t = (i + 0.5) * width;
      sum += Math.exp(-t * t);
    }
    return 2 / Math.sqrt(Math.PI) * sum * width;
  }

  private static double tanhArgument(double z) {
    return Math.sqrt(2 / Math.PI) * (z + 0.044715 * z * z * z);
  }

  static float loss(ElementLoss loss, float p, float t) {
    float error = p - t;
    return switch (loss.kind()) {
      case SQUARED_ERROR -> error * error;
      case ABSOLUTE_ERROR -> Math.abs(error);
      case HUBER ->
          Math.abs(error) <= loss.delta()
              ? error * error / 2
              : loss.delta() * (Math.abs(error) - loss.delta() / 2);
      case BINARY_CROSS_ENTROPY ->
          (float) (Math.max(p, 0) - p * (double) t + Math.log1p(Math.exp(-Math.abs(p))));
    };
  }

  static float lossDerivative(ElementLoss loss, float p, float t) {
    float error = p - t;
    return switch (loss.kind()) {
      case SQUARED_ERROR -> 2 * error;
      case ABSOLUTE_ERROR -> Math.signum(error);
      case HUBER -> Math.max(-loss.delta(), Math.min(loss.delta(), error));
      case BINARY_CROSS_ENTROPY -> (float) (1 / (1 + Math.exp(-p)) - t);
    };
  }
}
