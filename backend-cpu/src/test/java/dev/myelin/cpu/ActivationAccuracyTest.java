package dev.myelin.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.Activation;
import dev.myelin.Activation.DerivativeReads;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The bounds that {@link ScalarActivations} states, against float64. */
final class ActivationAccuracyTest {
  private static final int STRIDE = 1999;
  private static final ElementKernels KERNELS = new ScalarKernels();

  static Activation[] activations() {
    return new Activation[] {
      Activation.IDENTITY,
      Activation.SIGMOID,
      Activation.TANH,
      Activation.RELU,
      Activation.leakyRelu(0.01f),
      Activation.elu(1.3f),
      Activation.GELU,
      Activation.GELU_TANH,
      Activation.SILU,
      Activation.SOFTPLUS,
      Activation.STEP,
      Activation.SIGN
    };
  }

  @ParameterizedTest
  @MethodSource("activations")
  void activate_everyFunction_isWithinItsBound(Activation f) {
    for (long bits = 0; bits < 1L << 32; bits += STRIDE) {
      float z = Float.intBitsToFloat((int) bits);
      if (!Float.isNaN(z) && !Float.isInfinite(z)) {
        float actual = activate(f, z);
        double exact = Float64Functions.activation(f, z);
        double error = Math.abs(actual - exact);
        double bound = ulpBound(f, z) * Math.ulp((float) exact);
        assertTrue(error <= bound, () -> f + "(" + z + ") = " + actual + ", exactly " + exact);
      }
    }
  }

  private static double ulpBound(Activation f, double z) {
    return switch (f.kind()) {
      case IDENTITY, RELU, STEP, SIGN -> 0;
      case MAXOUT -> throw new IllegalArgumentException("not elementwise: " + f);
      case LEAKY_RELU -> 0.5;
      case SIGMOID, TANH, ELU, SOFTPLUS -> 3;
      case GELU -> 7;
      case GELU_TANH -> 5 + 3 * Math.min(105, Math.abs(1.6 * z * (1 + 0.045 * z * z)));
      case SILU -> 4 + (z < -87 ? 105 : 0);
    };
  }

  @ParameterizedTest
  @MethodSource("activations")
  void activationGradient_everyFunction_isWithinItsBound(Activation f) {
    for (long bits = 0; bits < 1L << 32; bits += STRIDE) {
      float read = Float.intBitsToFloat((int) bits);
      if (Math.abs(read) <= readLimit(f)) {
        float actual = derivative(f, read);
        double exact = Float64Functions.derivative(f, read);
        assertEquals(exact, actual, derivativeBound(f, read, exact), () -> f + "'(" + read + ")");
      }
    }
  }

  /** A y that the function can give, or any z. */
  private static float readLimit(Activation f) {
    return f.derivativeReads() == DerivativeReads.INPUT ? Float.MAX_VALUE : 1;
  }

  private static double derivativeBound(Activation f, double read, double exact) {
    return switch (f.kind()) {
      case IDENTITY, RELU, STEP, SIGN -> 0;
      case MAXOUT -> throw new IllegalArgumentException("not elementwise: " + f);
      case LEAKY_RELU -> 1e-9;
      case SIGMOID, TANH, ELU -> 0x1p-23;
      case SOFTPLUS -> 3 * Math.ulp((float) exact);
      case GELU -> read < -2 ? 10 * Math.ulp((float) exact) : 0x1p-22;
      case GELU_TANH -> 0x1p-21;
      case SILU -> 0x1p-22;
    };
  }

  @Test
  void activate_ofInfinity_isTheLimit() {
    float infinity = Float.POSITIVE_INFINITY;
    for (Activation f : activations()) {
      boolean bounded =
          f.isThreshold() || f.equals(Activation.SIGMOID) || f.equals(Activation.TANH);
      assertEquals(bounded ? 1 : infinity, activate(f, infinity), f.toString());
    }
    assertEquals(-1, activate(Activation.TANH, -infinity));
    assertEquals(-1, activate(Activation.SIGN, -infinity));
    assertEquals(-1.5f, activate(Activation.elu(1.5f), -infinity));
    assertEquals(-infinity, activate(Activation.leakyRelu(0.1f), -infinity));
    for (Activation f :
        new Activation[] {
          Activation.SIGMOID,
          Activation.STEP,
          Activation.RELU,
          Activation.SOFTPLUS,
          Activation.SILU,
          Activation.GELU,
          Activation.GELU_TANH
        }) {
      assertEquals(0, Math.abs(activate(f, -infinity)), f.toString());
    }
  }

  @Test
  void activationGradient_ofInfinity_isTheLimit() {
    for (Activation f :
        new Activation[] {
          Activation.SOFTPLUS, Activation.SILU, Activation.GELU, Activation.GELU_TANH
        }) {
      assertEquals(1, derivative(f, Float.POSITIVE_INFINITY), f.toString());
      assertEquals(0, Math.abs(derivative(f, Float.NEGATIVE_INFINITY)), f.toString());
    }
  }

  @Test
  void everyFunction_ofNaN_isNaN() {
    for (Activation f : activations()) {
      assertTrue(Float.isNaN(activate(f, Float.NaN)), f.toString());
      boolean constant = f.derivativeReads() == DerivativeReads.NOTHING;
      assertEquals(!constant, Float.isNaN(derivative(f, Float.NaN)), f.toString());
    }
  }

  private static float activate(Activation f, float z) {
    float[] y = new float[1];
    KERNELS.activate(f, new float[] {z}, 0, y, 0, 1);
    return y[0];
  }

  private static float derivative(Activation f, float read) {
    float[] dZ = new float[1];
    KERNELS.activationGradient(f, new float[] {read}, 0, new float[] {1}, 0, dZ, 0, 1);
    return dZ[0];
  }
}
