package dev.myelin.cpu;

import dev.myelin.cpu.GemmOperand.Form;

/**
 * Chooses how a matrix product is computed: with both factors packed or with one of them read in
 * place, and as itself or as the transpose, C^T = op(B)^T op(A)^T.
 *
 * <p>A factor can be read in place as the left one of the tiles if its rows are contiguous along
 * the inner dimension. That saves packing it, which for a thin product takes longer than anything
 * packing can gain; and where both can be, the one with more elements should be. The transpose has
 * other ragged edges, too, but its tiles are written to C element by element.
 *
 * <p>With 32 registers, the kernels also read factors in place whose neighbouring lanes are
 * neighbours in memory, and a left factor that is contiguous along the inner dimension is packed by
 * blocks, which are copied.
 *
 * <p>The costs compared are estimates in vector multiply-adds. They were fitted, with 16 registers
 * on AVX2 (two a cycle) and with 32 on AVX-512 of Zen 4 (one a cycle), to the times of
 * docs/notes/cpu-gemm.md.
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

  /** Of ways that cost the same, the first. */
  private static final Way[] WAYS = Way.values();

  /** To pack a float whose lane is contiguous: it is written far from its neighbour. */
  private static final double PACK_TRANSPOSING = 3;

  /** The same where vectors are so wide: {@link Transposition} takes half of it. */
  private static final double PACK_TRANSPOSING_WIDE = 2;

  /** To pack a float of a lane that is not: neighbouring lanes are copied together. */
  private static final double PACK_COPYING = 1.25;

  /** To pack a float into a block. */
  private static final double PACK_BLOCK = 1;

  /** What packing takes where a vector multiply-add takes twice the time, as on Zen 4. */
  private static final double OF_WIDE_VECTORS = 0.5;

  /** To write an element of a transposed tile of four rows. */
  private static final double STORE_FOUR_ROWS = 1;

  /** To write one of any other transposed tile; much more where C is read for each slice, too. */
  private static final double STORE_OTHER_ROWS = 10;

  private static final double BEGIN_TILE = 80;

  /** How much longer tiles in place take: 1.08 alone on the core, more with a neighbour. */
  private static final double IN_PLACE = 1.15;

  /** The same where vectors are so wide that instructions are not what limits. */
  private static final double IN_PLACE_WIDE = 1.08;

  /** How much longer tiles of five rows take, for each multiply-add, than those of eight. */
  private static final double FIVE_ROWS = 1.1;

  /** A right factor used by more rows is worth packing. */
  private static final int MAX_ROWS_OF_PANELS_IN_PLACE = 256;

  /** One of more floats, 2 MiB, is spread over too many pages. */
  private static final int MAX_PANELS_IN_PLACE = 1 << 19;

  /** Rows that are a multiple of this apart meet in the same few lines of the cache. */
  private static final int CACHE_DISTANCE = 1024;

  /** So many values that lie so far apart do not stay in an L2 of 1 MiB. */
  private static final int MIN_DEPTH_TO_FALL_OUT = 256;

  /** A left factor used by fewer columns is sooner read from L3 than packed. */
  private static final int MIN_COLUMNS_WORTH_PACKING = 1024;

  private final int packedRows;
  private final int tileColumns;
  private final int lanes;
  private final boolean readsPanelsInPlace;
  private final double packCost;
  private final double packTransposing;
  private final double inPlaceCost;

  /**
   * @param packedRows rows of a tile whose left factor is packed
   * @param tileColumns columns of any tile
   * @param lanes floats in a vector
   * @param registers 16 or 32 vector registers
   */
  GemmPlan(int packedRows, int tileColumns, int lanes, int registers) {
    this.packedRows = packedRows;
    this.tileColumns = tileColumns;
    this.lanes = lanes;
    readsPanelsInPlace = registers == 32;
    packTransposing = lanes == 16 ? PACK_TRANSPOSING_WIDE : PACK_TRANSPOSING;
    packCost = lanes == 16 ? OF_WIDE_VECTORS : 1;
    inPlaceCost = lanes == 16 ? IN_PLACE_WIDE : IN_PLACE;
  }

  /**
   * Chooses for op(A) of [m, k] and op(B) of [k, n].
   *
   * @param rowsContiguous whether the rows of op(A) are contiguous in memory
   * @param columnsContiguous whether the columns of op(B) are
   */
  Way choose(int m, int n, int k, boolean rowsContiguous, boolean columnsContiguous) {
    Way best = Way.PACKED;
    double least = Double.POSITIVE_INFINITY;
    for (Way way : WAYS) {
      boolean leftContiguous = way.transposed ? columnsContiguous : rowsContiguous;
      boolean rightContiguous = way.transposed ? rowsContiguous : columnsContiguous;
      if (way.leftInPlace && !leftContiguous) {
        continue;
      }
      int rows = way.transposed ? n : m;
      int columns = way.transposed ? m : n;
      Form left = left(way, rows, columns, k, leftContiguous);
      double cost =
          pack(left, leftContiguous, rows, k)
              + pack(right(way, rows, columns, k, rightContiguous), rightContiguous, columns, k)
              + tiles(left, rows, columns, k);
      if (way.transposed) {
        cost += (double) m * n * (way.leftInPlace ? STORE_FOUR_ROWS : STORE_OTHER_ROWS);
      }
      if (cost < least) {
        least = cost;
        best = way;
      }
    }
    return best;
  }

  /**
   * How the tiles read their left factor, of [rows, k].
   *
   * @param contiguous whether its rows are contiguous in memory
   */
  Form left(Way way, int rows, int columns, int k, boolean contiguous) {
    if (way.leftInPlace) {
      return Form.LANES_IN_PLACE;
    }
    if (!readsPanelsInPlace) {
      return Form.PANELS;
    }
    if (contiguous) {
      return Form.BLOCKS;
    }
    boolean fallsOutOfCache =
        rows % CACHE_DISTANCE == 0
            && k >= MIN_DEPTH_TO_FALL_OUT
            && columns >= MIN_COLUMNS_WORTH_PACKING;
    return fallsOutOfCache ? Form.PANELS : Form.PANELS_IN_PLACE;
  }

  /**
   * How the tiles read their right factor, of [k, columns].
   *
   * @param contiguous whether its columns are contiguous in memory
   */
  Form right(Way way, int rows, int columns, int k, boolean contiguous) {
    boolean inPlace =
        readsPanelsInPlace
            && !way.leftInPlace
            && !contiguous
            && rows <= MAX_ROWS_OF_PANELS_IN_PLACE
            && (long) columns * k <= MAX_PANELS_IN_PLACE
            && columns % CACHE_DISTANCE != 0;
    return inPlace ? Form.PANELS_IN_PLACE : Form.PANELS;
  }

  /** How many rows a tile has whose left factor, of [rows, k], has that form. */
  int tileRows(Form left, int rows, int columns, int k) {
    return switch (left) {
      case PANELS, BLOCKS -> packedRows;
      case LANES_IN_PLACE -> InPlaceKernels.ROWS;
      case PANELS_IN_PLACE -> {
        double five = FIVE_ROWS * tiles(FiveRowKernel.ROWS, rows, columns, k);
        yield five < tiles(packedRows, rows, columns, k) ? FiveRowKernel.ROWS : packedRows;
      }
    };
  }

  private double pack(Form form, boolean contiguous, int lanesToPack, int k) {
    double floats = (double) lanesToPack * k * packCost;
    return switch (form) {
      case PANELS -> floats * (contiguous ? packTransposing : PACK_COPYING);
      case BLOCKS -> floats * PACK_BLOCK;
      case LANES_IN_PLACE, PANELS_IN_PLACE -> 0;
    };
  }

  private double tiles(Form left, int rows, int columns, int k) {
    int tileRows = tileRows(left, rows, columns, k);
    double cost = tiles(tileRows, rows, columns, k);
    if (left == Form.LANES_IN_PLACE) {
      int furtherLoops = InPlaceKernels.loops(k) - 1;
      return inPlaceCost * cost + tileCount(tileRows, rows, columns) * furtherLoops * BEGIN_TILE;
    }
    return tileRows == FiveRowKernel.ROWS ? FIVE_ROWS * cost : cost;
  }

  private double tiles(int tileRows, int rows, int columns, int k) {
    double vectors = tileRows * (tileColumns / (double) lanes);
    return tileCount(tileRows, rows, columns) * (BEGIN_TILE + vectors * k);
  }

  private double tileCount(int tileRows, int rows, int columns) {
    return Math.ceil(rows / (double) tileRows) * Math.ceil(columns / (double) tileColumns);
  }
}
