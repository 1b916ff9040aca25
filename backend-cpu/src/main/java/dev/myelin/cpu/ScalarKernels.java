package dev.myelin.cpu;

import dev.myelin.Activation;
import dev.myelin.ElementLoss;

/** Plain loops. */
class ScalarKernels implements ElementKernels {

  @Override
  public void add(
      float[] a, int aStart, float[] b, int bStart, float[] out, int outStart, int count) {
    for (int i = 0; i < count; i++) {
      out[outStart + i] = a[aStart + i] + b[bStart + i];
    }
  }

  @Override
  public void add(int[] a, int aStart, int[] b, int bStart, int[] out, int outStart, int count) {
    for (int i = 0; i < count; i++) {
      out[outStart + i] = a[aStart + i] + b[bStart + i];
    }
  }

  @Override
  public void subtract(
      float[] a, int aStart, float[] b, int bStart, float[] out, int outStart, int count) {
    for (int i = 0; i < count; i++) {
      out[outStart + i] = a[aStart + i] - b[bStart + i];
    }
  }

  @Override
  public void multiply(
      float[] a, int aStart, float[] b, int bStart, float[] out, int outStart, int count) {
    for (int i = 0; i < count; i++) {
      out[outStart + i] = a[aStart + i] * b[bStart + i];
    }
  }

  @Override
  public void scale(float[] in, int inStart, float factor, float[] out, int outStart, int count) {
    for (int i = 0; i < count; i++) {
      out[outStart + i] = factor * in[inStart + i];
    }
  }

  @Override
  public void activate(Activation f, float[] z, int zStart, float[] y, int yStart, int count) {
    ScalarActivations.activate(f, z, zStart, y, yStart, count);
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
    ScalarActivations.activationGradient(f, read, readStart, dY, dYStart, dZ, dZStart, count);
  }

  @Override
  public void maxout(
      int pieces, int columns, float[] z, int zStart, float[] y, int yStart, int count) {
    for (int j = 0; j < count; j++) {
      y[yStart + j] = z[zStart + largestPiece(pieces, columns, z, zStart + j) * columns + j];
    }
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
    for (int j = 0; j < count; j++) {
      int taken = largestPiece(pieces, columns, z, zStart + j);
      for (int q = 0; q < pieces; q++) {
        dZ[dZStart + q * columns + j] = q == taken ? dY[dYStart + j] : 0;
      }
    }
  }

  /** The first of the largest; a NaN is larger than any number. */
  private static int largestPiece(int pieces, int columns, float[] z, int first) {
    int taken = 0;
    float best = z[first];
    for (int q = 1; q < pieces; q++) {
      float piece = z[first + q * columns];
      if (piece > best || (Float.isNaN(piece) && !Float.isNaN(best))) {
        best = piece;
        taken = q;
      }
    }
    return taken;
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
    Dropout.apply(
        x, xStart, dropBelow, keptScale, seed, stream, step, firstBlock, y, yStart, count);
  }

  @Override
  public double sum(float[] in, int start, int count) {
    return sum(in, start, start + count, 0, 0, 0, 0, 0, 0, 0, 0);
  }

  /** Goes on with eight sums, of which each element is added to the one after the last's. */
  static double sum(
      float[] in,
      int start,
      int end,
      double s0,
      double s1,
      double s2,
      double s3,
      double s4,
      double s5,
      double s6,
      double s7) {
    int i = start;
    for (; i <= end - 8; i += 8) {
      s0 += in[i];
      s1 += in[i + 1];
      s2 += in[i + 2];
      s3 += in[i + 3];
      s4 += in[i + 4];
      s5 += in[i + 5];
      s6 += in[i + 6];
      s7 += in[i + 7];
    }
    double total = ((s0 + s4) + (s2 + s6)) + ((s1 + s5) + (s3 + s7));
    for (; i < end; i++) {
      total += in[i];
    }
    return total;
  }

  @Override
  public double sumOfSquares(float[] in, int start, int count) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    double s4 = 0;
    double s5 = 0;
    double s6 = 0;
    double s7 = 0;
    int end = start + count;
    int i = start;
    for (; i <= end - 8; i += 8) {
      s0 += square(in[i]);
      s1 += square(in[i + 1]);
      s2 += square(in[i + 2]);
      s3 += square(in[i + 3]);
      s4 += square(in[i + 4]);
      s5 += square(in[i + 5]);
      s6 += square(in[i + 6]);
      s7 += square(in[i + 7]);
    }
    double total = ((s0 + s4) + (s2 + s6)) + ((s1 + s5) + (s3 + s7));
    for (; i < end; i++) {
      total += square(in[i]);
    }
    return total;
  }

  /** Exact: 24 bits times 24 bits fit into the 53 of float64. */
  private static double square(double value) {
    return value * value;
  }

  @Override
  public void addRows(
      float[] matrix,
      int start,
      int rowStride,
      int rows,
      int columns,
      float[] sums,
      int sumsStart) {
    int row = 0;
    for (; row <= rows - 8; row += 8) {
      addEightRows(matrix, start + row * rowStride, rowStride, columns, sums, sumsStart);
    }
    for (; row < rows; row++) {
      add(sums, sumsStart, matrix, start + row * rowStride, sums, sumsStart, columns);
    }
  }

  void addEightRows(
      float[] matrix, int start, int rowStride, int columns, float[] sums, int sumsStart) {
    int row1 = start + rowStride;
    int row2 = row1 + rowStride;
    int row3 = row2 + rowStride;
    int row4 = row3 + rowStride;
    int row5 = row4 + rowStride;
    int row6 = row5 + rowStride;
    int row7 = row6 + rowStride;
    for (int j = 0; j < columns; j++) {
      float low = (matrix[start + j] + matrix[row1 + j]) + (matrix[row2 + j] + matrix[row3 + j]);
      float high = (matrix[row4 + j] + matrix[row5 + j]) + (matrix[row6 + j] + matrix[row7 + j]);
      sums[sumsStart + j] += low + high;
    }
  }

  @Override
  public float max(float[] in, int start, int count) {
    float largest = Float.NEGATIVE_INFINITY;
    for (int i = start; i < start + count; i++) {
      largest = Math.max(largest, in[i]);
    }
    return largest;
  }

  @Override
  public int countEqual(int[] a, int aStart, int[] b, int bStart, int count) {
    int equal = 0;
    for (int i = 0; i < count; i++) {
      equal += a[aStart + i] == b[bStart + i] ? 1 : 0;
    }
    return equal;
  }

  @Override
  public void shiftedExp(
      float[] in, int inStart, float shift, float[] out, int outStart, int count) {
    for (int i = 0; i < count; i++) {
      out[outStart + i] = ScalarMath.expOfNotPositive(in[inStart + i] - shift);
    }
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
    ScalarLosses.elementLoss(
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
    ScalarOptimizers.sgd(
        weightDecay, learningRate, gradients, gradientsStart, parameters, parametersStart, count);
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
    ScalarOptimizers.sgdWithMomentum(
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
    ScalarOptimizers.adagrad(
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
    ScalarOptimizers.rmsprop(
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
    ScalarOptimizers.adam(
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
  }
}
