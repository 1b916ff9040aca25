package dev.myelin.cpu;

import static dev.myelin.cpu.ScalarMath.atLeast;
import static dev.myelin.cpu.ScalarMath.atMost;

import dev.myelin.Activation;

/**
 * The activation functions and their derivatives, one number at a time. {@link VectorActivations}
 * and {@link VectorActivationGradients} do the same steps on vectors.
 *
 * <p>Where the written formula would be infinity times zero (GELU, SiLU and their derivatives at
 * infinity), the result is the limit. NaN gives NaN, in the derivatives too. Each function says how
 * far it may be off, in ULP of the exact result or, where terms cancel, as an absolute number.
 */
final class ScalarActivations {
  /** alpha (e^z - 1) is -alpha to the last bit from here on down. */
  static final float ELU_LOWEST = -20;

  /** z sigmoid(z) is 0 from here on down, and sigmoid(z) 1 to the last bit from its opposite on. */
  static final float SILU_LOWEST = -104;

  /** GELU_TANH is z sigmoid(z (LINEAR + CUBIC z^2)): (1 + tanh v) / 2 = sigmoid(2 v). */
  static final float GELU_TANH_LINEAR = 0x1.988454p0f;

  static final float GELU_TANH_CUBIC = 0x1.2444f2p-4f;
  static final float GELU_TANH_CUBIC_SLOPE = 0x1.b6676cp-3f;

  /** GELU_TANH is 0 from here on down, and z to the last bit from its opposite on. */
  static final float GELU_TANH_LOWEST = -11;

  private ScalarActivations() {}

  static void activate(Activation f, float[] z, int zStart, float[] y, int yStart, int count) {
    for (int i = 0; i < count; i++) {
      y[yStart + i] = apply(f, z[zStart + i]);
    }
  }

  private static float apply(Activation f, float z) {
    return switch (f.kind()) {
      case IDENTITY -> z;
      case SIGMOID -> ScalarMath.sigmoid(z);
      case TANH -> ScalarMath.tanh(z);
      case RELU -> atLeast(z, 0);
      case LEAKY_RELU -> z > 0 ? z : f.parameter() * z;
      case ELU -> z > 0 ? z : f.parameter() * ScalarMath.expm1(atLeast(z, ELU_LOWEST));
      case GELU -> gelu(z);
      case GELU_TANH -> geluTanh(z);
      case SILU -> silu(z);
      case SOFTPLUS -> atLeast(z, 0) + ScalarMath.log1p(ScalarMath.expOfMinusAbs(z));
      case STEP -> step(z, 0);
      case SIGN -> step(z, -1);
      case MAXOUT -> throw new AssertionError(f);
    };
  }

  /**
   * z Phi(z) = max(z, 0) - |z| Phi(-|z|), which cancels nowhere below 0: within 7 ULP on both
   * sides.
   */
  private static float gelu(float z) {
    float u = atMost(Math.abs(z), ScalarMath.NORMAL_HIGHEST);
    return atLeast(z, 0) - ScalarMath.timesNormalTail(u, ScalarMath.raisedGaussian(u));
  }

  /** Off by (5 + 3 |v|) ULP, v being the sigmoid's argument, whose rounding e^v magnifies. */
  private static float geluTanh(float z) {
    float bounded = atLeast(z, GELU_TANH_LOWEST);
    return bounded * ScalarMath.sigmoid(geluTanhArgument(bounded));
  }

  private static float geluTanhArgument(float z) {
    return z * Math.fma(GELU_TANH_CUBIC * z, z, GELU_TANH_LINEAR);
  }

  /** Within 4 ULP for z > -87; below, the sigmoid is denormal, and its rounding times |z| shows. */
  private static float silu(float z) {
    float bounded = atLeast(z, SILU_LOWEST);
    return bounded * ScalarMath.sigmoid(bounded);
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
    if (f.derivativeReads() == Activation.DerivativeReads.NOTHING) {
      System.arraycopy(dY, dYStart, dZ, dZStart, count);
      return;
    }
    for (int i = 0; i < count; i++) {
      dZ[dZStart + i] = dY[dYStart + i] * derivative(f, read[readStart + i]);
    }
  }

  /**
   * @param read z or y, as {@link Activation#derivativeReads} says
   */
  private static float derivative(Activation f, float read) {
    return switch (f.kind()) {
      case IDENTITY, MAXOUT -> throw new AssertionError(f);
      case SIGMOID -> read * (1 - read);
      case TANH -> Math.fma(-read, read, 1);
      case RELU -> step(read, 0);
      case LEAKY_RELU -> step(read, f.parameter());
      case ELU -> read > 0 ? 1 : read + f.parameter();
      case GELU -> geluDerivative(read);
      case GELU_TANH -> geluTanhDerivative(read);
      case SILU -> siluDerivative(read);
      case SOFTPLUS -> ScalarMath.sigmoid(read);
      // 0, and NaN for NaN.
      case STEP, SIGN -> 0 * read;
    };
  }

  /** 1 above 0, {@code below} up to 0, and NaN for NaN. */
  private static float step(float y, float below) {
    return y > 0 ? 1 : y <= 0 ? below : y;
  }

  /**
   * Phi(z) + z phi(z), off by 2^-22 or, for z < -2, by 10 ULP: with d = Phi(-u) - u phi(u) and u =
   * |z|, it is d below 0 and 1 - d above.
   */
  private static float geluDerivative(float z) {
    float u = atMost(Math.abs(z), ScalarMath.NORMAL_HIGHEST);
    float power = ScalarMath.raisedGaussian(u);
    float density = ScalarMath.loweredDensity(u);
    float tail = Math.fma(-u, density, ScalarMath.loweredNormalTail(u)) * power;
    float slope = Math.fma(density, power, ScalarMath.normalCenter(u));
    float center = Math.fma(-u, slope, 0.5f);
    float d = u < ScalarMath.NORMAL_CENTER ? center : tail;
    return z < 0 ? d : 1 - d;
  }

  /**
   * s + z v' s (1 - s) with s = sigmoid(v), off by 2^-21; s (1 - s) = e / (1 + e)^2, e = e^-|v|.
   */
  private static float geluTanhDerivative(float z) {
    float bounded = atMost(atLeast(z, GELU_TANH_LOWEST), -GELU_TANH_LOWEST);
    float slope = Math.fma(GELU_TANH_CUBIC_SLOPE * bounded, bounded, GELU_TANH_LINEAR);
    return sigmoidAndSlope(geluTanhArgument(bounded), bounded * slope);
  }

  /** s + z s (1 - s) with s = sigmoid(z), off by 2^-22. */
  private static float siluDerivative(float z) {
    float bounded = atMost(atLeast(z, SILU_LOWEST), -SILU_LOWEST);
    return sigmoidAndSlope(bounded, bounded);
  }

  /** sigmoid(v) + factor sigmoid'(v). */
  private static float sigmoidAndSlope(float v, float factor) {
    float e = ScalarMath.expOfMinusAbs(v);
    float inverse = 1 / (1 + e);
    float small = e * inverse;
    float sigmoid = v < 0 ? small : inverse;
    return Math.fma(factor, small * inverse, sigmoid);
  }
}
