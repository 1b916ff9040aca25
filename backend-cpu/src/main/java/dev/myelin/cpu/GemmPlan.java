package dev.myelin.cpu;

/**
 * Which of three ways a matrix product is computed: with both factors packed, with A read in place,
 * or as the transpose, C^T = op(B)^T op(A)^T, with B read in place.
 *
 * <p>A factor can be read in place as the left one of the tiles if its rows are contiguous along
 * the inner dimension. That saves packing it, which for a thin product takes longer than anything
 * packing can gain; and where both can be, the one with more elements should be. The transpose also
 * has other ragged edges, but its tiles are written to C element by element.
 *
 * <p>The costs compared are estimates in vector multiply-adds, of which there are two a cycle. They
 * were fitted to what each way took for the shapes of docs/notes/cpu-gemm.md.
 */
final class GemmPlan {
  private static final double PACK_ACROSS = 3;
  private static final double PACK_ALONG = 1.25;
  private static final double STORE_TRANSPOSED = 1;
  private static final double BEGIN_TILE = 80;

  /** The tiles of four rows take this much longer for each multiply-add than those of six. */
  private static final double IN_PLACE = 1.08;

  private boolean transposed;
  private boolean leftInPlace;

  /** Whether to compute C^T; then op(B)^T is the left factor. */
  boolean transposed() {
    return transposed;
  }

  /** Whether the left factor is to be read in place. */
  boolean leftInPlace() {
    return leftInPlace;
  }

  /**
   * Chooses for op(A) of [m, k] and op(B) of [k, n].
   *
   * @param rowsContiguous whether the rows of op(A) are contiguous in memory
   * @param columnsContiguous whether the columns of op(B) are
   */
  void choose(int m, int n, int k, boolean rowsContiguous, boolean columnsContiguous) {
    transposed = false;
    leftInPlace = false;
    double packLeft = (double) m * k * (rowsContiguous ? PACK_ACROSS : PACK_ALONG);
    double packRight = (double) n * k * (columnsContiguous ? PACK_ACROSS : PACK_ALONG);
    double best = packLeft + packRight + tiles(m, n, k, TileKernels.PANEL_ROWS);
    if (rowsContiguous) {
      double cost = packRight + tilesInPlace(m, n, k);
      if (cost < best) {
        best = cost;
        leftInPlace = true;
      }
    }
    if (columnsContiguous) {
      double cost = packLeft + tilesInPlace(n, m, k) + (double) m * n * STORE_TRANSPOSED;
      if (cost < best) {
        transposed = true;
        leftInPlace = true;
      }
    }
  }

  private static double tilesInPlace(int rows, int columns, int k) {
    int calls = InPlaceKernels.calls(k);
    double begin = (calls - 1) * BEGIN_TILE * tileCount(rows, columns, InPlaceKernels.ROWS);
    return IN_PLACE * tiles(rows, columns, k, InPlaceKernels.ROWS) + begin;
  }

  private static double tiles(int rows, int columns, int k, int tileRows) {
    double vectors = tileRows * (TileKernels.PANEL_COLUMNS / (double) TileKernels.LANES);
    return tileCount(rows, columns, tileRows) * (BEGIN_TILE + vectors * k);
  }

  private static double tileCount(int rows, int columns, int tileRows) {
    return Math.ceil(rows / (double) tileRows)
        * Math.ceil(columns / (double) TileKernels.PANEL_COLUMNS);
  }
}
