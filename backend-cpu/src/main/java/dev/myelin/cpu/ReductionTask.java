package dev.myelin.cpu;

import static dev.myelin.cpu.CpuBuffer.floats;
import static dev.myelin.cpu.CpuBuffer.ints;
import static dev.myelin.cpu.CpuBuffer.start;

import dev.myelin.Tensor;
import dev.myelin.WriteMode;

/**
 * Reductions of all elements to one number. Each chunk leaves its own partial result; the caller
 * adds them up in the chunks' order, so the order of all additions is fixed by the length alone.
 */
final class ReductionTask extends RangeTask {
  private enum Kind {
    SUM,
    SUM_OF_SQUARES,
    COUNT_EQUAL
  }

  private final WorkerPool pool;
  private final ElementKernels kernels;

  private Kind kind;
  private Tensor a;
  private Tensor b;
  private double[] partials = new double[64];

  ReductionTask(WorkerPool pool, ElementKernels kernels) {
    this.pool = pool;
    this.kernels = kernels;
  }

  void sum(Tensor in, WriteMode mode, Tensor out) {
    double total = reduce(Kind.SUM, in, null);
    int index = start(out);
    float[] target = floats(out);
    target[index] = (float) (mode == WriteMode.ACCUMULATE ? target[index] + total : total);
  }

  double sumOfSquares(Tensor in) {
    return reduce(Kind.SUM_OF_SQUARES, in, null);
  }

  void countEqual(Tensor left, Tensor right, WriteMode mode, Tensor count) {
    int total = (int) reduce(Kind.COUNT_EQUAL, left, right);
    int index = start(count);
    int[] target = ints(count);
    target[index] = mode == WriteMode.ACCUMULATE ? target[index] + total : total;
  }

  private double reduce(Kind operation, Tensor first, Tensor second) {
    kind = operation;
    a = first;
    b = second;
    int elements = CpuBuffer.count(first);
    int chunks = chunks(elements);
    if (partials.length < chunks) {
      partials = new double[chunks];
    }
    forEachChunk(pool, elements);
    double total = 0;
    for (int chunk = 0; chunk < chunks; chunk++) {
      total += partials[chunk];
    }
    return total;
  }

  @Override
  void range(int first, int length) {
    int aStart = start(a) + first;
    partials[first / CHUNK_ELEMENTS] =
        switch (kind) {
          case SUM -> kernels.sum(floats(a), aStart, length);
          case SUM_OF_SQUARES -> kernels.sumOfSquares(floats(a), aStart, length);
          case COUNT_EQUAL ->
              kernels.countEqual(ints(a), aStart, ints(b), start(b) + first, length);
        };
  }
}
