package dev.myelin.cpu;

import static dev.myelin.cpu.CpuBuffer.floats;
import static dev.myelin.cpu.CpuBuffer.start;

import dev.myelin.Activation;
import dev.myelin.Tensor;

/** What rides on a matrix product. */
final class LinearEpilogues {
  private LinearEpilogues() {}

  /** y = f(z), z = product + bias, where the product lies in z, or in y when z is not wanted. */
  static final class Forward implements Gemm.Epilogue {
    private final ElementKernels kernels;
    Tensor bias;
    Activation f;
    Tensor product;
    Tensor y;

    Forward(ElementKernels kernels) {
      this.kernels = kernels;
    }

    @Override
    public void apply(int rowStart, int rowEnd, int columnStart, int columnEnd) {
      float[] z = floats(product);
      int columns = y.dimension(1);
      int length = columnEnd - columnStart;
      if (bias != null) {
        int biasStart = start(bias) + columnStart;
        for (int row = rowStart; row < rowEnd; row++) {
          int at = start(product) + row * columns + columnStart;
          kernels.add(z, at, floats(bias), biasStart, z, at, length);
        }
      }
      if (product == y && f.kind() == Activation.Kind.IDENTITY) {
        return;
      }
      int runs = runs(rowStart, rowEnd, length, columns);
      int runLength = (rowEnd - rowStart) * length / runs;
      for (int run = 0; run < runs; run++) {
        int at = (rowStart + run) * columns + columnStart;
        kernels.activate(f, z, start(product) + at, floats(y), start(y) + at, runLength);
      }
    }
  }

  /** dX = product f', where the product lies in dX. */
  static final class InputGradient implements Gemm.Epilogue {
    private final ElementKernels kernels;
    Activation f;
    Tensor read;
    Tensor dX;

    InputGradient(ElementKernels kernels) {
      this.kernels = kernels;
    }

    @Override
    public void apply(int rowStart, int rowEnd, int columnStart, int columnEnd) {
      int columns = dX.dimension(1);
      int length = columnEnd - columnStart;
      int runs = runs(rowStart, rowEnd, length, columns);
      int runLength = (rowEnd - rowStart) * length / runs;
      float[] values = floats(dX);
      for (int run = 0; run < runs; run++) {
        int at = (rowStart + run) * columns + columnStart;
        int dXStart = start(dX) + at;
        kernels.activationGradient(
            f, floats(read), start(read) + at, values, dXStart, values, dXStart, runLength);
      }
    }
  }

  /** How many runs of elements without a gap a piece consists of: whole rows are one. */
  private static int runs(int rowStart, int rowEnd, int length, int columns) {
    return length == columns ? 1 : rowEnd - rowStart;
  }
}
