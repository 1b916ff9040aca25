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

  private final GemmOperand left;
  private final GemmOperand right;
  private final float[][] spareTiles;

  private float[] c;
  private int cOffset;
  private int cStride;
  private boolean transposed;
  private int firstRow;
  private int firstColumn;

  TileWriter(GemmOperand left, GemmOperand right, int workers) {
    this.left = left;
    this.right = right;
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
   * Turns to the part of C whose first element is at that row and column, of C or its transpose.
   */
  void use(int row, int column) {
    firstRow = row;
    firstColumn = column;
  }

  /**
   * Computes tiles that lie below each other, or their part of the inner dimension. Rows, columns
   * and p are counted in the part of C and of the factors in use.
   *
   * @param row the first one, a multiple of the tile's rows
   * @param endRow behind the last one
   * @param column the first one, a multiple of the tile's columns
   * @param columns how many columns of the tiles count
   * @param slice the first p
   * @param accumulate whether the sums start from C
   */
  void write(
      int worker,
      int row,
      int endRow,
      int column,
      int columns,
      int slice,
      int depth,
      boolean accumulate) {
    float[] rightValues = right.values(column);
    int rightOffset = right.offset(column, slice);
    int rightStride = right.stepStride(column);
    int tileRows = left.tileLanes();
    int cColumn = firstColumn + column;
    for (int nextRow = row; nextRow < endRow; nextRow += tileRows) {
      int tileRow = left.firstLaneOfTile(nextRow);
      int rows = Math.min(tileRows, endRow - tileRow);
      int cRow = firstRow + tileRow;
      boolean straight = !transposed && rows == tileRows && columns == PANEL_COLUMNS;
      float[] target = straight ? c : spareTiles[worker];
      int offset = straight ? cOffset + cRow * cStride + cColumn : 0;
      int stride = straight ? cStride : PANEL_COLUMNS;
      if (accumulate && !straight) {
        load(target, cRow, rows, cColumn, columns);
      }
      multiply(
          depth,
          tileRow,
          rows,
          slice,
          rightValues,
          rightOffset,
          rightStride,
          accumulate ? target : ZEROS,
          accumulate ? offset : 0,
          accumulate ? stride : 0,
          target,
          offset,
          stride);
      if (!straight) {
        store(target, cRow, rows, cColumn, columns);
      }
    }
  }

  private void multiply(
      int depth,
      int row,
      int rows,
      int slice,
      float[] rightValues,
      int rightOffset,
      int rightStride,
      float[] start,
      int startOffset,
      int startStride,
      float[] target,
      int targetOffset,
      int targetStride) {
    float[] leftValues = left.values(row);
    int leftOffset = left.offset(row, slice);
    GemmOperand.Form form = left.form();
    if (!WarmUp.tilesAreCompiled()) {
      PlainTile.multiply(
          rows,
          depth,
          leftValues,
          leftOffset,
          left.laneStride(),
          left.stepStride(row),
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
          left.stepStride(row),
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
          left.stepStride(row),
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
