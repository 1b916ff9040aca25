package dev.myelin.cpu;

import java.util.Arrays;

/**
 * The matrix product on the Vector API: panels of both factors are packed, then tiles of C are
 * computed in registers.
 *
 * <p>Three nested blocks, from the cache's point of view: a slice of a panel of B ({@link
 * #MAX_DEPTH} x two vectors) stays in L1 while it meets the panels of a block of A ({@link
 * #BLOCK_ROWS} x {@link #MAX_DEPTH}), which stays in L2 while all panels of B pass; what is packed
 * at one time stays in L3. {@link TileKernels} names the source.
 *
 * <p>Packing is one job of the pool and multiplying another: so as much of the inner dimension is
 * packed at one time as {@link #MAX_PACKED_FLOATS} allows, and small products take two jobs.
 *
 * <p>If that wastes much less on ragged edges, the product is computed as its transpose, C^T =
 * op(B)^T op(A)^T: the ten columns of a classifier's output are then rows of tiles, and tiles of
 * six rows hold ten exactly.
 */
final class VectorGemm implements Gemm {

  /** 256 x 16 columns x 4 bytes = 16 KiB: a panel of B fills half of L1 (AVX-512: all of it). */
  private static final int MAX_DEPTH = 256;

  /** 192 rows x 256 x 4 bytes = 192 KiB, less than half of the L2 of any recent core. */
  private static final int BLOCK_ROWS = 192;

  /** Bounds the packing buffers: 4096 lanes x 256 x 4 bytes = 4 MiB for each factor. */
  private static final int MAX_LANES = 4096;

  /** What is packed at one time, but for a depth of {@link #MAX_DEPTH}, which may be more. */
  private static final int MAX_PACKED_FLOATS = 1 << 20;

  /** A few microseconds of work: less is not worth telling another thread. */
  private static final long MIN_PRODUCTS_PER_CHUNK = 1L << 17;

  private static final int MIN_PACKED_FLOATS_PER_CHUNK = 1 << 14;

  /** So many that threads which lose time to others do not make the rest wait long. */
  private static final int CHUNKS_PER_THREAD = 8;

  /**
   * Tiles of a transposed product are written to C element by element, about a tenth of their time.
   */
  private static final double MIN_GAIN_OF_TRANSPOSITION = 1.2;

  /** Keeps what two threads write apart by two cache lines. */
  private static final int PADDING = 32;

  /** Where the sums of a first slice start; read with stride 0. */
  private static final float[] ZEROS = new float[TileKernels.PANEL_COLUMNS];

  private final WorkerPool pool;
  private final PackedOperand left = PackedOperand.left();
  private final PackedOperand right = PackedOperand.right();
  private final float[][] spareTiles;
  private final WorkerPool.ChunkTask packChunk = this::packChunk;
  private final WorkerPool.ChunkTask tileChunk = this::tileChunk;

  // The product in progress, in the orientation in which the tiles see it.
  private boolean transposed;
  private float[] c;
  private int cOffset;
  private int cStride;
  private RowEpilogue epilogue;

  // The pass in progress: rows x columns of the product, depth of the inner dimension.
  private int firstRow;
  private int rows;
  private int firstColumn;
  private int columns;
  private int firstDepth;
  private int depth;
  private boolean accumulatePass;
  private boolean lastPass;

  // How the pass is cut into chunks, and a chunk into slices of one depth, the last but less.
  private int sliceDepth;
  private int leftPanelsToPack;
  private int panelsToPack;
  private int panelsPerPackChunk;
  private int rowsPerChunk;
  private int columnsPerChunk;
  private int columnChunks;

  VectorGemm(WorkerPool pool) {
    this.pool = pool;
    TileWarmUp.begin();
    spareTiles =
        new float[pool.threads()][TileKernels.PANEL_ROWS * TileKernels.PANEL_COLUMNS + PADDING];
  }

  @Override
  public synchronized void multiply(
      int m,
      int n,
      int k,
      float[] a,
      int aOffset,
      boolean transposeA,
      float[] b,
      int bOffset,
      boolean transposeB,
      boolean accumulate,
      float[] out,
      int outOffset,
      RowEpilogue rowEpilogue) {
    if (m == 0 || n == 0) {
      return;
    }
    c = out;
    cOffset = outOffset;
    cStride = n;
    epilogue = rowEpilogue;
    transposed = MIN_GAIN_OF_TRANSPOSITION * paddedProducts(n, m) < paddedProducts(m, n);
    PackedOperand rowsOfA = transposed ? right : left;
    PackedOperand columnsOfB = transposed ? left : right;
    rowsOfA.bind(a, aOffset, transposeA ? 1 : k, transposeA ? m : 1);
    columnsOfB.bind(b, bOffset, transposeB ? k : 1, transposeB ? 1 : n);
    try {
      if (k == 0) {
        multiplyEmpty(m, n, accumulate);
      } else {
        multiplyPasses(transposed ? n : m, transposed ? m : n, k, accumulate);
      }
    } finally {
      c = null;
      epilogue = null;
      left.release();
      right.release();
    }
  }

  /** How many multiply-adds the tiles spend for each p, padding included. */
  private static long paddedProducts(int rowCount, int columnCount) {
    int edgeColumns = columnCount % TileKernels.PANEL_COLUMNS;
    int paddedEdge = edgeColumns == 0 ? 0 : TileKernels.paddedColumns(edgeColumns);
    long paddedColumns = (long) columnCount - edgeColumns + paddedEdge;
    return roundUp(rowCount, TileKernels.PANEL_ROWS) * paddedColumns;
  }

  private void multiplyEmpty(int m, int n, boolean accumulate) {
    if (!accumulate) {
      Arrays.fill(c, cOffset, cOffset + m * n, 0f);
    }
    if (epilogue != null) {
      for (int row = 0; row < m; row++) {
        epilogue.apply(row, 0, n);
      }
    }
  }

  private void multiplyPasses(int allRows, int allColumns, int k, boolean accumulate) {
    int maxRows = MAX_LANES - MAX_LANES % left.panelLanes();
    int maxColumns = MAX_LANES - MAX_LANES % right.panelLanes();
    int packedLanes =
        left.paddedLanes(Math.min(allRows, maxRows))
            + right.paddedLanes(Math.min(allColumns, maxColumns));
    int slices = (k + MAX_DEPTH - 1) / MAX_DEPTH;
    sliceDepth = roundUp((k + slices - 1) / slices, TileKernels.DEPTH_STEP);
    int slicesPerPass = Math.max(1, MAX_PACKED_FLOATS / packedLanes / sliceDepth);
    int passDepth = slicesPerPass * sliceDepth;
    for (firstColumn = 0; firstColumn < allColumns; firstColumn += maxColumns) {
      columns = Math.min(maxColumns, allColumns - firstColumn);
      for (firstDepth = 0; firstDepth < k; firstDepth += passDepth) {
        depth = Math.min(passDepth, k - firstDepth);
        accumulatePass = accumulate || firstDepth > 0;
        lastPass = firstDepth + depth == k;
        for (firstRow = 0; firstRow < allRows; firstRow += maxRows) {
          rows = Math.min(maxRows, allRows - firstRow);
          pack(firstRow == 0);
          multiplyPass();
        }
      }
    }
  }

  private void pack(boolean packRight) {
    left.reserve(rows, depth);
    right.reserve(columns, depth);
    leftPanelsToPack = left.panelCount(rows);
    panelsToPack = leftPanelsToPack + (packRight ? right.panelCount(columns) : 0);
    panelsPerPackChunk =
        Math.max(1, MIN_PACKED_FLOATS_PER_CHUNK / (TileKernels.PANEL_COLUMNS * depth));
    pool.forEach((panelsToPack + panelsPerPackChunk - 1) / panelsPerPackChunk, packChunk);
  }

  private void packChunk(int chunk, int worker) {
    int first = chunk * panelsPerPackChunk;
    int end = Math.min(panelsToPack, first + panelsPerPackChunk);
    if (first < leftPanelsToPack) {
      int leftEnd = Math.min(end, leftPanelsToPack);
      left.pack(first, leftEnd, firstRow, firstRow + rows, firstDepth, depth);
    }
    if (end > leftPanelsToPack) {
      int rightStart = Math.max(0, first - leftPanelsToPack);
      int rightEnd = end - leftPanelsToPack;
      right.pack(rightStart, rightEnd, firstColumn, firstColumn + columns, firstDepth, depth);
    }
  }

  private void multiplyPass() {
    int rowChunks = (rows + BLOCK_ROWS - 1) / BLOCK_ROWS;
    rowsPerChunk = roundUp((rows + rowChunks - 1) / rowChunks, left.panelLanes());
    rowChunks = (rows + rowsPerChunk - 1) / rowsPerChunk;
    long affordable = (long) rows * columns * depth / MIN_PRODUCTS_PER_CHUNK;
    long wanted = pool.threads() == 1 ? 1 : (long) pool.threads() * CHUNKS_PER_THREAD;
    int columnCuts = (int) Math.max(1, Math.min(affordable, wanted) / rowChunks);
    columnsPerChunk = roundUp((columns + columnCuts - 1) / columnCuts, right.panelLanes());
    columnChunks = (columns + columnsPerChunk - 1) / columnsPerChunk;
    pool.forEach(rowChunks * columnChunks, tileChunk);
  }

  private static int roundUp(int value, int multiple) {
    return (value + multiple - 1) / multiple * multiple;
  }

  private void tileChunk(int chunk, int worker) {
    int rowStart = chunk / columnChunks * rowsPerChunk;
    int rowEnd = Math.min(rows, rowStart + rowsPerChunk);
    int columnStart = chunk % columnChunks * columnsPerChunk;
    int columnEnd = Math.min(columns, columnStart + columnsPerChunk);
    for (int slice = 0; slice < left.panelDepth(); slice += sliceDepth) {
      for (int column = columnStart; column < columnEnd; column += right.panelLanes()) {
        for (int row = rowStart; row < rowEnd; row += left.panelLanes()) {
          tile(
              slice,
              row,
              Math.min(left.panelLanes(), rowEnd - row),
              column,
              Math.min(right.panelLanes(), columnEnd - column),
              spareTiles[worker]);
        }
      }
    }
    if (lastPass && epilogue != null) {
      finishRows(
          firstRow + rowStart,
          firstRow + rowEnd,
          firstColumn + columnStart,
          firstColumn + columnEnd);
    }
  }

  private void tile(
      int slice, int row, int tileRows, int column, int tileColumns, float[] spareTile) {
    int tileDepth = Math.min(sliceDepth, left.panelDepth() - slice);
    boolean accumulate = accumulatePass || slice > 0;
    int leftOffset = left.panelOffset(row / left.panelLanes()) + slice * left.depthStride(tileRows);
    int rightOffset =
        right.panelOffset(column / right.panelLanes()) + slice * right.depthStride(tileColumns);
    int paddedColumns = TileKernels.paddedColumns(tileColumns);
    boolean whole =
        !transposed && tileColumns == paddedColumns && tileRows == TileKernels.PANEL_ROWS;
    int target =
        transposed
            ? cOffset + (firstColumn + column) * cStride + firstRow + row
            : cOffset + (firstRow + row) * cStride + firstColumn + column;
    if (whole) {
      multiplyTile(
          tileColumns,
          tileDepth,
          leftOffset,
          rightOffset,
          accumulate ? c : ZEROS,
          accumulate ? target : 0,
          accumulate ? cStride : 0,
          c,
          target,
          cStride);
      return;
    }
    int cRows = transposed ? tileColumns : tileRows;
    int cColumns = transposed ? tileRows : tileColumns;
    int strideOfCRow = transposed ? 1 : paddedColumns;
    int strideOfCColumn = transposed ? paddedColumns : 1;
    if (accumulate) {
      loadTile(spareTile, cRows, strideOfCRow, cColumns, strideOfCColumn, target);
    }
    multiplyTile(
        tileColumns,
        tileDepth,
        leftOffset,
        rightOffset,
        accumulate ? spareTile : ZEROS,
        0,
        accumulate ? paddedColumns : 0,
        spareTile,
        0,
        paddedColumns);
    storeTile(spareTile, cRows, strideOfCRow, cColumns, strideOfCColumn, target);
  }

  private void multiplyTile(
      int tileColumns,
      int tileDepth,
      int leftOffset,
      int rightOffset,
      float[] start,
      int startOffset,
      int startStride,
      float[] target,
      int targetOffset,
      int targetStride) {
    if (!TileWarmUp.isDone()) {
      TileWarmUp.multiply(
          tileColumns,
          tileDepth,
          left.panels(),
          leftOffset,
          right.panels(),
          rightOffset,
          start,
          startOffset,
          startStride,
          target,
          targetOffset,
          targetStride);
      return;
    }
    TileKernels.multiply(
        tileColumns,
        tileDepth,
        left.panels(),
        leftOffset,
        right.panels(),
        rightOffset,
        start,
        startOffset,
        startStride,
        target,
        targetOffset,
        targetStride);
  }

  /** Copies a part of C to a tile, which lies transposed where the product does. */
  private void loadTile(
      float[] tile, int cRows, int tileRowStride, int cColumns, int tileColumnStride, int from) {
    for (int row = 0; row < cRows; row++) {
      for (int column = 0; column < cColumns; column++) {
        tile[row * tileRowStride + column * tileColumnStride] = c[from + row * cStride + column];
      }
    }
  }

  private void storeTile(
      float[] tile, int cRows, int tileRowStride, int cColumns, int tileColumnStride, int to) {
    for (int row = 0; row < cRows; row++) {
      for (int column = 0; column < cColumns; column++) {
        c[to + row * cStride + column] = tile[row * tileRowStride + column * tileColumnStride];
      }
    }
  }

  private void finishRows(int rowStart, int rowEnd, int columnStart, int columnEnd) {
    if (transposed) {
      for (int row = columnStart; row < columnEnd; row++) {
        epilogue.apply(row, rowStart, rowEnd);
      }
    } else {
      for (int row = rowStart; row < rowEnd; row++) {
        epilogue.apply(row, columnStart, columnEnd);
      }
    }
  }
}
