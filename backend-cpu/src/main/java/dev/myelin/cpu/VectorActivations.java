package dev.myelin.cpu;

import static dev.myelin.cpu.VectorMath.HALF;
import static dev.myelin.cpu.VectorMath.ZERO;
import static dev.myelin.cpu.VectorMath.all;
import static dev.myelin.cpu.VectorMath.atLeast;
import static dev.myelin.cpu.VectorMath.atMost;

import dev.myelin.Activation;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Map;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The activation functions on vectors; formulas and bounds stand at {@link ScalarActivations}.
 *
 * <p>One loop a function, which {@link SeparateLoops} keeps apart: only then does the JIT compiler
 * keep all vectors in registers, where a switch or a lambda in the loop would make objects of them.
 * The loops' methods are called by handle, each with the function's parameter, used or not.
 */
final class VectorActivations {
  private static final VectorSpecies<Float> FLOATS = VectorWidth.FLOATS;
  private static final int LANES = FLOATS.length();
  private static final FloatVector NORMAL_CENTER = all(ScalarMath.NORMAL_CENTER);
  private static final FloatVector NORMAL_HIGHEST = all(ScalarMath.NORMAL_HIGHEST);
  private static final FloatVector ELU_LOWEST = all(ScalarActivations.ELU_LOWEST);
  private static final FloatVector GELU_TANH_LOWEST = all(ScalarActivations.GELU_TANH_LOWEST);
  private static final FloatVector SILU_LOWEST = all(ScalarActivations.SILU_LOWEST);
  private static final FloatVector GELU_TANH_LINEAR = all(ScalarActivations.GELU_TANH_LINEAR);
  private static final FloatVector GELU_TANH_CUBIC = all(ScalarActivations.GELU_TANH_CUBIC);

  /** A multiple of every vector length. */
  static final int BLOCK = 1024;

  private static final ThreadLocal<float[]> SCRATCH =
      ThreadLocal.withInitial(() -> new float[BLOCK]);

  private static final Map<Activation.Kind, MethodHandle> LOOPS =
      SeparateLoops.find(
          MethodHandles.lookup(),
          Activation.Kind.class,
          MethodType.methodType(
              void.class,
              float.class,
              float[].class,
              int.class,
              float[].class,
              int.class,
              int.class));

  private static final MethodHandle[] GAUSSIANS =
      SeparateLoops.find(
          MethodHandles.lookup(),
          "gaussianLoop",
          MethodType.methodType(void.class, float[].class, int.class, float[].class, int.class));

  private VectorActivations() {}

  /**
   * y = f(z) for as many elements as fill whole vectors.
   *
   * @return how many elements were done, from the beginning
   */
  static int activate(Activation f, float[] z, int zStart, float[] y, int yStart, int count) {
    int whole = FLOATS.loopBound(count);
    try {
      LOOPS.get(f.kind()).invokeExact(f.parameter(), z, zStart, y, yStart, whole);
    } catch (Throwable thrown) {
      throw SeparateLoops.rethrow(thrown);
    }
    return whole;
  }

  static void identity(float unused, float[] z, int zStart, float[] y, int yStart, int whole) {
    System.arraycopy(z, zStart, y, yStart, whole);
  }

  static void sigmoid(float unused, float[] z, int zStart, float[] y, int yStart, int whole) {
    for (int i = 0; i < whole; i += LANES) {
      FloatVector x = FloatVector.fromArray(FLOATS, z, zStart + i);
      VectorMath.sigmoid(x).intoArray(y, yStart + i);
    }
  }

  static void tanh(float unused, float[] z, int zStart, float[] y, int yStart, int whole) {
    for (int i = 0; i < whole; i += LANES) {
      FloatVector x = FloatVector.fromArray(FLOATS, z, zStart + i);
      VectorMath.tanh(x).intoArray(y, yStart + i);
    }
  }

  static void relu(float unused, float[] z, int zStart, float[] y, int yStart, int whole) {
    for (int i = 0; i < whole; i += LANES) {
      FloatVector x = FloatVector.fromArray(FLOATS, z, zStart + i);
      atLeast(x, ZERO).intoArray(y, yStart + i);
    }
  }

  static void leakyRelu(float slope, float[] z, int zStart, float[] y, int yStart, int whole) {
    for (int i = 0; i < whole; i += LANES) {
      FloatVector x = FloatVector.fromArray(FLOATS, z, zStart + i);
      x.mul(slope).blend(x, x.compare(VectorOperators.GT, ZERO)).intoArray(y, yStart + i);
    }
  }

  static void elu(float alpha, float[] z, int zStart, float[] y, int yStart, int whole) {
    for (int i = 0; i < whole; i += LANES) {
      FloatVector x = FloatVector.fromArray(FLOATS, z, zStart + i);
      FloatVector below = VectorMath.expm1(atLeast(x, ELU_LOWEST)).mul(alpha);
      below.blend(x, x.compare(VectorOperators.GT, ZERO)).intoArray(y, yStart + i);
    }
  }

  static void gelu(float unused, float[] z, int zStart, float[] y, int yStart, int whole) {
    for (int done = 0; done < whole; done += BLOCK) {
      int length = Math.min(BLOCK, whole - done);
      geluBlock(gaussians(z, zStart + done, length), z, zStart + done, y, yStart + done, length);
    }
  }

  /**
   * e^(-z^2 / 2) of a block, in this thread's scratch memory: too much for one loop with the rest.
   */
  static float[] gaussians(float[] z, int zStart, int length) {
    float[] powers = SCRATCH.get();
    try {
      GAUSSIANS[0].invokeExact(z, zStart, powers, length);
    } catch (Throwable thrown) {
      throw SeparateLoops.rethrow(thrown);
    }
    return powers;
  }

  static void gaussianLoop(float[] z, int zStart, float[] powers, int length) {
    for (int i = 0; i < length; i += LANES) {
      FloatVector x = FloatVector.fromArray(FLOATS, z, zStart + i);
      VectorMath.gaussian(atMost(x.abs(), NORMAL_HIGHEST)).intoArray(powers, i);
    }
  }

  private static void geluBlock(
      float[] powers, float[] z, int zStart, float[] y, int yStart, int length) {
    for (int i = 0; i < length; i += LANES) {
      FloatVector x = FloatVector.fromArray(FLOATS, z, zStart + i);
      FloatVector power = FloatVector.fromArray(FLOATS, powers, i);
      FloatVector u = atMost(x.abs(), NORMAL_HIGHEST);
      FloatVector center = u.mul(u.neg().fma(VectorMath.normalCenter(u), HALF));
      FloatVector tail = u.mul(VectorMath.scaledNormalTail(u)).mul(power);
      FloatVector lost = tail.blend(center, u.compare(VectorOperators.LT, NORMAL_CENTER));
      atLeast(x, ZERO).sub(lost).intoArray(y, yStart + i);
    }
  }

  static void geluTanh(float unused, float[] z, int zStart, float[] y, int yStart, int whole) {
    for (int i = 0; i < whole; i += LANES) {
      FloatVector x = FloatVector.fromArray(FLOATS, z, zStart + i);
      FloatVector bounded = atLeast(x, GELU_TANH_LOWEST);
      bounded.mul(VectorMath.sigmoid(geluTanhArgument(bounded))).intoArray(y, yStart + i);
    }
  }

  static FloatVector geluTanhArgument(FloatVector x) {
    FloatVector factor = x.mul(GELU_TANH_CUBIC).fma(x, GELU_TANH_LINEAR);
    return x.mul(factor);
  }

  static void silu(float unused, float[] z, int zStart, float[] y, int yStart, int whole) {
    for (int i = 0; i < whole; i += LANES) {
      FloatVector x = FloatVector.fromArray(FLOATS, z, zStart + i);
      FloatVector bounded = atLeast(x, SILU_LOWEST);
      bounded.mul(VectorMath.sigmoid(bounded)).intoArray(y, yStart + i);
    }
  }

  static void softplus(float unused, float[] z, int zStart, float[] y, int yStart, int whole) {
    for (int i = 0; i < whole; i += LANES) {
      FloatVector x = FloatVector.fromArray(FLOATS, z, zStart + i);
      FloatVector positive = atLeast(x, ZERO);
      positive.add(VectorMath.log1p(VectorMath.expOfMinusAbs(x))).intoArray(y, yStart + i);
    }
  }
}
