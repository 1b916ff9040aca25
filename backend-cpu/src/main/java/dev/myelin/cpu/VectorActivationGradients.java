package dev.myelin.cpu;

import static dev.myelin.cpu.VectorMath.all;
import static dev.myelin.cpu.VectorMath.atLeast;
import static dev.myelin.cpu.VectorMath.atMost;

import dev.myelin.Activation;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.EnumSet;
import java.util.Map;
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

  private static final Map<Activation.Kind, MethodHandle> LOOPS =
      SeparateLoops.find(
          MethodHandles.lookup(),
          EnumSet.complementOf(EnumSet.of(Activation.Kind.MAXOUT)),
          MethodType.methodType(
              void.class,
              float.class,
              float[].class,
              float[].class,
              int.class,
              float[].class,
              int.class,
              float[].class,
              int.class,
              int.class));

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
    MethodHandle loop = LOOPS.get(f.kind());
    for (int done = 0; done < whole; done += VectorPowers.BLOCK) {
      int length = Math.min(VectorPowers.BLOCK, whole - done);
      float[] powers = VectorPowers.of(f, read, readStart + done, length);
      try {
        loop.invokeExact(
            f.parameter(),
            powers,
            read,
            readStart + done,
            dY,
            dYStart + done,
            dZ,
            dZStart + done,
            length);
      } catch (Throwable thrown) {
        throw SeparateLoops.rethrow(thrown);
      }
    }
    return whole;
  }

  static void identity(
      float unused,
      float[] powers,
      float[] read,
      int readStart,
      float[] dY,
      int dYStart,
      float[] dZ,
      int dZStart,
      int length) {
    System.arraycopy(dY, dYStart, dZ, dZStart, length);
  }

  static void sigmoid(
      float unused,
      float[] powers,
      float[] y,
      int yStart,
      float[] dY,
      int dYStart,
      float[] dZ,
      int dZStart,
      int length) {
    for (int i = 0; i < length; i += LANES) {
      FloatVector value = FloatVector.fromArray(FLOATS, y, yStart + i);
      FloatVector g = FloatVector.fromArray(FLOATS, dY, dYStart + i);
      g.mul(value.mul(all(1).sub(value))).intoArray(dZ, dZStart + i);
    }
  }

  static void tanh(
      float unused,
      float[] powers,
      float[] y,
      int yStart,
      float[] dY,
      int dYStart,
      float[] dZ,
      int dZStart,
      int length) {
    for (int i = 0; i < length; i += LANES) {
      FloatVector value = FloatVector.fromArray(FLOATS, y, yStart + i);
      FloatVector g = FloatVector.fromArray(FLOATS, dY, dYStart + i);
      g.mul(value.neg().fma(value, all(1))).intoArray(dZ, dZStart + i);
    }
  }

  static void relu(
      float unused,
      float[] powers,
      float[] y,
      int yStart,
      float[] dY,
      int dYStart,
      float[] dZ,
      int dZStart,
      int length) {
    leakyRelu(0, powers, y, yStart, dY, dYStart, dZ, dZStart, length);
  }

  /** 1 above 0, the slope up to 0, and NaN for NaN. */
  static void leakyRelu(
      float slope,
      float[] powers,
      float[] y,
      int yStart,
      float[] dY,
      int dYStart,
      float[] dZ,
      int dZStart,
      int length) {
    for (int i = 0; i < length; i += LANES) {
      FloatVector value = FloatVector.fromArray(FLOATS, y, yStart + i);
      FloatVector g = FloatVector.fromArray(FLOATS, dY, dYStart + i);
      FloatVector derivative =
          value
              .blend(slope, value.compare(VectorOperators.LE, all(0)))
              .blend(all(1), value.compare(VectorOperators.GT, all(0)));
      g.mul(derivative).intoArray(dZ, dZStart + i);
    }
  }

  static void elu(
      float alpha,
      float[] powers,
      float[] y,
      int yStart,
      float[] dY,
      int dYStart,
      float[] dZ,
      int dZStart,
      int length) {
    for (int i = 0; i < length; i += LANES) {
      FloatVector value = FloatVector.fromArray(FLOATS, y, yStart + i);
      FloatVector g = FloatVector.fromArray(FLOATS, dY, dYStart + i);
      FloatVector derivative =
          value.add(alpha).blend(all(1), value.compare(VectorOperators.GT, all(0)));
      g.mul(derivative).intoArray(dZ, dZStart + i);
    }
  }

  static void gelu(
      float unused,
      float[] powers,
      float[] z,
      int zStart,
      float[] dY,
      int dYStart,
      float[] dZ,
      int dZStart,
      int length) {
    for (int i = 0; i < length; i += LANES) {
      FloatVector x = FloatVector.fromArray(FLOATS, z, zStart + i);
      FloatVector g = FloatVector.fromArray(FLOATS, dY, dYStart + i);
      FloatVector power = FloatVector.fromArray(FLOATS, powers, i);
      FloatVector u = atMost(x.abs(), all(ScalarMath.NORMAL_HIGHEST));
      FloatVector density = VectorMath.loweredDensity(u);
      FloatVector slope = density.fma(power, VectorMath.normalCenter(u));
      FloatVector center = u.neg().fma(slope, all(0.5f));
      FloatVector tail = u.neg().fma(density, VectorMath.loweredNormalTail(u)).mul(power);
      FloatVector d =
          tail.blend(center, u.compare(VectorOperators.LT, all(ScalarMath.NORMAL_CENTER)));
      FloatVector derivative = all(1).sub(d).blend(d, x.compare(VectorOperators.LT, all(0)));
      g.mul(derivative).intoArray(dZ, dZStart + i);
    }
  }

  static void geluTanh(
      float unused,
      float[] powers,
      float[] z,
      int zStart,
      float[] dY,
      int dYStart,
      float[] dZ,
      int dZStart,
      int length) {
    for (int i = 0; i < length; i += LANES) {
      FloatVector x = FloatVector.fromArray(FLOATS, z, zStart + i);
      FloatVector g = FloatVector.fromArray(FLOATS, dY, dYStart + i);
      FloatVector power = FloatVector.fromArray(FLOATS, powers, i);
      FloatVector bounded =
          atMost(
              atLeast(x, all(ScalarActivations.GELU_TANH_LOWEST)),
              all(-ScalarActivations.GELU_TANH_LOWEST));
      FloatVector slope =
          bounded
              .mul(all(ScalarActivations.GELU_TANH_CUBIC_SLOPE))
              .fma(bounded, all(ScalarActivations.GELU_TANH_LINEAR));
      g.mul(sigmoidAndSlope(power, x, bounded.mul(slope))).intoArray(dZ, dZStart + i);
    }
  }

  static void silu(
      float unused,
      float[] powers,
      float[] z,
      int zStart,
      float[] dY,
      int dYStart,
      float[] dZ,
      int dZStart,
      int length) {
    for (int i = 0; i < length; i += LANES) {
      FloatVector x = FloatVector.fromArray(FLOATS, z, zStart + i);
      FloatVector g = FloatVector.fromArray(FLOATS, dY, dYStart + i);
      FloatVector power = FloatVector.fromArray(FLOATS, powers, i);
      FloatVector bounded =
          atMost(
              atLeast(x, all(ScalarActivations.SILU_LOWEST)), all(-ScalarActivations.SILU_LOWEST));
      g.mul(sigmoidAndSlope(power, x, bounded)).intoArray(dZ, dZStart + i);
    }
  }

  /** sigmoid(v) + factor sigmoid'(v) from e^-|v| and something of v's sign. */
  private static FloatVector sigmoidAndSlope(
      FloatVector power, FloatVector sign, FloatVector factor) {
    FloatVector inverse = all(1).div(power.add(all(1)));
    FloatVector small = power.mul(inverse);
    FloatVector sigmoid = inverse.blend(small, sign.compare(VectorOperators.LT, all(0)));
    return factor.fma(small.mul(inverse), sigmoid);
  }

  static void softplus(
      float unused,
      float[] powers,
      float[] z,
      int zStart,
      float[] dY,
      int dYStart,
      float[] dZ,
      int dZStart,
      int length) {
    for (int i = 0; i < length; i += LANES) {
      FloatVector x = FloatVector.fromArray(FLOATS, z, zStart + i);
      FloatVector g = FloatVector.fromArray(FLOATS, dY, dYStart + i);
      FloatVector power = FloatVector.fromArray(FLOATS, powers, i);
      FloatVector numerator = all(1).blend(power, x.compare(VectorOperators.LT, all(0)));
      g.mul(numerator.div(power.add(all(1)))).intoArray(dZ, dZStart + i);
    }
  }

  static void step(
      float unused,
      float[] powers,
      float[] y,
      int yStart,
      float[] dY,
      int dYStart,
      float[] dZ,
      int dZStart,
      int length) {
    for (int i = 0; i < length; i += LANES) {
      FloatVector value = FloatVector.fromArray(FLOATS, y, yStart + i);
      FloatVector g = FloatVector.fromArray(FLOATS, dY, dYStart + i);
      // 0, and NaN for NaN.
      g.mul(value.mul(0)).intoArray(dZ, dZStart + i);
    }
  }

  static void sign(
      float unused,
      float[] powers,
      float[] y,
      int yStart,
      float[] dY,
      int dYStart,
      float[] dZ,
      int dZStart,
      int length) {
    step(unused, powers, y, yStart, dY, dYStart, dZ, dZStart, length);
  }
}
