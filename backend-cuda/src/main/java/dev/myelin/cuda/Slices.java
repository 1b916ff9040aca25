package dev.myelin.cuda;

import dev.myelin.Tensor;

/** Matrix products that were cut along k: where their slices lie, and their sum. */
final class Slices {
  /** What each multiprocessor may have of scratch memory: two tiles of 128 x 128. */
  private static final long FLOATS_PER_MULTIPROCESSOR = 2L * 128 * 128;

  private final Programs programs;
  private final Scratch scratch;

  Slices(Programs programs, Scratch scratch) {
    this.programs = programs;
    this.scratch = scratch;
  }

  /** What the slices of one product may take of scratch memory. */
  static long floats(CudaDevice device) {
    return FLOATS_PER_MULTIPROCESSOR * device.multiprocessors();
  }

  /** [slices, m, n], at most {@link #floats}. */
  long address() {
    return scratch.slices();
  }

  /** out = the sum of the slices in their order, or added to out, with an epilogue. */
  void combine(int count, boolean accumulate, Epilogue epilogue, Tensor out) {
    int m = out.dimension(0);
    int n = out.dimension(1);
    Kernel combine = programs.kernel("gemm-combine", "gemmCombine");
    combine.integer(m).integer(n).integer(count).memory(address());
    combine.flag(accumulate).tensor(out);
    epilogue.addTo(combine, true, out);
    combine.launchMatrix(m, n);
  }
}
