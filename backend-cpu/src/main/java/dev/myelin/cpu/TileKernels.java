package dev.myelin.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The innermost loops of the matrix product: one tile of C stays in registers while a panel of A
 * and a panel of B stream past.
 *
 * <p>tile[i, j] = sum over p of left[p, i] right[p, j], in the order of p, by fused multiply-add
 * from zero. Layout: a left panel holds {@link #PANEL_ROWS} floats for each p, a right panel one or
 * two vectors. Both strides are constants and powers of two, so that the compiler takes the range
 * checks of the loads out of the loop.
 *
 * <p>Why these tiles: a kernel needs enough independent sums to cover the latency of the fused
 * multiply-add (4 cycles at 2 per cycle: 8 sums) and few loads for each of them. The compiler
 * schedules all loads of an iteration before its first multiply-add (JDK 25), so a tile of r rows x
 * v vectors needs r v + v + r registers, and one register too many puts a sum on the stack and
 * halves the speed: 4 x 2 needs 14 of 16, 8 x 2 needs 26 of 32, while the textbook's 6 x 2 needs
 * 20. The loops are not unrolled by hand, nor is C added here: the compiler stops inlining a body
 * with many more vector operations, and then allocates every vector.
 *
 * <p>Source of the method: Goto, van de Geijn, "Anatomy of High-Performance Matrix Multiplication",
 * ACM TOMS 34(3), 2008; Van Zee, van de Geijn, "BLIS", ACM TOMS 41(3), 2015.
 */
final class TileKernels {
  private static final VectorSpecies<Float> FLOATS = VectorWidth.FLOATS;

  /** Columns of one vector. */
  static final int LANES = FLOATS.length();

  /** Rows of the largest tile, and floats for each p in a left panel. */
  static final int PANEL_ROWS = VectorWidth.REGISTERS == 32 ? 8 : 4;

  /** Columns of the largest tile, and floats for each p in a full right panel. */
  static final int PANEL_COLUMNS = 2 * LANES;

  private TileKernels() {}

  /** How many rows the kernels compute for a tile of {@code rows} in [1, PANEL_ROWS] rows. */
  static int paddedRows(int rows, int columns) {
    return rows <= 4 && paddedColumns(columns) == PANEL_COLUMNS ? 4 : PANEL_ROWS;
  }

  /**
   * How many columns the kernels compute, and floats for each p in the right panel. With 4 rows one
   * vector takes as long as two, since 4 sums do not cover the latency.
   */
  static int paddedColumns(int columns) {
    return PANEL_ROWS == 8 && columns <= LANES ? LANES : PANEL_COLUMNS;
  }

  /**
   * Computes and writes a whole tile of paddedRows(rows) x paddedColumns(columns) elements.
   *
   * @param left the panel of A, at {@code leftOffset}
   * @param right the panel of B, at {@code rightOffset}
   * @param c takes the tile at {@code cOffset}, its rows {@code cStride} apart
   */
  static void multiply(
      int rows,
      int columns,
      int depth,
      float[] left,
      int leftOffset,
      float[] right,
      int rightOffset,
      float[] c,
      int cOffset,
      int cStride) {
    if (paddedColumns(columns) == LANES) {
      EightRowKernels.oneVector(depth, left, leftOffset, right, rightOffset, c, cOffset, cStride);
    } else if (rows <= 4) {
      fourRows(depth, left, leftOffset, right, rightOffset, c, cOffset, cStride);
    } else {
      EightRowKernels.twoVectors(depth, left, leftOffset, right, rightOffset, c, cOffset, cStride);
    }
  }

  private static void fourRows(
      int depth,
      float[] left,
      int leftOffset,
      float[] right,
      int rightOffset,
      float[] c,
      int cOffset,
      int cStride) {
    FloatVector zero = FloatVector.zero(FLOATS);
    FloatVector sum00 = zero;
    FloatVector sum01 = zero;
    FloatVector sum10 = zero;
    FloatVector sum11 = zero;
    FloatVector sum20 = zero;
    FloatVector sum21 = zero;
    FloatVector sum30 = zero;
    FloatVector sum31 = zero;
    for (int p = 0; p < depth; p++) {
      int l = leftOffset + p * PANEL_ROWS;
      int r = rightOffset + p * PANEL_COLUMNS;
      FloatVector right0 = FloatVector.fromArray(FLOATS, right, r);
      FloatVector right1 = FloatVector.fromArray(FLOATS, right, r + LANES);
      FloatVector row = FloatVector.broadcast(FLOATS, left[l]);
      sum00 = row.fma(right0, sum00);
      sum01 = row.fma(right1, sum01);
      row = FloatVector.broadcast(FLOATS, left[l + 1]);
      sum10 = row.fma(right0, sum10);
      sum11 = row.fma(right1, sum11);
      row = FloatVector.broadcast(FLOATS, left[l + 2]);
      sum20 = row.fma(right0, sum20);
      sum21 = row.fma(right1, sum21);
      row = FloatVector.broadcast(FLOATS, left[l + 3]);
      sum30 = row.fma(right0, sum30);
      sum31 = row.fma(right1, sum31);
    }
    sum00.intoArray(c, cOffset);
    sum01.intoArray(c, cOffset + LANES);
    sum10.intoArray(c, cOffset + cStride);
    sum11.intoArray(c, cOffset + cStride + LANES);
    sum20.intoArray(c, cOffset + 2 * cStride);
    sum21.intoArray(c, cOffset + 2 * cStride + LANES);
    sum30.intoArray(c, cOffset + 3 * cStride);
    sum31.intoArray(c, cOffset + 3 * cStride + LANES);
  }

  /** C += tile, for a tile of whole vectors whose rows lie {@code columns} apart. */
  static void add(float[] tile, int rows, int columns, float[] c, int cOffset, int cStride) {
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column += LANES) {
        int target = cOffset + row * cStride + column;
        FloatVector part = FloatVector.fromArray(FLOATS, tile, row * columns + column);
        FloatVector.fromArray(FLOATS, c, target).add(part).intoArray(c, target);
      }
    }
  }
}
