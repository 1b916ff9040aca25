package dev.myelin.cpu;

/**
 * Has the JVM compile the tiles' kernels while the program prepares its data and takes its first
 * steps.
 *
 * <p>Until it is compiled, a vector operation takes about a microsecond instead of part of a
 * nanosecond, and the products of a first training step take a quarter of a second. So a thread
 * multiplies tiles of its own until that is fast, once in a JVM, for about half a second; until
 * then products are computed by {@link #multiply}, which has no vectors, is compiled at once, and
 * gives the same bits: each element is the same chain of fused multiply-adds.
 */
final class TileWarmUp {
  private static final int DEPTH = 64;

  /** Of each kind. */
  private static final int TILES_PER_TURN = 8;

  /** Compiled, a tile takes less than a microsecond; interpreted, several hundred. */
  private static final long COMPILED_NANOS_PER_TILE = 10_000;

  /** A JVM that interprets only (-Xint) never gets there. */
  private static final long MAX_NANOS = 2_000_000_000L;

  private static boolean begun;

  /** Read for every tile, so not volatile: that it is seen some tiles later does no harm. */
  private static boolean done;

  private TileWarmUp() {}

  /** Begins in the background, unless that was done before. */
  static synchronized void begin() {
    if (!begun) {
      begun = true;
      Thread thread = new Thread(TileWarmUp::run, "myelin-warm-up");
      thread.setDaemon(true);
      thread.start();
    }
  }

  static boolean isDone() {
    return done;
  }

  private static void run() {
    float[] left = new float[DEPTH * TileKernels.LEFT_STRIDE];
    float[] right = new float[DEPTH * TileKernels.PANEL_COLUMNS];
    int columns = TileKernels.PANEL_COLUMNS;
    float[] tile = new float[TileKernels.PANEL_ROWS * columns];
    long begunNanos = System.nanoTime();
    long turnNanos = begunNanos;
    long nanosPerTile;
    do {
      for (int i = 0; i < TILES_PER_TURN; i++) {
        multiplyPanels(left, right, tile);
        if (Transposition.AVAILABLE) {
          Transposition.transpose(left, 0, Transposition.SIZE, right, 0, columns, 1);
        }
        InPlaceKernels.multiply(
            DEPTH - 1, left, 0, 0, 0, 0, right, 0, tile, 0, columns, tile, 0, columns);
      }
      long now = System.nanoTime();
      nanosPerTile = (now - turnNanos) / (2 * TILES_PER_TURN);
      turnNanos = now;
    } while (nanosPerTile > COMPILED_NANOS_PER_TILE && turnNanos - begunNanos < MAX_NANOS);
    done = true;
  }

  private static void multiplyPanels(float[] left, float[] right, float[] tile) {
    int columns = TileKernels.PANEL_COLUMNS;
    if (VectorWidth.REGISTERS == 32) {
      int stride = EightRowKernels.ROWS;
      EightRowKernels.multiply(
          DEPTH, left, 0, stride, right, 0, columns, tile, 0, columns, tile, 0, columns);
      PackingLoops.copyBlocks(right, 0, 0, left, 0, DEPTH / EightRowKernels.BLOCK);
      EightRowKernels.multiplyBlocks(
          DEPTH, left, 0, right, 0, columns, tile, 0, columns, tile, 0, columns);
    } else {
      TileKernels.multiply(DEPTH, left, 0, right, 0, tile, 0, columns, tile, 0, columns);
    }
  }

  /**
   * A tile as the kernels compute it, without vectors.
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
