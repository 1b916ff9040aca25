package dev.myelin.cpu;

import static dev.myelin.cpu.VectorMath.all;
import static dev.myelin.cpu.VectorMath.atLeast;
import static dev.myelin.cpu.VectorMath.atMost;

import dev.myelin.ElementLoss;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.EnumSet;
import java.util.Map;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** {@link ScalarLosses} on vectors, one loop a function, as in {@link VectorActivations}. */
final class VectorLosses {
  private static final VectorSpecies<Float> FLOATS = VectorWidth.FLOATS;
  private static final int LANES = FLOATS.length();

  private static final Map<ElementLoss.Kind, MethodHandle> LOOPS =
      SeparateLoops.find(
          MethodHandles.lookup(),
          EnumSet.allOf(ElementLoss.Kind.class),
          MethodType.methodType(
              void.class,
              float.class,
              float[].class,
              float[].class,
              int.class,
              float[].class,
              int.class,
              float.class,
              float[].class,
              int.class,
              float[].class,
              int.class,
              int.class));

  private VectorLosses() {}

  /**
   * Losses and gradients for as many elements as fill whole vectors.
   *
   * @return how many elements were done, from the beginning
   */
  static int elementLoss(
      ElementLoss loss,
      float[] prediction,
      int predictionStart,
      float[] target,
      int targetStart,
      float gradientScale,
      float[] losses,
      int lossesStart,
      float[] gradient,
      int gradientStart,
      int count) {
    int whole = FLOATS.loopBound(count);
    MethodHandle loop = LOOPS.get(loss.kind());
    for (int done = 0; done < whole; done += VectorPowers.BLOCK) {
      int length = Math.min(VectorPowers.BLOCK, whole - done);
      float[] powers =
          loss.kind() == ElementLoss.Kind.BINARY_CROSS_ENTROPY
              ? VectorPowers.ofMinusAbs(prediction, predictionStart + done, length)
              : null;
      try {
        loop.invokeExact(
            loss.delta(),
            powers,
            prediction,
            predictionStart + done,
            target,
            targetStart + done,
            gradientScale,
            losses,
            lossesStart + done,
            gradient,
            gradientStart + done,
            length);
      } catch (Throwable thrown) {
        throw SeparateLoops.rethrow(thrown);
      }
    }
    return whole;
  }

  static void squaredError(
      float unused,
      float[] powers,
      float[] prediction,
      int predictionStart,
      float[] target,
      int targetStart,
      float gradientScale,
      float[] losses,
      int lossesStart,
      float[] gradient,
      int gradientStart,
      int length) {
    for (int i = 0; i < length; i += LANES) {
      FloatVector p = FloatVector.fromArray(FLOATS, prediction, predictionStart + i);
      FloatVector t = FloatVector.fromArray(FLOATS, target, targetStart + i);
      FloatVector error = p.sub(t);
      error.mul(error).intoArray(losses, lossesStart + i);
      error.mul(2).mul(gradientScale).intoArray(gradient, gradientStart + i);
    }
  }

  static void absoluteError(
      float unused,
      float[] powers,
      float[] prediction,
      int predictionStart,
      float[] target,
      int targetStart,
      float gradientScale,
      float[] losses,
      int lossesStart,
      float[] gradient,
      int gradientStart,
      int length) {
    for (int i = 0; i < length; i += LANES) {
      FloatVector p = FloatVector.fromArray(FLOATS, prediction, predictionStart + i);
      FloatVector t = FloatVector.fromArray(FLOATS, target, targetStart + i);
      FloatVector error = p.sub(t);
      // Zeros and NaN stay what they are.
      FloatVector sign =
          error
              .blend(all(1), error.compare(VectorOperators.GT, all(0)))
              .blend(-1, error.compare(VectorOperators.LT, all(0)));
      error.abs().intoArray(losses, lossesStart + i);
      sign.mul(gradientScale).intoArray(gradient, gradientStart + i);
    }
  }

  static void huber(
      float delta,
      float[] powers,
      float[] prediction,
      int predictionStart,
      float[] target,
      int targetStart,
      float gradientScale,
      float[] losses,
      int lossesStart,
      float[] gradient,
      int gradientStart,
      int length) {
    for (int i = 0; i < length; i += LANES) {
      FloatVector p = FloatVector.fromArray(FLOATS, prediction, predictionStart + i);
      FloatVector t = FloatVector.fromArray(FLOATS, target, targetStart + i);
      FloatVector error = p.sub(t);
      FloatVector slope = atMost(atLeast(error, all(-delta)), all(delta));
      slope.mul(slope.fma(all(-0.5f), error)).intoArray(losses, lossesStart + i);
      slope.mul(gradientScale).intoArray(gradient, gradientStart + i);
    }
  }

  static void binaryCrossEntropy(
      float unused,
      float[] powers,
      float[] prediction,
      int predictionStart,
      float[] target,
      int targetStart,
      float gradientScale,
      float[] losses,
      int lossesStart,
      float[] gradient,
      int gradientStart,
      int length) {
    for (int i = 0; i < length; i += LANES) {
      FloatVector p = FloatVector.fromArray(FLOATS, prediction, predictionStart + i);
      FloatVector t = FloatVector.fromArray(FLOATS, target, targetStart + i);
      FloatVector positive = atLeast(p, all(0));
      FloatVector e = FloatVector.fromArray(FLOATS, powers, i);
      FloatVector value = p.neg().fma(t, positive).add(VectorMath.log1p(e));
      FloatVector wrong = e.div(e.add(all(1)));
      FloatVector slope =
          all(1).sub(t).sub(wrong).blend(wrong.sub(t), p.compare(VectorOperators.LT, all(0)));
      value.intoArray(losses, lossesStart + i);
      slope.mul(gradientScale).intoArray(gradient, gradientStart + i);
    }
  }
}
