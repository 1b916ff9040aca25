package dev.myelin.cpu;

import dev.myelin.Activation;
import dev.myelin.ElementLoss;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The kernels that are faster on the Vector API than as plain loops. What is left of a range behind
 * the last whole vector is the plain loops' part.
 */
final class VectorKernels extends ScalarKernels {
  private static final VectorSpecies<Float> FLOATS = VectorWidth.FLOATS;
  private static final int LANES = FLOATS.length();

  @Override
  public void activate(Activation f, float[] z, int zStart, float[] y, int yStart, int count) {
    int done = VectorActivations.activate(f, z, zStart, y, yStart, count);
    if (done < count) {
      super.activate(f, z, zStart + done, y, yStart + done, count - done);
    }
  }

  @Override
  public void activationGradient(
      Activation f,
      float[] read,
      int readStart,
      float[] dY,
      int dYStart,
      float[] dZ,
      int dZStart,
      int count) {
    int done =
        VectorActivationGradients.activationGradient(
            f, read, readStart, dY, dYStart, dZ, dZStart, count);
    if (done < count) {
      super.activationGradient(
          f, read, readStart + done, dY, dYStart + done, dZ, dZStart + done, count - done);
    }
  }

  @Override
  public void dropout(
      float[] x,
      int xStart,
      int dropBelow,
      float keptScale,
      long seed,
      int stream,
      int step,
      int firstBlock,
      float[] y,
      int yStart,
      int count) {
    int done =
        VectorDropout.apply(
            x, xStart, dropBelow, keptScale, seed, stream, step, firstBlock, y, yStart, count);
    super.dropout(
        x,
        xStart + done,
        dropBelow,
        keptScale,
        seed,
        stream,
        step,
        firstBlock + done / 4,
        y,
        yStart + done,
        count - done);
  }

  @Override
  public float max(float[] in, int start, int count) {
    int whole = FLOATS.loopBound(count);
    float rest = super.max(in, start + whole, count - whole);
    if (whole == 0) {
      return rest;
    }
    FloatVector largest = FloatVector.fromArray(FLOATS, in, start);
    for (int i = LANES; i < whole; i += LANES) {
      largest = largest.max(FloatVector.fromArray(FLOATS, in, start + i));
    }
    // Unlike a sum, the maximum is the same in any order.
    return Math.max(rest, largest.reduceLanes(VectorOperators.MAX));
  }

  @Override
  public void shiftedExp(
      float[] in, int inStart, float shift, float[] out, int outStart, int count) {
    int whole = FLOATS.loopBound(count);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector x = FloatVector.fromArray(FLOATS, in, inStart + i).sub(shift);
      VectorMath.exp(x).intoArray(out, outStart + i);
    }
    super.shiftedExp(in, inStart + whole, shift, out, outStart + whole, count - whole);
  }

  @Override
  public void elementLoss(
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
    int done =
        VectorLosses.elementLoss(
            loss,
            prediction,
            predictionStart,
            target,
            targetStart,
            gradientScale,
            losses,
            lossesStart,
            gradient,
            gradientStart,
            count);
    super.elementLoss(
        loss,
        prediction,
        predictionStart + done,
        target,
        targetStart + done,
        gradientScale,
        losses,
        lossesStart + done,
        gradient,
        gradientStart + done,
        count - done);
  }
}
