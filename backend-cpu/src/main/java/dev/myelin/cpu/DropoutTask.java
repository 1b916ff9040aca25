package dev.myelin.cpu;

import static dev.myelin.cpu.CpuBuffer.floats;
import static dev.myelin.cpu.CpuBuffer.start;

import dev.myelin.Tensor;

/** {@link dev.myelin.Ops#dropout}. */
final class DropoutTask extends RangeTask {
  private static final int WORDS_PER_BLOCK = 4;

  private final WorkerPool pool;
  private final ElementKernels kernels;

  private Tensor x;
  private Tensor y;
  private int dropBelow;
  private float keptScale;
  private long seed;
  private int stream;
  private int step;

  DropoutTask(WorkerPool pool, ElementKernels kernels) {
    this.pool = pool;
    this.kernels = kernels;
  }

  void run(Tensor in, float rate, long key, int place, Tensor stepNumber, Tensor out) {
    x = in;
    y = out;
    // word < rate 2^32 as real numbers; the ceiling makes it a comparison of whole numbers. The
    // largest float below 1 leaves 2^32 - 256, which fits.
    dropBelow = (int) (long) Math.ceil(rate * 0x1p32);
    keptScale = 1 / (1 - rate);
    seed = key;
    stream = place;
    step = CpuBuffer.ints(stepNumber)[start(stepNumber)];
    forEachRange(pool, CpuBuffer.count(out));
  }

  @Override
  void range(int first, int length) {
    kernels.dropout(
        floats(x),
        start(x) + first,
        dropBelow,
        keptScale,
        seed,
        stream,
        step,
        first / WORDS_PER_BLOCK,
        floats(y),
        start(y) + first,
        length);
  }
}
