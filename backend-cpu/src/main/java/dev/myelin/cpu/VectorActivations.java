package dev.myelin.cpu;

import static dev.myelin.cpu.VectorMath.all;
import static dev.myelin.cpu.VectorMath.atLeast;
import static dev.myelin.cpu.VectorMath.atMost;

import dev.myelin.Activation;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The activation functions on vectors; formulas and bounds stand at {@link ScalarActivations}.
 *
 * <p>One loop a function: only then does the JIT compiler inline all of it and keep the vectors in
 * registers, where a switch or a lambda inside the loop would make objects of them.
 */
final class VectorActivations {
  private static final VectorSpecies<Float> FLOATS = VectorWidth.FLOATS;
  private static final int LANES = FLOATS.length();

  private VectorActivations() {}

  /**
   * y = f(z) for as many elements as fill whole vectors.
   *
   * @return how many elements were done, from the beginning
   */
  static int activate(Activation f, float[] z, int zStart, float[] y, int yStart, int count) {
    int whole = FLOATS.loopBound(count);
    switch (f.kind()) {
      case IDENTITY -> System.arraycopy(z, zStart, y, yStart, whole);
      case SIGMOID -> sigmoid(z, zStart, y, yStart, whole);
      case TANH -> tanh(z, zStart, y, yStart, whole);
      case RELU -> relu(z, zStart, y, yStart, whole);
      case LEAKY_RELU -> leakyRelu(f.parameter(), z, zStart, y, yStart, whole);
      case ELU -> elu(f.parameter(), z, zStart, y, yStart, whole);
      case GELU -> gelu(z, zStart, y, yStart, whole);
      case GELU_TANH -> geluTanh(z, zStart, y, yStart, whole);
      case SILU -> silu(z, zStart, y, yStart, whole);
      case SOFTPLUS -> softplus(z, zStart, y, yStart, whole);
    }
    return whole;
  }

  private static void sigmoid(float[] z, int zStart, float[] y, int yStart, int whole) {
    for (int i = 0; i < whole; i += LANES) {
      FloatVector x = FloatVector.fromArray(FLOATS, z, zStart + i);
      VectorMath.sigmoid(x).intoArray(y, yStart + i);
    }
  }

  private static void tanh(float[] z, int zStart, float[] y, int yStart, int whole) {
    for (int i = 0; i < whole; i += LANES) {
      FloatVector x = FloatVector.fromArray(FLOATS, z, zStart + i);
      VectorMath.tanh(x).intoArray(y, yStart + i);
    }
  }

  private static void relu(float[] z, int zStart, float[] y, int yStart, int whole) {
    for (int i = 0; i < whole; i += LANES) {
      FloatVector x = FloatVector.fromArray(FLOATS, z, zStart + i);
      atLeast(x, 0).intoArray(y, yStart + i);
    }
  }

  private static void leakyRelu(
      float slope, float[] z, int zStart, float[] y, int yStart, int whole) {
    for (int i = 0; i < whole; i += LANES) {
      FloatVector x = FloatVector.fromArray(FLOATS, z, zStart + i);
      x.mul(slope).blend(x, x.compare(VectorOperators.GT, 0)).intoArray(y, yStart + i);
    }
  }

  private static void elu(float alpha, float[] z, int zStart, float[] y, int yStart, int whole) {
    for (int i = 0; i < whole; i += LANES) {
      FloatVector x = FloatVector.fromArray(FLOATS, z, zStart + i);
      FloatVector below = VectorMath.expm1(atLeast(x, ScalarActivations.ELU_LOWEST)).mul(alpha);
      below.blend(x, x.compare(VectorOperators.GT, 0)).intoArray(y, yStart + i);
    }
  }

  private static void gelu(float[] z, int zStart, float[] y, int yStart, int whole) {
    for (int i = 0; i < whole; i += LANES) {
      FloatVector x = FloatVector.fromArray(FLOATS, z, zStart + i);
      FloatVector u = atMost(x.abs(), ScalarMath.NORMAL_HIGHEST);
      FloatVector tail = u.mul(VectorMath.scaledNormalTail(u)).mul(VectorMath.gaussian(u));
      atLeast(x, 0).sub(tail).intoArray(y, yStart + i);
    }
  }

  private static void geluTanh(float[] z, int zStart, float[] y, int yStart, int whole) {
    for (int i = 0; i < whole; i += LANES) {
      FloatVector x = FloatVector.fromArray(FLOATS, z, zStart + i);
      FloatVector bounded = atLeast(x, ScalarActivations.GELU_TANH_LOWEST);
      bounded.mul(VectorMath.sigmoid(geluTanhArgument(bounded))).intoArray(y, yStart + i);
    }
  }

  static FloatVector geluTanhArgument(FloatVector x) {
    FloatVector factor =
        x.mul(ScalarActivations.GELU_TANH_CUBIC).fma(x, all(ScalarActivations.GELU_TANH_LINEAR));
    return x.mul(factor);
  }

  private static void silu(float[] z, int zStart, float[] y, int yStart, int whole) {
    for (int i = 0; i < whole; i += LANES) {
      FloatVector x = FloatVector.fromArray(FLOATS, z, zStart + i);
      FloatVector bounded = atLeast(x, ScalarActivations.SILU_LOWEST);
      bounded.mul(VectorMath.sigmoid(bounded)).intoArray(y, yStart + i);
    }
  }

  private static void softplus(float[] z, int zStart, float[] y, int yStart, int whole) {
    for (int i = 0; i < whole; i += LANES) {
      FloatVector x = FloatVector.fromArray(FLOATS, z, zStart + i);
      atLeast(x, 0).add(VectorMath.log1pExpOfMinusAbs(x)).intoArray(y, yStart + i);
    }
  }
}
