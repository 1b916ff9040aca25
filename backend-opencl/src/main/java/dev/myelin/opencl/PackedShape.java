package dev.myelin.opencl;

import java.util.List;

/**
 * The sizes of gemm-packed.cl: a panel of a has {@code rows} rows, a panel of b two vectors of
 * {@code vector} floats, and both are packed {@code blockDepth} deep at a time. They change the
 * speed and never the result.
 */
record PackedShape(int vector, int rows, int blockDepth) {
  /** The widths that OpenCL has vectors of, and that are worth it. */
  static final List<Integer> VECTORS = List.of(4, 8, 16);

  /** The heights that the kernel is written for. */
  static final List<Integer> ROWS = List.of(4, 6, 8, 12, 14);

  private static final int SHALLOWEST_BLOCK = 16;
  private static final int DEEPEST_BLOCK = 1024;

  /**
   * Multiply-adds of a block below which the three launches that a block takes cost more than
   * panels that leave the first-level cache.
   */
  private static final long SMALL_BLOCK = 1 << 24;

  /** The same, or deeper, so that a small product takes few launches. */
  PackedShape forProduct(int m, int n, int k) {
    if (k <= blockDepth || (long) m * n * blockDepth > SMALL_BLOCK) {
      return this;
    }
    int panel = Math.max(rows, columns());
    int deepest = Scratch.PACKED_FLOATS / ((Math.max(m, n) / panel + 1) * panel);
    int depth = Math.max(blockDepth, Math.min(Math.min(k, DEEPEST_BLOCK), deepest));
    return new PackedShape(vector, rows, depth);
  }

  int columns() {
    return 2 * vector;
  }

  /** As many rows of a block as fit the scratch memory, in whole panels. */
  int blockRows() {
    return Scratch.PACKED_FLOATS / blockDepth / rows * rows;
  }

  /** As many columns of a block as fit the scratch memory, in whole panels. */
  int blockColumns() {
    return Scratch.PACKED_FLOATS / blockDepth / columns() * columns();
  }

  String definitions() {
    return String.format("-DVECTOR=%d -DPANEL_ROWS=%d", vector, rows);
  }

  /** Whether the kernel is right with these sizes. */
  boolean isValid() {
    return VECTORS.contains(vector)
        && ROWS.contains(rows)
        && blockDepth >= SHALLOWEST_BLOCK
        && blockDepth <= DEEPEST_BLOCK;
  }

  @Override
  public String toString() {
    return String.format("%d rows x 2 vectors of %d, depth %d", rows, vector, blockDepth);
  }
}
