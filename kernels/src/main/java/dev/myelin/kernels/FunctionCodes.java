package dev.myelin.kernels;

import dev.myelin.Activation;
import dev.myelin.ElementLoss;

/** The numbers by which kernels know functions; they stand in activation.h and losses.cl, too. */
public final class FunctionCodes {
  private FunctionCodes() {}

  public static int of(Activation.Kind kind) {
    return switch (kind) {
      case IDENTITY -> 0;
      case SIGMOID -> 1;
      case TANH -> 2;
      case RELU -> 3;
      case LEAKY_RELU -> 4;
      case ELU -> 5;
      case GELU -> 6;
      case GELU_TANH -> 7;
      case SILU -> 8;
      case SOFTPLUS -> 9;
      case STEP -> 10;
      case SIGN -> 11;
      case MAXOUT -> throw new IllegalArgumentException("maxout is a kernel of its own");
    };
  }

  public static int of(ElementLoss.Kind kind) {
    return switch (kind) {
      case SQUARED_ERROR -> 0;
      case ABSOLUTE_ERROR -> 1;
      case HUBER -> 2;
      case BINARY_CROSS_ENTROPY -> 3;
    };
  }
}
