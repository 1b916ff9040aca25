package dev.myelin.cpu;

import static dev.myelin.cpu.CpuBuffer.floats;
import static dev.myelin.cpu.CpuBuffer.ints;
import static dev.myelin.cpu.CpuBuffer.start;

import dev.myelin.Activation;
import dev.myelin.DType;
import dev.myelin.Tensor;
import java.util.Arrays;

/** Operations that compute out[i] from element i of at most two tensors. */
final class ElementwiseTask extends RangeTask {
  enum Kind {
    FILL,
    COPY,
    ADD,
    SUBTRACT,
    MULTIPLY,
    SCALE,
    ACTIVATE,
    ACTIVATION_GRADIENT
  }

  private final WorkerPool pool;
  private final ElementKernels kernels;

  private Kind kind;
  private Tensor a;
  private Tensor b;
  private Tensor out;
  private float value;
  private Activation f;

  ElementwiseTask(WorkerPool pool, ElementKernels kernels) {
    this.pool = pool;
    this.kernels = kernels;
  }

  /**
   * @param first a, or null where the operation reads nothing
   * @param second b, or null where the operation reads one tensor
   * @param number the value to fill with or the factor
   */
  void run(Kind operation, Tensor first, Tensor second, float number, Tensor target) {
    kind = operation;
    a = first;
    b = second;
    value = number;
    out = target;
    forEachRange(pool, CpuBuffer.count(target));
  }

  void activate(Activation function, Tensor z, Tensor y) {
    f = function;
    run(Kind.ACTIVATE, z, null, 0, y);
  }

  /**
   * @param read what the derivative is computed from; not read when it is constant
   */
  void activationGradient(Activation function, Tensor read, Tensor dY, Tensor dZ) {
    f = function;
    run(Kind.ACTIVATION_GRADIENT, dY, read, 0, dZ);
  }

  @Override
  void range(int first, int length) {
    int outStart = start(out) + first;
    int aStart = a == null ? 0 : start(a) + first;
    int bStart = b == null ? 0 : start(b) + first;
    if (out.type() == DType.I32) {
      intRange(aStart, bStart, outStart, length);
      return;
    }
    float[] target = floats(out);
    switch (kind) {
      case FILL -> Arrays.fill(target, outStart, outStart + length, value);
      case COPY -> System.arraycopy(floats(a), aStart, target, outStart, length);
      case ADD -> kernels.add(floats(a), aStart, floats(b), bStart, target, outStart, length);
      case SUBTRACT ->
          kernels.subtract(floats(a), aStart, floats(b), bStart, target, outStart, length);
      case MULTIPLY ->
          kernels.multiply(floats(a), aStart, floats(b), bStart, target, outStart, length);
      case SCALE -> kernels.scale(floats(a), aStart, value, target, outStart, length);
      case ACTIVATE -> kernels.activate(f, floats(a), aStart, target, outStart, length);
      case ACTIVATION_GRADIENT -> {
        float[] read = b == null ? null : floats(b);
        kernels.activationGradient(f, read, bStart, floats(a), aStart, target, outStart, length);
      }
    }
  }

  private void intRange(int aStart, int bStart, int outStart, int length) {
    switch (kind) {
      case COPY -> System.arraycopy(ints(a), aStart, ints(out), outStart, length);
      case ADD -> kernels.add(ints(a), aStart, ints(b), bStart, ints(out), outStart, length);
      default -> throw new IllegalStateException(kind + " is not defined for I32");
    }
  }
}
