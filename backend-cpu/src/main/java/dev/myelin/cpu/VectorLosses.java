package dev.myelin.cpu;

import static dev.myelin.cpu.VectorMath.all;
import static dev.myelin.cpu.VectorMath.atLeast;
import static dev.myelin.cpu.VectorMath.atMost;

import dev.myelin.ElementLoss;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** {@link ScalarLosses} on vectors, one loop a function, as in {@link VectorActivations}. */
final class VectorLosses {
  private static final VectorSpecies<Float> FLOATS = VectorWidth.FLOATS;
  private static final int LANES = FLOATS.length();

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
    switch (loss.kind()) {
      case SQUARED_ERROR ->
          squaredError(
              prediction,
              predictionStart,
              target,
              targetStart,
              gradientScale,
              losses,
              lossesStart,
              gradient,
              gradientStart,
              whole);
      case ABSOLUTE_ERROR ->
          absoluteError(
              prediction,
              predictionStart,
              target,
              targetStart,
              gradientScale,
              losses,
              lossesStart,
              gradient,
              gradientStart,
              whole);
      case HUBER ->
          huber(
              loss.delta(),
              prediction,
              predictionStart,
              target,
              targetStart,
              gradientScale,
              losses,
              lossesStart,
              gradient,
              gradientStart,
              whole);
      case BINARY_CROSS_ENTROPY ->
          binaryCrossEntropy(
              prediction,
              predictionStart,
              target,
              targetStart,
              gradientScale,
              losses,
              lossesStart,
              gradient,
              gradientStart,
              whole);
    }
    return whole;
  }

  private static void squaredError(
      float[] prediction,
      int predictionStart,
      float[] target,
      int targetStart,
      float gradientScale,
      float[] losses,
      int lossesStart,
      float[] gradient,
      int gradientStart,
      int whole) {
    for (int i = 0; i < whole; i += LANES) {
      FloatVector p = FloatVector.fromArray(FLOATS, prediction, predictionStart + i);
      FloatVector t = FloatVector.fromArray(FLOATS, target, targetStart + i);
      FloatVector error = p.sub(t);
      error.mul(error).intoArray(losses, lossesStart + i);
      error.mul(2).mul(gradientScale).intoArray(gradient, gradientStart + i);
    }
  }

  private static void absoluteError(
      float[] prediction,
      int predictionStart,
      float[] target,
      int targetStart,
      float gradientScale,
      float[] losses,
      int lossesStart,
      float[] gradient,
      int gradientStart,
      int whole) {
    for (int i = 0; i < whole; i += LANES) {
      FloatVector p = FloatVector.fromArray(FLOATS, prediction, predictionStart + i);
      FloatVector t = FloatVector.fromArray(FLOATS, target, targetStart + i);
      FloatVector error = p.sub(t);
      // Zeros and NaN stay what they are.
      FloatVector sign =
          error
              .blend(1, error.compare(VectorOperators.GT, 0))
              .blend(-1, error.compare(VectorOperators.LT, 0));
      error.abs().intoArray(losses, lossesStart + i);
      sign.mul(gradientScale).intoArray(gradient, gradientStart + i);
    }
  }

  private static void huber(
      float delta,
      float[] prediction,
      int predictionStart,
      float[] target,
      int targetStart,
      float gradientScale,
      float[] losses,
      int lossesStart,
      float[] gradient,
      int gradientStart,
      int whole) {
    for (int i = 0; i < whole; i += LANES) {
      FloatVector p = FloatVector.fromArray(FLOATS, prediction, predictionStart + i);
      FloatVector t = FloatVector.fromArray(FLOATS, target, targetStart + i);
      FloatVector error = p.sub(t);
      FloatVector slope = atMost(atLeast(error, -delta), delta);
      slope.mul(slope.fma(all(-0.5f), error)).intoArray(losses, lossesStart + i);
      slope.mul(gradientScale).intoArray(gradient, gradientStart + i);
    }
  }

  private static void binaryCrossEntropy(
      float[] prediction,
      int predictionStart,
      float[] target,
      int targetStart,
      float gradientScale,
      float[] losses,
      int lossesStart,
      float[] gradient,
      int gradientStart,
      int whole) {
    for (int i = 0; i < whole; i += LANES) {
      FloatVector p = FloatVector.fromArray(FLOATS, prediction, predictionStart + i);
      FloatVector t = FloatVector.fromArray(FLOATS, target, targetStart + i);
      FloatVector e = VectorMath.exp(p.abs().neg());
      FloatVector value = p.neg().fma(t, atLeast(p, 0)).add(VectorMath.log1p(e));
      FloatVector wrong = e.div(e.add(1));
      FloatVector slope =
          all(1).sub(t).sub(wrong).blend(wrong.sub(t), p.compare(VectorOperators.LT, 0));
      value.intoArray(losses, lossesStart + i);
      slope.mul(gradientScale).intoArray(gradient, gradientStart + i);
    }
  }
}
