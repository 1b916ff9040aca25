package dev.myelin.cpu;

import static dev.myelin.cpu.VectorMath.all;
import static dev.myelin.cpu.VectorMath.atLeast;
import static dev.myelin.cpu.VectorMath.atMost;

import dev.myelin.Activation;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The derivatives of the activation functions on vectors, times the gradient from above; formulas
 * and bounds stand at {@link ScalarActivations}. One loop a function, as in {@link
 * VectorActivations}.
 */
final class VectorActivationGradients {
  private static final VectorSpecies<Float> FLOATS = VectorWidth.FLOATS;
  private static final int LANES = FLOATS.length();

  private VectorActivationGradients() {}

  /**
   * dZ = dY f' for as many elements as fill whole vectors.
   *
   * @param read z or y, as {@link Activation#derivativeReads} says
   * @return how many elements were done, from the beginning
   */
  static int activationGradient(
      Activation f,
      float[] read,
      int readStart,
      float[] dY,
      int dYStart,
      float[] dZ,
      int dZStart,
      int count) {
    int whole = FLOATS.loopBound(count);
    switch (f.kind()) {
      case IDENTITY -> System.arraycopy(dY, dYStart, dZ, dZStart, whole);
      case SIGMOID -> sigmoid(read, readStart, dY, dYStart, dZ, dZStart, whole);
      case TANH -> tanh(read, readStart, dY, dYStart, dZ, dZStart, whole);
      case RELU -> step(0, read, readStart, dY, dYStart, dZ, dZStart, whole);
      case LEAKY_RELU -> step(f.parameter(), read, readStart, dY, dYStart, dZ, dZStart, whole);
      case ELU -> elu(f.parameter(), read, readStart, dY, dYStart, dZ, dZStart, whole);
      case GELU -> gelu(read, readStart, dY, dYStart, dZ, dZStart, whole);
      case GELU_TANH -> geluTanh(read, readStart, dY, dYStart, dZ, dZStart, whole);
      case SILU -> silu(read, readStart, dY, dYStart, dZ, dZStart, whole);
      case SOFTPLUS -> softplus(read, readStart, dY, dYStart, dZ, dZStart, whole);
    }
    return whole;
  }

  private static void sigmoid(
      float[] y, int yStart, float[] dY, int dYStart, float[] dZ, int dZStart, int whole) {
    for (int i = 0; i < whole; i += LANES) {
      FloatVector value = FloatVector.fromArray(FLOATS, y, yStart + i);
      FloatVector g = FloatVector.fromArray(FLOATS, dY, dYStart + i);
      g.mul(value.mul(all(1).sub(value))).intoArray(dZ, dZStart + i);
    }
  }

  private static void tanh(
      float[] y, int yStart, float[] dY, int dYStart, float[] dZ, int dZStart, int whole) {
    for (int i = 0; i < whole; i += LANES) {
      FloatVector value = FloatVector.fromArray(FLOATS, y, yStart + i);
      FloatVector g = FloatVector.fromArray(FLOATS, dY, dYStart + i);
      g.mul(value.neg().fma(value, all(1))).intoArray(dZ, dZStart + i);
    }
  }

  /** 1 above 0, {@code below} up to 0, and NaN for NaN. */
  private static void step(
      float below,
      float[] y,
      int yStart,
      float[] dY,
      int dYStart,
      float[] dZ,
      int dZStart,
      int whole) {
    for (int i = 0; i < whole; i += LANES) {
      FloatVector value = FloatVector.fromArray(FLOATS, y, yStart + i);
      FloatVector g = FloatVector.fromArray(FLOATS, dY, dYStart + i);
      FloatVector derivative =
          value
              .blend(below, value.compare(VectorOperators.LE, 0))
              .blend(1, value.compare(VectorOperators.GT, 0));
      g.mul(derivative).intoArray(dZ, dZStart + i);
    }
  }

  private static void elu(
      float alpha,
      float[] y,
      int yStart,
      float[] dY,
      int dYStart,
      float[] dZ,
      int dZStart,
      int whole) {
    for (int i = 0; i < whole; i += LANES) {
      FloatVector value = FloatVector.fromArray(FLOATS, y, yStart + i);
      FloatVector g = FloatVector.fromArray(FLOATS, dY, dYStart + i);
      FloatVector derivative = value.add(alpha).blend(1, value.compare(VectorOperators.GT, 0));
      g.mul(derivative).intoArray(dZ, dZStart + i);
    }
  }

  private static void gelu(
      float[] z, int zStart, float[] dY, int dYStart, float[] dZ, int dZStart, int whole) {
    for (int i = 0; i < whole; i += LANES) {
      FloatVector x = FloatVector.fromArray(FLOATS, z, zStart + i);
      FloatVector g = FloatVector.fromArray(FLOATS, dY, dYStart + i);
      FloatVector u = atMost(x.abs(), ScalarMath.NORMAL_HIGHEST);
      FloatVector bracket = all(-ScalarMath.NORMAL_PEAK).fma(u, VectorMath.scaledNormalTail(u));
      FloatVector d = bracket.mul(VectorMath.gaussian(u));
      FloatVector derivative = all(1).sub(d).blend(d, x.compare(VectorOperators.LT, 0));
      g.mul(derivative).intoArray(dZ, dZStart + i);
    }
  }

  private static void geluTanh(
      float[] z, int zStart, float[] dY, int dYStart, float[] dZ, int dZStart, int whole) {
    for (int i = 0; i < whole; i += LANES) {
      FloatVector x = FloatVector.fromArray(FLOATS, z, zStart + i);
      FloatVector g = FloatVector.fromArray(FLOATS, dY, dYStart + i);
      FloatVector bounded =
          atMost(
              atLeast(x, ScalarActivations.GELU_TANH_LOWEST), -ScalarActivations.GELU_TANH_LOWEST);
      FloatVector slope =
          bounded
              .mul(ScalarActivations.GELU_TANH_CUBIC_SLOPE)
              .fma(bounded, all(ScalarActivations.GELU_TANH_LINEAR));
      FloatVector argument = VectorActivations.geluTanhArgument(bounded);
      g.mul(sigmoidAndSlope(argument, bounded.mul(slope))).intoArray(dZ, dZStart + i);
    }
  }

  private static void silu(
      float[] z, int zStart, float[] dY, int dYStart, float[] dZ, int dZStart, int whole) {
    for (int i = 0; i < whole; i += LANES) {
      FloatVector x = FloatVector.fromArray(FLOATS, z, zStart + i);
      FloatVector g = FloatVector.fromArray(FLOATS, dY, dYStart + i);
      FloatVector bounded =
          atMost(atLeast(x, ScalarActivations.SILU_LOWEST), -ScalarActivations.SILU_LOWEST);
      g.mul(sigmoidAndSlope(bounded, bounded)).intoArray(dZ, dZStart + i);
    }
  }

  /** sigmoid(v) + factor sigmoid'(v). */
  private static FloatVector sigmoidAndSlope(FloatVector v, FloatVector factor) {
    FloatVector e = VectorMath.exp(v.abs().neg());
    FloatVector inverse = all(1).div(e.add(1));
    FloatVector small = e.mul(inverse);
    FloatVector sigmoid = inverse.blend(small, v.compare(VectorOperators.LT, 0));
    return factor.fma(small.mul(inverse), sigmoid);
  }

  private static void softplus(
      float[] z, int zStart, float[] dY, int dYStart, float[] dZ, int dZStart, int whole) {
    for (int i = 0; i < whole; i += LANES) {
      FloatVector x = FloatVector.fromArray(FLOATS, z, zStart + i);
      FloatVector g = FloatVector.fromArray(FLOATS, dY, dYStart + i);
      g.mul(VectorMath.sigmoid(x)).intoArray(dZ, dZStart + i);
    }
  }
}
