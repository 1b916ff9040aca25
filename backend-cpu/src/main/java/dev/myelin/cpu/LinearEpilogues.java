package dev.myelin.cpu;

import static dev.myelin.cpu.CpuBuffer.floats;
import static dev.myelin.cpu.CpuBuffer.start;

import dev.myelin.Activation;
import dev.myelin.Tensor;

/** What rides on a matrix product while a piece of a row is still in the cache. */
final class LinearEpilogues {
  private LinearEpilogues() {}

  /** y = f(z), z = product + bias, where the product lies in z, or in y when z is not wanted. */
  static final class Forward implements Gemm.RowEpilogue {
    private final ElementKernels kernels;
    Tensor bias;
    Activation f;
    Tensor product;
    Tensor y;

    Forward(ElementKernels kernels) {
      this.kernels = kernels;
    }

    @Override
    public void apply(int row, int columnStart, int columnEnd) {
      int length = columnEnd - columnStart;
      int at = row * y.dimension(1) + columnStart;
      float[] z = floats(product);
      int zStart = start(product) + at;
      if (bias != null) {
        int biasStart = start(bias) + columnStart;
        kernels.add(z, zStart, floats(bias), biasStart, z, zStart, length);
      }
      if (product != y || f.kind() != Activation.Kind.IDENTITY) {
        kernels.activate(f, z, zStart, floats(y), start(y) + at, length);
      }
    }
  }

  /** dX = product f', where the product lies in dX. */
  static final class InputGradient implements Gemm.RowEpilogue {
    private final ElementKernels kernels;
    Activation f;
    Tensor read;
    Tensor dX;

    InputGradient(ElementKernels kernels) {
      this.kernels = kernels;
    }

    @Override
    public void apply(int row, int columnStart, int columnEnd) {
      int at = row * dX.dimension(1) + columnStart;
      int dXStart = start(dX) + at;
      kernels.activationGradient(
          f,
          floats(read),
          start(read) + at,
          floats(dX),
          dXStart,
          floats(dX),
          dXStart,
          columnEnd - columnStart);
    }
  }
}
