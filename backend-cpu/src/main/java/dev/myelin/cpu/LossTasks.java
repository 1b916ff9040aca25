package dev.myelin.cpu;

import static dev.myelin.cpu.CpuBuffer.floats;
import static dev.myelin.cpu.CpuBuffer.ints;
import static dev.myelin.cpu.CpuBuffer.start;

import dev.myelin.ElementLoss;
import dev.myelin.Tensor;

/** The losses with their gradients, row by row; fields are set by {@link CpuOps}. */
final class LossTasks {
  private LossTasks() {}

  static final class SoftmaxCrossEntropy extends RowTask {
    /** Rows shorter than a few vectors are taken to the power of e together. */
    private static final int SHORT_ROW = 64;

    private final ElementKernels kernels;
    Tensor logits;
    Tensor labels;
    float labelSmoothing;
    float gradientScale;
    Tensor rowLosses;
    Tensor logitGradient;

    SoftmaxCrossEntropy(ElementKernels kernels) {
      this.kernels = kernels;
    }

    @Override
    void rows(int first, int end, int worker) {
      int classes = logits.dimension(1);
      exponentials(first, end, classes);
      for (int row = first; row < end; row++) {
        finish(row, classes);
      }
    }

    /** Leaves exp(logit - largest) in the gradient and each row's largest logit in its loss. */
    private void exponentials(int first, int end, int classes) {
      boolean rowsAreShort = classes < SHORT_ROW;
      float[] in = floats(logits);
      float[] out = floats(logitGradient);
      for (int row = first; row < end; row++) {
        int inStart = start(logits) + row * classes;
        int outStart = start(logitGradient) + row * classes;
        float largest = kernels.max(in, inStart, classes);
        floats(rowLosses)[start(rowLosses) + row] = largest;
        if (rowsAreShort) {
          for (int i = 0; i < classes; i++) {
            out[outStart + i] = in[inStart + i] - largest;
          }
        } else {
          kernels.shiftedExp(in, inStart, largest, out, outStart, classes);
        }
      }
      if (rowsAreShort) {
        int outStart = start(logitGradient) + first * classes;
        kernels.shiftedExp(out, outStart, 0, out, outStart, (end - first) * classes);
      }
    }

    private void finish(int row, int classes) {
      float[] in = floats(logits);
      int inStart = start(logits) + row * classes;
      float[] gradient = floats(logitGradient);
      int gradientStart = start(logitGradient) + row * classes;
      int label = label(row, classes);
      float largest = floats(rowLosses)[start(rowLosses) + row];
      double sum = kernels.sum(gradient, gradientStart, classes);
      float toGradient = (float) (gradientScale / sum);
      kernels.scale(gradient, gradientStart, toGradient, gradient, gradientStart, classes);

      // log(sum) is kept apart from the largest logit: their sum would round the loss of a
      // confident row away.
      double loss = StrictMath.log(sum);
      float hot = 1 - labelSmoothing;
      loss -= hot * ((double) in[inStart + label] - largest);
      gradient[gradientStart + label] -= gradientScale * hot;
      if (labelSmoothing != 0) {
        double cold = (double) labelSmoothing / classes;
        loss -= cold * (kernels.sum(in, inStart, classes) - (double) classes * largest);
        subtract((float) (gradientScale * cold), gradient, gradientStart, classes);
      }
      floats(rowLosses)[start(rowLosses) + row] = (float) loss;
    }

    private int label(int row, int classes) {
      int label = ints(labels)[start(labels) + row];
      if (label < 0 || label >= classes) {
        throw new IndexOutOfBoundsException(
            String.format(
                "softmaxCrossEntropy: label %d of row %d of %s is not in [0, %d)",
                label, row, labels, classes));
      }
      return label;
    }

    private static void subtract(float value, float[] from, int start, int count) {
      for (int i = start; i < start + count; i++) {
        from[i] -= value;
      }
    }
  }

  static final class Elementwise extends RowTask {
    private final ElementKernels kernels;
    private final float[][] scratch;
    ElementLoss loss;
    Tensor prediction;
    Tensor target;
    float gradientScale;
    Tensor rowLosses;
    Tensor gradient;

    Elementwise(ElementKernels kernels, int threads) {
      this.kernels = kernels;
      this.scratch = new float[threads][RangeTask.CHUNK_ELEMENTS];
    }

    @Override
    void rows(int first, int end, int worker) {
      int columns = prediction.dimension(1);
      if (columns == 1) {
        piece(first, end - first, floats(rowLosses), start(rowLosses) + first);
        return;
      }
      for (int row = first; row < end; row++) {
        double sum = 0;
        for (int column = 0; column < columns; column += RangeTask.CHUNK_ELEMENTS) {
          int length = Math.min(RangeTask.CHUNK_ELEMENTS, columns - column);
          piece(row * columns + column, length, scratch[worker], 0);
          sum += kernels.sum(scratch[worker], 0, length);
        }
        floats(rowLosses)[start(rowLosses) + row] = (float) sum;
      }
    }

    private void piece(int first, int length, float[] losses, int lossesStart) {
      kernels.elementLoss(
          loss,
          floats(prediction),
          start(prediction) + first,
          floats(target),
          start(target) + first,
          gradientScale,
          losses,
          lossesStart,
          floats(gradient),
          start(gradient) + first,
          length);
    }
  }
}
