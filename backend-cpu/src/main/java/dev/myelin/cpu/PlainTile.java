package dev.myelin.cpu;

/**
 * A tile as the kernels compute it, without vectors: for the time until those are compiled, see
 * {@link WarmUp}. The bits are the same, since each element is the same chain of fused
 * multiply-adds.
 */
final class PlainTile {
  private PlainTile() {}

  /**
   * Computes a tile.
   *
   * @param rows how many rows to compute
   * @param left value (row, p) lies at {@code leftOffset + row * rowStride + p * depthStride}, and
   *     {@code blockSkip} further for each {@link EightRowKernels#BLOCK} of p
   */
  static void multiply(
      int rows,
      int depth,
      float[] left,
      int leftOffset,
      int rowStride,
      int depthStride,
      int blockSkip,
      float[] right,
      int rightOffset,
      int rightStride,
      float[] start,
      int startOffset,
      int startStride,
      float[] c,
      int cOffset,
      int cStride) {
    int width = TileKernels.PANEL_COLUMNS;
    for (int row = 0; row < rows; row++) {
      int to = cOffset + row * cStride;
      System.arraycopy(start, startOffset + row * startStride, c, to, width);
      for (int p = 0; p < depth; p++) {
        int skipped = p / EightRowKernels.BLOCK * blockSkip;
        float factor = left[leftOffset + row * rowStride + p * depthStride + skipped];
        int from = rightOffset + p * rightStride;
        for (int column = 0; column < width; column++) {
          c[to + column] = Math.fma(factor, right[from + column], c[to + column]);
        }
      }
    }
  }
}
