package dev.myelin.cpu;

import dev.myelin.Activation;
import dev.myelin.ElementLoss;
import jdk.incubator.vector.VectorSpecies;

/**
 * The kernels on the Vector API. What is left of a range behind the last whole vector is the plain
 * loops' part.
 *
 * <p>The simple ones are here too, because the JIT compiler vectorises a plain loop only where it
 * can prove that no store hits a later load: with arrays and offsets that come as arguments it
 * cannot (measured: Adam 6 times slower, on JDK 17 and 25 alike).
 *
 * <p>All vectors are of one length, of floats or of ints as many. With a second length, or lanes of
 * 64 bits, JDK 17 no longer knows the classes of vectors from its profile and makes objects of them
 * in all loops, now and then; so sums in float64 and random numbers are left to the plain loops.
 */
final class VectorKernels extends ScalarKernels {
  private static final VectorSpecies<Float> FLOATS = VectorWidth.FLOATS;

  @Override
  public void add(
      float[] a, int aStart, float[] b, int bStart, float[] out, int outStart, int count) {
    int done = VectorArithmetic.add(a, aStart, b, bStart, out, outStart, count);
    super.add(a, aStart + done, b, bStart + done, out, outStart + done, count - done);
  }

  @Override
  public void add(int[] a, int aStart, int[] b, int bStart, int[] out, int outStart, int count) {
    int done = VectorArithmetic.add(a, aStart, b, bStart, out, outStart, count);
    super.add(a, aStart + done, b, bStart + done, out, outStart + done, count - done);
  }

  @Override
  public void subtract(
      float[] a, int aStart, float[] b, int bStart, float[] out, int outStart, int count) {
    int done = VectorArithmetic.subtract(a, aStart, b, bStart, out, outStart, count);
    super.subtract(a, aStart + done, b, bStart + done, out, outStart + done, count - done);
  }

  @Override
  public void multiply(
      float[] a, int aStart, float[] b, int bStart, float[] out, int outStart, int count) {
    int done = VectorArithmetic.multiply(a, aStart, b, bStart, out, outStart, count);
    super.multiply(a, aStart + done, b, bStart + done, out, outStart + done, count - done);
  }

  @Override
  public void scale(float[] in, int inStart, float factor, float[] out, int outStart, int count) {
    int done = VectorArithmetic.scale(in, inStart, factor, out, outStart, count);
    super.scale(in, inStart + done, factor, out, outStart + done, count - done);
  }

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
  public void maxout(
      int pieces, int columns, float[] z, int zStart, float[] y, int yStart, int count) {
    int done = VectorMaxout.maxout(pieces, columns, z, zStart, y, yStart, count);
    super.maxout(pieces, columns, z, zStart + done, y, yStart + done, count - done);
  }

  @Override
  public void maxoutGradient(
      int pieces,
      int columns,
      float[] z,
      int zStart,
      float[] dY,
      int dYStart,
      float[] dZ,
      int dZStart,
      int count) {
    int done =
        VectorMaxout.maxoutGradient(pieces, columns, z, zStart, dY, dYStart, dZ, dZStart, count);
    super.maxoutGradient(
        pieces, columns, z, zStart + done, dY, dYStart + done, dZ, dZStart + done, count - done);
  }

  @Override
  public float max(float[] in, int start, int count) {
    int whole = FLOATS.loopBound(count);
    float rest = super.max(in, start + whole, count - whole);
    if (whole == 0) {
      return rest;
    }
    return Math.max(rest, VectorArithmetic.max(in, start, whole));
  }

  @Override
  public double sum(float[] in, int start, int count) {
    return VectorArithmetic.canSum(count)
        ? VectorArithmetic.sum(in, start, count)
        : super.sum(in, start, count);
  }

  @Override
  void addEightRows(
      float[] matrix, int start, int rowStride, int columns, float[] sums, int sumsStart) {
    int done = VectorArithmetic.addEightRows(matrix, start, rowStride, columns, sums, sumsStart);
    super.addEightRows(matrix, start + done, rowStride, columns - done, sums, sumsStart + done);
  }

  @Override
  public void shiftedExp(
      float[] in, int inStart, float shift, float[] out, int outStart, int count) {
    int done = VectorActivations.shiftedExp(in, inStart, shift, out, outStart, count);
    super.shiftedExp(in, inStart + done, shift, out, outStart + done, count - done);
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

  @Override
  public void sgd(
      float weightDecay,
      float learningRate,
      float[] gradients,
      int gradientsStart,
      float[] parameters,
      int parametersStart,
      int count) {
    int done =
        VectorOptimizers.sgd(
            weightDecay,
            learningRate,
            gradients,
            gradientsStart,
            parameters,
            parametersStart,
            count);
    super.sgd(
        weightDecay,
        learningRate,
        gradients,
        gradientsStart + done,
        parameters,
        parametersStart + done,
        count - done);
  }

  @Override
  public void sgdWithMomentum(
      float momentum,
      boolean nesterov,
      float weightDecay,
      float learningRate,
      float[] gradients,
      int gradientsStart,
      float[] velocity,
      int velocityStart,
      float[] parameters,
      int parametersStart,
      int count) {
    int done =
        VectorOptimizers.sgdWithMomentum(
            momentum,
            nesterov,
            weightDecay,
            learningRate,
            gradients,
            gradientsStart,
            velocity,
            velocityStart,
            parameters,
            parametersStart,
            count);
    super.sgdWithMomentum(
        momentum,
        nesterov,
        weightDecay,
        learningRate,
        gradients,
        gradientsStart + done,
        velocity,
        velocityStart + done,
        parameters,
        parametersStart + done,
        count - done);
  }

  @Override
  public void adagrad(
      float epsilon,
      float weightDecay,
      float learningRate,
      float[] gradients,
      int gradientsStart,
      float[] squares,
      int squaresStart,
      float[] parameters,
      int parametersStart,
      int count) {
    int done =
        VectorOptimizers.adagrad(
            epsilon,
            weightDecay,
            learningRate,
            gradients,
            gradientsStart,
            squares,
            squaresStart,
            parameters,
            parametersStart,
            count);
    super.adagrad(
        epsilon,
        weightDecay,
        learningRate,
        gradients,
        gradientsStart + done,
        squares,
        squaresStart + done,
        parameters,
        parametersStart + done,
        count - done);
  }

  @Override
  public void rmsprop(
      float alpha,
      float epsilon,
      float weightDecay,
      float learningRate,
      float[] gradients,
      int gradientsStart,
      float[] squares,
      int squaresStart,
      float[] parameters,
      int parametersStart,
      int count) {
    int done =
        VectorOptimizers.rmsprop(
            alpha,
            epsilon,
            weightDecay,
            learningRate,
            gradients,
            gradientsStart,
            squares,
            squaresStart,
            parameters,
            parametersStart,
            count);
    super.rmsprop(
        alpha,
        epsilon,
        weightDecay,
        learningRate,
        gradients,
        gradientsStart + done,
        squares,
        squaresStart + done,
        parameters,
        parametersStart + done,
        count - done);
  }

  @Override
  public void adam(
      float beta1,
      float beta2,
      float epsilon,
      float weightDecay,
      boolean decoupledDecay,
      float learningRate,
      float firstCorrection,
      float secondCorrection,
      float[] gradients,
      int gradientsStart,
      float[] firstMoments,
      int firstMomentsStart,
      float[] secondMoments,
      int secondMomentsStart,
      float[] parameters,
      int parametersStart,
      int count) {
    int done =
        VectorOptimizers.adam(
            beta1,
            beta2,
            epsilon,
            weightDecay,
            decoupledDecay,
            learningRate,
            firstCorrection,
            secondCorrection,
            gradients,
            gradientsStart,
            firstMoments,
            firstMomentsStart,
            secondMoments,
            secondMomentsStart,
            parameters,
            parametersStart,
            count);
    super.adam(
        beta1,
        beta2,
        epsilon,
        weightDecay,
        decoupledDecay,
        learningRate,
        firstCorrection,
        secondCorrection,
        gradients,
        gradientsStart + done,
        firstMoments,
        firstMomentsStart + done,
        secondMoments,
        secondMomentsStart + done,
        parameters,
        parametersStart + done,
        count - done);
  }
}
