package dev.myelin.cpu;

import static dev.myelin.cpu.VectorMath.all;
import static dev.myelin.cpu.VectorMath.atLeast;
import static dev.myelin.cpu.VectorMath.atMost;

import dev.myelin.Activation;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.EnumMap;
import java.util.Map;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The exponentials inside the larger functions, computed ahead of them for a block of elements: in
 * one loop with the rest they would exceed what the JIT compiler inlines ({@link SeparateLoops}).
 */
final class VectorPowers {
  /** Elements of a block; a multiple of every vector length. */
  static final int BLOCK = 1024;

  private static final VectorSpecies<Float> FLOATS = VectorWidth.FLOATS;
  private static final int LANES = FLOATS.length();

  private static final MethodType LOOP =
      MethodType.methodType(void.class, float[].class, int.class, float[].class, int.class);

  private static final MethodHandle[] OF_MINUS_ABS =
      SeparateLoops.find(MethodHandles.lookup(), "ofMinusAbs", LOOP);

  private static final Map<Activation.Kind, MethodHandle[]> LOOPS =
      new EnumMap<>(
          Map.of(
              Activation.Kind.SILU,
              OF_MINUS_ABS,
              Activation.Kind.SOFTPLUS,
              OF_MINUS_ABS,
              Activation.Kind.GELU,
              SeparateLoops.find(MethodHandles.lookup(), "raisedGaussian", LOOP),
              Activation.Kind.GELU_TANH,
              SeparateLoops.find(MethodHandles.lookup(), "ofGeluTanh", LOOP)));

  private static final ThreadLocal<float[]> SCRATCH =
      ThreadLocal.withInitial(() -> new float[BLOCK]);

  private VectorPowers() {}

  /**
   * The exponentials that a function and its derivative are made of.
   *
   * @param length at most {@link #BLOCK}, whole vectors
   * @return this thread's scratch memory with the exponentials in front: for GELU {@link
   *     ScalarMath#raisedGaussian} of |z|, for GELU_TANH e^-|v| with v the argument of its sigmoid,
   *     for SILU and SOFTPLUS e^-|z|, and nothing for the other functions
   */
  static float[] of(Activation f, float[] z, int zStart, int length) {
    float[] powers = SCRATCH.get();
    MethodHandle[] loop = LOOPS.get(f.kind());
    if (loop != null) {
      run(loop, z, zStart, powers, length);
    }
    return powers;
  }

  /** e^-|x|, in this thread's scratch memory. */
  static float[] ofMinusAbs(float[] x, int xStart, int length) {
    float[] powers = SCRATCH.get();
    run(OF_MINUS_ABS, x, xStart, powers, length);
    return powers;
  }

  private static void run(MethodHandle[] loop, float[] x, int xStart, float[] powers, int length) {
    try {
      loop[0].invokeExact(x, xStart, powers, length);
    } catch (Throwable thrown) {
      throw SeparateLoops.rethrow(thrown);
    }
  }

  static void ofMinusAbs(float[] x, int xStart, float[] powers, int length) {
    for (int i = 0; i < length; i += LANES) {
      FloatVector value = FloatVector.fromArray(FLOATS, x, xStart + i);
      VectorMath.expOfMinusAbs(value).intoArray(powers, i);
    }
  }

  static void raisedGaussian(float[] z, int zStart, float[] powers, int length) {
    for (int i = 0; i < length; i += LANES) {
      FloatVector x = FloatVector.fromArray(FLOATS, z, zStart + i);
      FloatVector u = VectorMath.magnitudeAtMost(x, ScalarMath.NORMAL_HIGHEST);
      VectorMath.raisedGaussian(u).intoArray(powers, i);
    }
  }

  static void ofGeluTanh(float[] z, int zStart, float[] powers, int length) {
    for (int i = 0; i < length; i += LANES) {
      FloatVector x = FloatVector.fromArray(FLOATS, z, zStart + i);
      FloatVector bounded =
          atMost(
              atLeast(x, all(ScalarActivations.GELU_TANH_LOWEST)),
              all(-ScalarActivations.GELU_TANH_LOWEST));
      FloatVector factor =
          bounded
              .mul(all(ScalarActivations.GELU_TANH_CUBIC))
              .fma(bounded, all(ScalarActivations.GELU_TANH_LINEAR));
      VectorMath.expOfMinusAbs(bounded.mul(factor)).intoArray(powers, i);
    }
  }
}
