package dev.myelin.cpu;

/**
 * Chooses how a matrix product is computed: with both factors packed or with one of them read in
 * place, and as itself or as the transpose, C^T = op(B)^T op(A)^T.
 *
 * <p>A factor can be read in place as the left one of the tiles if its rows are contiguous along
 * the inner dimension. That saves packing it, which for a thin product takes longer than anything
 * packing can gain; and where both can be, the one with more elements should be. The transpose has
 * other ragged edges, too, but its tiles are written to C element by element.
 *
 * <p>The costs compared are estimates in vector multiply-adds, of which there are two a cycle. They
 * were fitted, on AVX2, to the times of docs/notes/cpu-gemm.md.
 */
final class GemmPlan {

  /** A way to compute a product. */
  enum Way {
    PACKED(false, false),
    PACKED_TRANSPOSED(true, false),
    A_IN_PLACE(false, true),
    B_IN_PLACE(true, true);

    /** Whether C^T is computed; then op(B)^T is the left factor. */
    final boolean transposed;

    /** Whether the left factor is read in place. */
    final boolean leftInPlace;

    Way(boolean transposed, boolean leftInPlace) {
      this.transposed = transposed;
      this.leftInPlace = leftInPlace;
    }
  }

  /** To pack a float whose lane is contiguous: it is written far from its neighbour. */
  private static final double PACK_TRANSPOSING = 3;

  /** To pack a float of a lane that is not: neighbouring lanes are copied together. */
  private static final double PACK_COPYING = 1.25;

  /** To write an element of a transposed tile of four rows. */
  private static final double STORE_FOUR_ROWS = 1;

  /** To write one of any other transposed tile; much more where C is read for each slice, too. */
  private static final double STORE_OTHER_ROWS = 10;

  private static final double BEGIN_TILE = 80;

  /** How much longer tiles in place take: 1.08 alone on the core, more with a neighbour. */
  private static final double IN_PLACE = 1.15;

  private final int packedRows;
  private final int tileColumns;
  private final int lanes;

  /**
   * @param packedRows rows of a tile whose left factor is packed
   * @param tileColumns columns of any tile
   * @param lanes floats in a vector
   */
  GemmPlan(int packedRows, int tileColumns, int lanes) {
    this.packedRows = packedRows;
    this.tileColumns = tileColumns;
    this.lanes = lanes;
  }

  /**
   * Chooses for op(A) of [m, k] and op(B) of [k, n].
   *
   * @param rowsContiguous whether the rows of op(A) are contiguous in memory
   * @param columnsContiguous whether the columns of op(B) are
   */
  Way choose(int m, int n, int k, boolean rowsContiguous, boolean columnsContiguous) {
    double packA = (double) m * k * (rowsContiguous ? PACK_TRANSPOSING : PACK_COPYING);
    double packB = (double) n * k * (columnsContiguous ? PACK_TRANSPOSING : PACK_COPYING);
    double packed = packA + packB + tiles(m, n, k, packedRows);
    double packedTransposed =
        packA + packB + tiles(n, m, k, packedRows) + (double) m * n * STORE_OTHER_ROWS;
    Way best = packedTransposed < packed ? Way.PACKED_TRANSPOSED : Way.PACKED;
    double least = Math.min(packed, packedTransposed);
    if (rowsContiguous) {
      double aInPlace = packB + tilesInPlace(m, n, k);
      best = aInPlace < least ? Way.A_IN_PLACE : best;
      least = Math.min(least, aInPlace);
    }
    if (columnsContiguous) {
      double bInPlace = packA + tilesInPlace(n, m, k) + (double) m * n * STORE_FOUR_ROWS;
      best = bInPlace < least ? Way.B_IN_PLACE : best;
    }
    return best;
  }

  private double tilesInPlace(int rows, int columns, int k) {
    double count = tileCount(rows, columns, InPlaceKernels.ROWS);
    double furtherLoops = count * (InPlaceKernels.loops(k) - 1) * BEGIN_TILE;
    return IN_PLACE * tiles(rows, columns, k, InPlaceKernels.ROWS) + furtherLoops;
  }

  private double tiles(int rows, int columns, int k, int tileRows) {
    double vectors = tileRows * (tileColumns / (double) lanes);
    return tileCount(rows, columns, tileRows) * (BEGIN_TILE + vectors * k);
  }

  private double tileCount(int rows, int columns, int tileRows) {
    return Math.ceil(rows / (double) tileRows) * Math.ceil(columns / (double) tileColumns);
  }
}
