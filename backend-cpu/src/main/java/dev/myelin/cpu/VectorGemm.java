package dev.myelin.cpu;

import dev.myelin.cpu.GemmOperand.Form;
import java.util.Arrays;

/**
 * The matrix product on the Vector API: panels of the factors are packed, then tiles of C are
 * computed in registers. {@link GemmPlan} decides whether a factor need not be packed.
 *
 * <p>Three nested blocks, from the cache's point of view: a slice of a panel of the right factor
 * ({@link #MAX_DEPTH} deep) stays near while it meets a block of the left one ({@link
 * #BLOCK_FLOATS}), which stays in L2 while all panels of the right one pass; what is packed at one
 * time stays in L3. {@link TileKernels} names the source.
 *
 * <p>Packing is one job of the pool and multiplying another: so as much of the inner dimension is
 * packed at one time as {@link #MAX_PACKED_FLOATS} allows, and small products take two jobs.
 */
final class VectorGemm implements Gemm {
  private static final int PANEL_COLUMNS = TileKernels.PANEL_COLUMNS;

  /**
   * A slice of a panel of the right factor takes 32 KiB, or 128 with 32 registers: from L2 it comes
   * as fast as from L1, and tiles of C are written and taken up again less often.
   */
  private static final int MAX_DEPTH =
      VectorWidth.REGISTERS == 32 ? 1024 : Math.max(512, (1 << 13) / PANEL_COLUMNS);

  /** Deep, because transposed tiles are not written and taken up again for little. */
  private static final int MAX_DEPTH_IN_PLACE = 1024;

  /** 256 KiB of the left factor, half of the L2 of a small core. */
  private static final int BLOCK_FLOATS = 1 << 16;

  /** Bounds the packing buffers to 16 MiB for each factor. */
  private static final int MAX_LANES = 4096;

  /** What is packed at one time, but for one slice of {@link #MAX_LANES}, which may be more. */
  private static final int MAX_PACKED_FLOATS = 1 << 20;

  /** A few microseconds of work: less is not worth telling another thread. */
  private static final long MIN_PRODUCTS_PER_CHUNK = 1L << 17;

  private static final int MIN_PACKED_FLOATS_PER_CHUNK = 1 << 14;

  /** So few that neighbouring panels are copied together, from whole pages. */
  private static final int PACK_CHUNKS_PER_THREAD = 8;

  /** So many that threads which lose time to others do not make the rest wait long. */
  private static final int CHUNKS_PER_THREAD = 16;

  /** An epilogue on less of a row takes longer than to bring whole rows into the cache again. */
  private static final int MIN_EPILOGUE_COLUMNS = 64;

  private final WorkerPool pool;
  private final GemmPlan plan =
      new GemmPlan(TileKernels.PANEL_ROWS, PANEL_COLUMNS, TileKernels.LANES, VectorWidth.REGISTERS);
  private final GemmOperand left = GemmOperand.left();
  private final GemmOperand right = GemmOperand.right();
  private final TileWriter tiles;
  private final WorkerPool.ChunkTask packChunk = this::packChunk;
  private final WorkerPool.ChunkTask tileChunk = this::tileChunk;
  private final WorkerPool.ChunkTask finishChunk = this::finishChunk;

  // The product in progress, in the orientation in which the tiles see it.
  private boolean transposed;
  private Epilogue epilogue;
  private boolean finishesLater;
  private int m;
  private int n;
  private int rowsPerFinishChunk;

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
  private int rowsPerChunk;
  private int columnsPerChunk;
  private int columnChunks;
  private int leftPanelsToPack;
  private int panelsToPack;
  private int panelsPerPackChunk;

  VectorGemm(WorkerPool pool) {
    this.pool = pool;
    WarmUp.begin();
    tiles = new TileWriter(left, right, pool.threads());
  }

  @Override
  public synchronized void multiply(
      int rowsOfC,
      int columnsOfC,
      int k,
      float[] a,
      int aOffset,
      boolean transposeA,
      float[] b,
      int bOffset,
      boolean transposeB,
      boolean accumulate,
      float[] c,
      int cOffset,
      Epilogue wantedEpilogue) {
    m = rowsOfC;
    n = columnsOfC;
    if (m == 0 || n == 0) {
      return;
    }
    if (k == 0) {
      multiplyEmpty(m, n, accumulate, c, cOffset, wantedEpilogue);
      return;
    }
    int aRowStride = transposeA ? 1 : k;
    int aDepthStride = transposeA ? m : 1;
    int bColumnStride = transposeB ? k : 1;
    int bDepthStride = transposeB ? 1 : n;
    GemmPlan.Way way = plan.choose(m, n, k, aDepthStride == 1, bDepthStride == 1);
    transposed = way.transposed;
    epilogue = wantedEpilogue;
    tiles.bind(c, cOffset, n, transposed);
    // Final values only, twice the same: not added to C twice, nor written behind an epilogue, nor
    // summed up in C, as PlainTile does, by two threads.
    boolean mayOverlap =
        !accumulate && epilogue == null && k <= MAX_DEPTH && WarmUp.tilesAreCompiled();
    if (transposed) {
      Form leftForm = plan.left(way, n, m, k, bDepthStride == 1);
      Form rightForm = plan.right(way, n, m, k, aDepthStride == 1);
      int tileRows = plan.tileRows(leftForm, n, m, k);
      left.bind(b, bOffset, bColumnStride, bDepthStride, leftForm, tileRows, mayOverlap);
      right.bind(a, aOffset, aRowStride, aDepthStride, rightForm, PANEL_COLUMNS, mayOverlap);
    } else {
      Form leftForm = plan.left(way, m, n, k, aDepthStride == 1);
      Form rightForm = plan.right(way, m, n, k, bDepthStride == 1);
      int tileRows = plan.tileRows(leftForm, m, n, k);
      left.bind(a, aOffset, aRowStride, aDepthStride, leftForm, tileRows, mayOverlap);
      right.bind(b, bOffset, bColumnStride, bDepthStride, rightForm, PANEL_COLUMNS, mayOverlap);
    }
    try {
      multiplyPasses(transposed ? n : m, transposed ? m : n, k, accumulate);
      if (finishesLater) {
        rowsPerFinishChunk = Math.max(1, RangeTask.CHUNK_ELEMENTS / n);
        pool.forEach((m + rowsPerFinishChunk - 1) / rowsPerFinishChunk, finishChunk);
      }
    } finally {
      epilogue = null;
      tiles.release();
      left.release();
      right.release();
    }
  }

  private static void multiplyEmpty(
      int m, int n, boolean accumulate, float[] c, int cOffset, Epilogue epilogue) {
    if (!accumulate) {
      Arrays.fill(c, cOffset, cOffset + m * n, 0f);
    }
    if (epilogue != null) {
      epilogue.apply(0, m, 0, n);
    }
  }

  private void multiplyPasses(int allRows, int allColumns, int k, boolean accumulate) {
    int maxRows = MAX_LANES - MAX_LANES % left.tileLanes();
    int maxColumns = MAX_LANES - MAX_LANES % right.tileLanes();
    int packedFloats =
        left.packedFloats(Math.min(allRows, maxRows))
            + right.packedFloats(Math.min(allColumns, maxColumns));
    int maxDepth = left.form() == Form.LANES_IN_PLACE ? MAX_DEPTH_IN_PLACE : MAX_DEPTH;
    int slices = (k - 1) / maxDepth + 1;
    sliceDepth = roundUp((k - 1) / slices + 1, TileKernels.SLICE_STEP);
    int slicesPerPass =
        Math.min(slices, Math.max(1, MAX_PACKED_FLOATS / Math.max(1, packedFloats) / sliceDepth));
    int passDepth = slicesPerPass * sliceDepth;
    for (firstColumn = 0; firstColumn < allColumns; firstColumn += columns) {
      columns = Math.min(maxColumns, allColumns - firstColumn);
      for (firstDepth = 0; firstDepth < k; firstDepth += depth) {
        depth = Math.min(passDepth, k - firstDepth);
        accumulatePass = accumulate || firstDepth > 0;
        lastPass = firstDepth + depth == k;
        for (firstRow = 0; firstRow < allRows; firstRow += rows) {
          rows = Math.min(maxRows, allRows - firstRow);
          cut();
          if (firstColumn == 0 && firstDepth == 0 && firstRow == 0) {
            finishesLater = epilogue != null && isNarrow();
          }
          pack(firstRow == 0);
          pool.forEach((rows + rowsPerChunk - 1) / rowsPerChunk * columnChunks, tileChunk);
        }
      }
    }
  }

  /** Cuts the pass by columns, and by rows as far as the cache wants it or columns are few. */
  private void cut() {
    long affordable = (long) rows * columns * depth / MIN_PRODUCTS_PER_CHUNK;
    long wanted = pool.threads() == 1 ? 1 : (long) pool.threads() * CHUNKS_PER_THREAD;
    int chunks = (int) Math.max(1, Math.min(affordable, wanted));
    int columnPanels = (columns + right.tileLanes() - 1) / right.tileLanes();
    int blockRows = Math.max(left.tileLanes(), BLOCK_FLOATS / sliceDepth);
    int rowChunks = Math.max((rows + blockRows - 1) / blockRows, chunks / columnPanels);
    rowsPerChunk = roundUp((rows + rowChunks - 1) / rowChunks, left.tileLanes());
    rowChunks = (rows + rowsPerChunk - 1) / rowsPerChunk;
    int columnCuts = Math.max(1, chunks / rowChunks);
    columnsPerChunk = roundUp((columns + columnCuts - 1) / columnCuts, right.tileLanes());
    columnChunks = (columns + columnsPerChunk - 1) / columnsPerChunk;
  }

  private void pack(boolean packRight) {
    tiles.use(firstRow, firstColumn);
    left.use(firstRow, rows, firstDepth, depth);
    leftPanelsToPack = left.panelsToPack();
    panelsToPack = leftPanelsToPack;
    if (packRight) {
      right.use(firstColumn, columns, firstDepth, depth);
      panelsToPack += right.panelsToPack();
    }
    int chunks = pool.threads() * PACK_CHUNKS_PER_THREAD;
    panelsPerPackChunk =
        Math.max(
            (panelsToPack + chunks - 1) / chunks,
            Math.max(1, MIN_PACKED_FLOATS_PER_CHUNK / (PANEL_COLUMNS * depth)));
    pool.forEach((panelsToPack + panelsPerPackChunk - 1) / panelsPerPackChunk, packChunk);
  }

  private void packChunk(int chunk, int worker) {
    int first = chunk * panelsPerPackChunk;
    int end = Math.min(panelsToPack, first + panelsPerPackChunk);
    if (first < leftPanelsToPack) {
      left.pack(first, Math.min(end, leftPanelsToPack));
    }
    if (end > leftPanelsToPack) {
      right.pack(Math.max(0, first - leftPanelsToPack), end - leftPanelsToPack);
    }
  }

  private static int roundUp(int value, int multiple) {
    return (value + multiple - 1) / multiple * multiple;
  }

  private void tileChunk(int chunk, int worker) {
    int rowStart = chunk / columnChunks * rowsPerChunk;
    int rowEnd = Math.min(rows, rowStart + rowsPerChunk);
    int columnStart = chunk % columnChunks * columnsPerChunk;
    int columnEnd = Math.min(columns, columnStart + columnsPerChunk);
    for (int slice = 0; slice < depth; slice += sliceDepth) {
      int tileDepth = Math.min(sliceDepth, Math.min(left.tileDepth(), right.tileDepth()) - slice);
      boolean accumulate = accumulatePass || slice > 0;
      for (int next = columnStart; next < columnEnd; next += right.tileLanes()) {
        int column = right.firstLaneOfTile(next);
        int tileColumns = Math.min(right.tileLanes(), columnEnd - column);
        tiles.write(worker, rowStart, rowEnd, column, tileColumns, slice, tileDepth, accumulate);
      }
    }
    if (lastPass && epilogue != null && !finishesLater) {
      finish(
          firstRow + rowStart,
          firstRow + rowEnd,
          firstColumn + columnStart,
          firstColumn + columnEnd);
    }
  }

  private void finish(int rowStart, int rowEnd, int columnStart, int columnEnd) {
    if (transposed) {
      epilogue.apply(columnStart, columnEnd, rowStart, rowEnd);
    } else {
      epilogue.apply(rowStart, rowEnd, columnStart, columnEnd);
    }
  }

  /** Whether chunks have so few columns of C that the epilogue is better left for the end. */
  private boolean isNarrow() {
    int width = transposed ? rowsPerChunk : columnsPerChunk;
    return width < Math.min(MIN_EPILOGUE_COLUMNS, transposed ? rows : columns);
  }

  private void finishChunk(int chunk, int worker) {
    int rowStart = chunk * rowsPerFinishChunk;
    epilogue.apply(rowStart, Math.min(m, rowStart + rowsPerFinishChunk), 0, n);
  }
}
