package dev.myelin.cpu;

/**
 * Computes tiles of a matrix product and puts them where they belong in C: whole ones straight from
 * the registers, ragged or transposed ones by way of a spare tile.
 */
final class TileWriter {
  private static final int PANEL_COLUMNS = TileKernels.PANEL_COLUMNS;

  /** Keeps what two threads write apart by two cache lines. */
  private static final int PADDING = 32;

  /** Where the sums of a first slice start; read with stride 0. */
  private static final float[] ZEROS = new float[PANEL_COLUMNS];

  private final float[][] spareTiles;

  private float[] c;
  private int cOffset;
  private int cStride;
  private boolean transposed;

  TileWriter(int workers) {
    int rows = Math.max(TileKernels.PANEL_ROWS, InPlaceKernels.ROWS);
    spareTiles = new float[workers][rows * PANEL_COLUMNS + PADDING];
  }

  /** Turns to C, or to its transpose, whose rows are {@code stride} apart. */
  void bind(float[] values, int offset, int stride, boolean isTransposed) {
    c = values;
    cOffset = offset;
    cStride = stride;
    transposed = isTransposed;
  }

  /** Forgets the caller's array. */
  void release() {
    c = null;
  }

  /**
   * Computes one tile of the product, or its part of the inner dimension.
   *
   * @param row its first row, in the product as the tiles see it
   * @param rows how many rows of it count
   * @param column its first column
   * @param columns how many columns of it count
   * @param leftLane where in the part of the left factor in use it begins
   * @param rightLane the same of the right one
   * @param slice its first p in those parts
   * @param accumulate whether the sums start from C
   */
  void write(
      int worker,
      int row,
      int rows,
      int column,
      int columns,
      int depth,
      GemmOperand left,
      int leftLane,
      GemmOperand right,
      int rightLane,
      int slice,
      boolean accumulate) {
    if (!transposed && rows == left.tileLanes() && columns == PANEL_COLUMNS) {
      int at = cOffset + row * cStride + column;
      float[] start = accumulate ? c : ZEROS;
      int startOffset = accumulate ? at : 0;
      int startStride = accumulate ? cStride : 0;
      multiply(
          rows,
          depth,
          left,
          leftLane,
          right,
          rightLane,
          slice,
          start,
          startOffset,
          startStride,
          c,
          at,
          cStride);
      return;
    }
    float[] tile = spareTiles[worker];
    if (accumulate) {
      load(tile, row, rows, column, columns);
    }
    multiply(
        rows,
        depth,
        left,
        leftLane,
        right,
        rightLane,
        slice,
        accumulate ? tile : ZEROS,
        0,
        accumulate ? PANEL_COLUMNS : 0,
        tile,
        0,
        PANEL_COLUMNS);
    store(tile, row, rows, column, columns);
  }

  private static void multiply(
      int rows,
      int depth,
      GemmOperand left,
      int leftLane,
      GemmOperand right,
      int rightLane,
      int slice,
      float[] start,
      int startOffset,
      int startStride,
      float[] target,
      int targetOffset,
      int targetStride) {
    float[] leftValues = left.values(leftLane);
    int leftOffset = left.offset(leftLane, slice);
    float[] rightValues = right.values(rightLane);
    int rightOffset = right.offset(rightLane, slice);
    int rightStride = right.stepStride(rightLane);
    GemmOperand.Form form = left.form();
    if (!WarmUp.tilesAreCompiled()) {
      PlainTile.multiply(
          rows,
          depth,
          leftValues,
          leftOffset,
          left.laneStride(),
          left.stepStride(leftLane),
          form == GemmOperand.Form.BLOCKS ? EightRowKernels.BLOCK_SKIP : 0,
          rightValues,
          rightOffset,
          rightStride,
          start,
          startOffset,
          startStride,
          target,
          targetOffset,
          targetStride);
    } else if (form == GemmOperand.Form.LANES_IN_PLACE) {
      // Rows beyond the last one repeat it.
      int stride = left.laneStride();
      InPlaceKernels.multiply(
          depth,
          leftValues,
          leftOffset,
          leftOffset + Math.min(1, rows - 1) * stride,
          leftOffset + Math.min(2, rows - 1) * stride,
          leftOffset + Math.min(3, rows - 1) * stride,
          rightValues,
          rightOffset,
          start,
          startOffset,
          startStride,
          target,
          targetOffset,
          targetStride);
    } else if (form == GemmOperand.Form.BLOCKS) {
      EightRowKernels.multiplyBlocks(
          depth,
          leftValues,
          leftOffset,
          rightValues,
          rightOffset,
          rightStride,
          start,
          startOffset,
          startStride,
          target,
          targetOffset,
          targetStride);
    } else if (left.tileLanes() == FiveRowKernel.ROWS) {
      FiveRowKernel.multiply(
          depth,
          leftValues,
          leftOffset,
          left.stepStride(leftLane),
          rightValues,
          rightOffset,
          rightStride,
          start,
          startOffset,
          startStride,
          target,
          targetOffset,
          targetStride);
    } else if (VectorWidth.REGISTERS == 32) {
      EightRowKernels.multiply(
          depth,
          leftValues,
          leftOffset,
          left.stepStride(leftLane),
          rightValues,
          rightOffset,
          rightStride,
          start,
          startOffset,
          startStride,
          target,
          targetOffset,
          targetStride);
    } else {
      TileKernels.multiply(
          depth,
          leftValues,
          leftOffset,
          rightValues,
          rightOffset,
          start,
          startOffset,
          startStride,
          target,
          targetOffset,
          targetStride);
    }
  }

  private void load(float[] tile, int row, int rows, int column, int columns) {
    if (transposed) {
      int from = cOffset + column * cStride + row;
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < columns; j++) {
          tile[i * PANEL_COLUMNS + j] = c[from + j * cStride + i];
        }
      }
    } else {
      int from = cOffset + row * cStride + column;
      for (int i = 0; i < rows; i++) {
        System.arraycopy(c, from + i * cStride, tile, i * PANEL_COLUMNS, columns);
      }
    }
  }

  private void store(float[] tile, int row, int rows, int column, int columns) {
    if (!transposed) {
      int to = cOffset + row * cStride + column;
      for (int i = 0; i < rows; i++) {
        System.arraycopy(tile, i * PANEL_COLUMNS, c, to + i * cStride, columns);
      }
      return;
    }
    int to = cOffset + column * cStride + row;
    if (rows == InPlaceKernels.ROWS) {
      storeFourColumns(tile, columns, c, to, cStride);
      return;
    }
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        c[to + j * cStride + i] = tile[i * PANEL_COLUMNS + j];
      }
    }
  }

  private static void storeFourColumns(float[] tile, int columns, float[] c, int to, int cStride) {
    for (int j = 0; j < columns; j++) {
      int at = to + j * cStride;
      c[at] = tile[j];
      c[at + 1] = tile[PANEL_COLUMNS + j];
      c[at + 2] = tile[2 * PANEL_COLUMNS + j];
      c[at + 3] = tile[3 * PANEL_COLUMNS + j];
    }
  }
}
