package dev.myelin.cpu;

import static dev.myelin.cpu.CpuBuffer.floats;
import static dev.myelin.cpu.CpuBuffer.ints;
import static dev.myelin.cpu.CpuBuffer.start;

import dev.myelin.DType;
import dev.myelin.Tensor;

/** The tasks that go row by row, but for the losses; their fields are set by {@link CpuOps}. */
final class RowTasks {
  private RowTasks() {}

  static final class AddBias extends RowTask {
    private final ElementKernels kernels;
    Tensor matrix;
    Tensor bias;
    Tensor out;

    AddBias(ElementKernels kernels) {
      this.kernels = kernels;
    }

    @Override
    void rows(int first, int end, int worker) {
      int columns = matrix.dimension(1);
      for (int row = first; row < end; row++) {
        int at = row * columns;
        kernels.add(
            floats(matrix),
            start(matrix) + at,
            floats(bias),
            start(bias),
            floats(out),
            start(out) + at,
            columns);
      }
    }
  }

  static final class Maxout extends RowTask {
    private final ElementKernels kernels;
    int pieces;
    Tensor z;
    Tensor y;

    Maxout(ElementKernels kernels) {
      this.kernels = kernels;
    }

    @Override
    void rows(int first, int end, int worker) {
      int columns = y.dimension(1);
      for (int row = first; row < end; row++) {
        int at = start(y) + row * columns;
        int zStart = start(z) + row * pieces * columns;
        kernels.maxout(pieces, columns, floats(z), zStart, floats(y), at, columns);
      }
    }
  }

  static final class MaxoutGradient extends RowTask {
    private final ElementKernels kernels;
    int pieces;
    Tensor z;
    Tensor dY;
    Tensor dZ;

    MaxoutGradient(ElementKernels kernels) {
      this.kernels = kernels;
    }

    @Override
    void rows(int first, int end, int worker) {
      int columns = dY.dimension(1);
      for (int row = first; row < end; row++) {
        int wide = row * pieces * columns;
        kernels.maxoutGradient(
            pieces,
            columns,
            floats(z),
            start(z) + wide,
            floats(dY),
            start(dY) + row * columns,
            floats(dZ),
            start(dZ) + wide,
            columns);
      }
    }
  }

  static final class Softmax extends RowTask {
    private final ElementKernels kernels;
    Tensor logits;
    Tensor out;

    Softmax(ElementKernels kernels) {
      this.kernels = kernels;
    }

    @Override
    void rows(int first, int end, int worker) {
      int columns = logits.dimension(1);
      float[] target = floats(out);
      for (int row = first; row < end; row++) {
        int logitsStart = start(logits) + row * columns;
        int outStart = start(out) + row * columns;
        float largest = kernels.max(floats(logits), logitsStart, columns);
        kernels.shiftedExp(floats(logits), logitsStart, largest, target, outStart, columns);
        double sum = kernels.sum(target, outStart, columns);
        kernels.scale(target, outStart, (float) (1 / sum), target, outStart, columns);
      }
    }
  }

  static final class Argmax extends RowTask {
    private final ElementKernels kernels;
    Tensor matrix;
    Tensor out;

    Argmax(ElementKernels kernels) {
      this.kernels = kernels;
    }

    @Override
    void rows(int first, int end, int worker) {
      int columns = matrix.dimension(1);
      float[] values = floats(matrix);
      for (int row = first; row < end; row++) {
        int rowStart = start(matrix) + row * columns;
        float largest = kernels.max(values, rowStart, columns);
        ints(out)[start(out) + row] = firstIndexOf(largest, values, rowStart);
      }
    }

    /** The value is there, or, when it is NaN, some NaN is. */
    private static int firstIndexOf(float value, float[] values, int start) {
      int i = start;
      if (Float.isNaN(value)) {
        while (!Float.isNaN(values[i])) {
          i++;
        }
      } else {
        while (values[i] != value) {
          i++;
        }
      }
      return i - start;
    }
  }

  static final class Gather extends RowTask {
    Tensor source;
    Tensor indices;
    Tensor position;
    Tensor out;

    @Override
    void rows(int first, int end, int worker) {
      int columns = out.columns();
      int[] sourceRows = ints(indices);
      int batchStart = start(indices) + ints(position)[start(position)];
      for (int row = first; row < end; row++) {
        int sourceRow = sourceRows[batchStart + row];
        if (sourceRow < 0 || sourceRow >= source.rows()) {
          throw new IndexOutOfBoundsException(
              "gatherRows: index " + sourceRow + " is not a row of " + source);
        }
        int from = start(source) + sourceRow * columns;
        int to = start(out) + row * columns;
        if (source.type() == DType.F32) {
          System.arraycopy(floats(source), from, floats(out), to, columns);
        } else {
          System.arraycopy(ints(source), from, ints(out), to, columns);
        }
      }
    }
  }
}
