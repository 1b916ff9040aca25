package dev.myelin.cpu;

import static dev.myelin.cpu.VectorMath.all;
import static dev.myelin.cpu.VectorMath.atLeast;

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
 * The activation functions on vectors; formulas and bounds stand at {@link ScalarActivations}.
 *
 * <p>One loop a function, which {@link SeparateLoops} keeps apart: only then does the JIT compiler
 * keep all vectors in registers, where a switch or a lambda in the loop would make objects of them.
 * The loops' methods are called by handle, each with the function's parameter and the exponentials
 * of {@link VectorPowers}, used or not.
 */
final class VectorActivations {
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
              int.class));

  private static final MethodHandle[] SHIFTED_EXP =
      SeparateLoops.find(
          MethodHandles.lookup(),
          "shiftedExpLoop",
          MethodType.methodType(
              void.class,
              float[].class,
              int.class,
              float.class,
              float[].class,
              int.class,
              int.class));

  private VectorActivations() {}

  /**
   * y = f(z) for as many elements as fill whole vectors.
   *
   * @return how many elements were done, from the beginning
   */
  static int activate(Activation f, float[] z, int zStart, float[] y, int yStart, int count) {
    int whole = FLOATS.loopBound(count);
    MethodHandle loop = LOOPS.get(f.kind());
    for (int done = 0; done < whole; done += VectorPowers.BLOCK) {
      int length = Math.min(VectorPowers.BLOCK, whole - done);
      float[] powers = VectorPowers.of(f, z, zStart + done, length);
      try {
        loop.invokeExact(f.parameter(), powers, z, zStart + done, y, yStart + done, length);
      } catch (Throwable thrown) {
        throw SeparateLoops.rethrow(thrown);
      }
    }
    return whole;
  }

  static void identity(
      float unused, float[] powers, float[] z, int zStart, float[] y, int yStart, int length) {
    System.arraycopy(z, zStart, y, yStart, length);
  }

  static void sigmoid(
      float unused, float[] powers, float[] z, int zStart, float[] y, int yStart, int length) {
    for (int i = 0; i < length; i += LANES) {
      FloatVector x = FloatVector.fromArray(FLOATS, z, zStart + i);
      VectorMath.sigmoid(x).intoArray(y, yStart + i);
    }
  }

  static void tanh(
      float unused, float[] powers, float[] z, int zStart, float[] y, int yStart, int length) {
    for (int i = 0; i < length; i += LANES) {
      FloatVector x = FloatVector.fromArray(FLOATS, z, zStart + i);
      VectorMath.tanh(x).intoArray(y, yStart + i);
    }
  }

  static void relu(
      float unused, float[] powers, float[] z, int zStart, float[] y, int yStart, int length) {
    for (int i = 0; i < length; i += LANES) {
      FloatVector x = FloatVector.fromArray(FLOATS, z, zStart + i);
      atLeast(x, all(0)).intoArray(y, yStart + i);
    }
  }

  static void leakyRelu(
      float slope, float[] powers, float[] z, int zStart, float[] y, int yStart, int length) {
    for (int i = 0; i < length; i += LANES) {
      FloatVector x = FloatVector.fromArray(FLOATS, z, zStart + i);
      x.mul(slope).blend(x, x.compare(VectorOperators.GT, all(0))).intoArray(y, yStart + i);
    }
  }

  static void elu(
      float alpha, float[] powers, float[] z, int zStart, float[] y, int yStart, int length) {
    for (int i = 0; i < length; i += LANES) {
      FloatVector x = FloatVector.fromArray(FLOATS, z, zStart + i);
      FloatVector below =
          VectorMath.expm1(atLeast(x, all(ScalarActivations.ELU_LOWEST))).mul(alpha);
      below.blend(x, x.compare(VectorOperators.GT, all(0))).intoArray(y, yStart + i);
    }
  }

  static void gelu(
      float unused, float[] powers, float[] z, int zStart, float[] y, int yStart, int length) {
    for (int i = 0; i < length; i += LANES) {
      FloatVector x = FloatVector.fromArray(FLOATS, z, zStart + i);
      FloatVector u = VectorMath.magnitudeAtMost(x, ScalarMath.NORMAL_HIGHEST);
      FloatVector power = FloatVector.fromArray(FLOATS, powers, i);
      atLeast(x, all(0)).sub(VectorMath.timesNormalTail(u, power)).intoArray(y, yStart + i);
    }
  }

  static void geluTanh(
      float unused, float[] powers, float[] z, int zStart, float[] y, int yStart, int length) {
    timesSigmoid(all(ScalarActivations.GELU_TANH_LOWEST), powers, z, zStart, y, yStart, length);
  }

  static void silu(
      float unused, float[] powers, float[] z, int zStart, float[] y, int yStart, int length) {
    timesSigmoid(all(ScalarActivations.SILU_LOWEST), powers, z, zStart, y, yStart, length);
  }

  /** y = z sigmoid(v) from e^-|v|, where v has the sign of z. */
  private static void timesSigmoid(
      FloatVector lowest,
      float[] powers,
      float[] z,
      int zStart,
      float[] y,
      int yStart,
      int length) {
    for (int i = 0; i < length; i += LANES) {
      FloatVector x = FloatVector.fromArray(FLOATS, z, zStart + i);
      FloatVector power = FloatVector.fromArray(FLOATS, powers, i);
      FloatVector numerator = all(1).blend(power, x.compare(VectorOperators.LT, all(0)));
      FloatVector sigmoid = numerator.div(power.add(all(1)));
      atLeast(x, lowest).mul(sigmoid).intoArray(y, yStart + i);
    }
  }

  static void softplus(
      float unused, float[] powers, float[] z, int zStart, float[] y, int yStart, int length) {
    for (int i = 0; i < length; i += LANES) {
      FloatVector x = FloatVector.fromArray(FLOATS, z, zStart + i);
      FloatVector power = FloatVector.fromArray(FLOATS, powers, i);
      atLeast(x, all(0)).add(VectorMath.log1p(power)).intoArray(y, yStart + i);
    }
  }

  static void step(
      float unused, float[] powers, float[] z, int zStart, float[] y, int yStart, int length) {
    firing(0, z, zStart, y, yStart, length);
  }

  static void sign(
      float unused, float[] powers, float[] z, int zStart, float[] y, int yStart, int length) {
    firing(-1, z, zStart, y, yStart, length);
  }

  /** 1 above 0, {@code below} up to 0, and NaN for NaN. */
  private static void firing(
      float below, float[] z, int zStart, float[] y, int yStart, int length) {
    for (int i = 0; i < length; i += LANES) {
      FloatVector x = FloatVector.fromArray(FLOATS, z, zStart + i);
      x.blend(below, x.compare(VectorOperators.LE, all(0)))
          .blend(all(1), x.compare(VectorOperators.GT, all(0)))
          .intoArray(y, yStart + i);
    }
  }

  /** out = e^(in - shift) for as many elements as fill whole vectors; returns how many. */
  static int shiftedExp(
      float[] in, int inStart, float shift, float[] out, int outStart, int count) {
    int whole = FLOATS.loopBound(count);
    try {
      SHIFTED_EXP[0].invokeExact(in, inStart, shift, out, outStart, whole);
    } catch (Throwable thrown) {
      throw SeparateLoops.rethrow(thrown);
    }
    return whole;
  }

  static void shiftedExpLoop(
      float[] in, int inStart, float shift, float[] out, int outStart, int whole) {
    for (int i = 0; i < whole; i += LANES) {
      FloatVector x = FloatVector.fromArray(FLOATS, in, inStart + i).sub(shift);
      VectorMath.expOfNotPositive(x).intoArray(out, outStart + i);
    }
  }
}
