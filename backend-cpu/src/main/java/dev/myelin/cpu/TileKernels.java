package dev.myelin.cpu;

import java.lang.invoke.VarHandle;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The innermost loops of the matrix product: one tile of C stays in registers while a panel of A
 * and a panel of B stream past.
 *
 * <p>c[i, j] = start[i, j] + sum over p of left[p, i] right[p, j], in the order of p, by fused
 * multiply-add. Layout: a left panel holds {@link #LEFT_STRIDE} floats for each p, of which the
 * first {@link #PANEL_ROWS} count, a right panel {@link #PANEL_COLUMNS}.
 *
 * <p>Why these tiles: a kernel needs enough independent sums to cover the latency of the fused
 * multiply-add (4 cycles at 2 per cycle: 8 sums) and few instructions beside them. The textbook's 6
 * x 2 vectors take 12 sums, 2 vectors of B and one value of A, 15 of 16 registers. That holds only
 * if each value of A is loaded right before its use; left alone, the compiler loads several at
 * once, and then a sum lives on the stack and the speed is halved. Between two fences it may not
 * exchange loads; a fence between loads is no instruction on x86. The stride is a power of two
 * because JDK 17 takes range checks out of a loop for such strides only.
 *
 * <p>Two steps along p a round spend fewer instructions on the loop itself. Four would spend fewer
 * still, but the compiler stops inlining in a body with many more vector operations (seen with 104,
 * in one run of two), and then makes an object of every vector. For that reason there is also no
 * branch for a start from zero; the caller passes zeros.
 *
 * <p>Source of the method: Goto, van de Geijn, "Anatomy of High-Performance Matrix Multiplication",
 * ACM TOMS 34(3), 2008; Van Zee, van de Geijn, "BLIS", ACM TOMS 41(3), 2015.
 */
final class TileKernels {
  private static final VectorSpecies<Float> FLOATS = VectorWidth.FLOATS;

  /** Columns of one vector. */
  static final int LANES = FLOATS.length();

  /** Rows of a tile. */
  static final int PANEL_ROWS = VectorWidth.REGISTERS == 32 ? EightRowKernels.ROWS : 6;

  /** The depth of a panel is a multiple of this; {@link EightRowKernels} take any. */
  static final int DEPTH_STEP = VectorWidth.REGISTERS == 32 ? 1 : 2;

  /** Slices of the depth begin at multiples of this. */
  static final int SLICE_STEP = VectorWidth.REGISTERS == 32 ? EightRowKernels.BLOCK : DEPTH_STEP;

  /** Floats for each p in a left panel. */
  static final int LEFT_STRIDE = 8;

  /** Columns of a tile, and floats for each p in a right panel. */
  static final int PANEL_COLUMNS = 2 * LANES;

  /**
   * 1, which the compiler cannot know. A loop of this stride it leaves as it is written, where it
   * would cut one of a known stride into strips, with some garbage collectors, or unroll it, with
   * the others: either made some kernels 6% slower.
   */
  static int unknownOne = 1;

  private TileKernels() {}

  /**
   * Computes and writes a tile of six rows and PANEL_COLUMNS columns, where there are 16 registers.
   *
   * @param depth even
   * @param left the panel of A, at {@code leftOffset}
   * @param right the panel of B, at {@code rightOffset}
   * @param start the values that the sums start from, at {@code startOffset}, its rows {@code
   *     startStride} apart; may be {@code c}
   * @param c takes the tile at {@code cOffset}, its rows {@code cStride} apart
   */
  static void multiply(
      int depth,
      float[] left,
      int leftOffset,
      float[] right,
      int rightOffset,
      float[] start,
      int startOffset,
      int startStride,
      float[] c,
      int cOffset,
      int cStride) {
    FloatVector sum00 = FloatVector.fromArray(FLOATS, start, startOffset);
    FloatVector sum01 = FloatVector.fromArray(FLOATS, start, startOffset + LANES);
    FloatVector sum10 = FloatVector.fromArray(FLOATS, start, startOffset + startStride);
    FloatVector sum11 = FloatVector.fromArray(FLOATS, start, startOffset + startStride + LANES);
    FloatVector sum20 = FloatVector.fromArray(FLOATS, start, startOffset + 2 * startStride);
    FloatVector sum21 = FloatVector.fromArray(FLOATS, start, startOffset + 2 * startStride + LANES);
    FloatVector sum30 = FloatVector.fromArray(FLOATS, start, startOffset + 3 * startStride);
    FloatVector sum31 = FloatVector.fromArray(FLOATS, start, startOffset + 3 * startStride + LANES);
    FloatVector sum40 = FloatVector.fromArray(FLOATS, start, startOffset + 4 * startStride);
    FloatVector sum41 = FloatVector.fromArray(FLOATS, start, startOffset + 4 * startStride + LANES);
    FloatVector sum50 = FloatVector.fromArray(FLOATS, start, startOffset + 5 * startStride);
    FloatVector sum51 = FloatVector.fromArray(FLOATS, start, startOffset + 5 * startStride + LANES);
    for (int step = 0; step < depth / 2; step++) {
      int l = leftOffset + step * (2 * LEFT_STRIDE);
      int r = rightOffset + step * (2 * PANEL_COLUMNS);
      FloatVector right0 = FloatVector.fromArray(FLOATS, right, r);
      FloatVector right1 = FloatVector.fromArray(FLOATS, right, r + LANES);
      FloatVector row = FloatVector.broadcast(FLOATS, left[l]);
      sum00 = row.fma(right0, sum00);
      sum01 = row.fma(right1, sum01);
      VarHandle.acquireFence();
      row = FloatVector.broadcast(FLOATS, left[l + 1]);
      sum10 = row.fma(right0, sum10);
      sum11 = row.fma(right1, sum11);
      VarHandle.acquireFence();
      row = FloatVector.broadcast(FLOATS, left[l + 2]);
      sum20 = row.fma(right0, sum20);
      sum21 = row.fma(right1, sum21);
      VarHandle.acquireFence();
      row = FloatVector.broadcast(FLOATS, left[l + 3]);
      sum30 = row.fma(right0, sum30);
      sum31 = row.fma(right1, sum31);
      VarHandle.acquireFence();
      row = FloatVector.broadcast(FLOATS, left[l + 4]);
      sum40 = row.fma(right0, sum40);
      sum41 = row.fma(right1, sum41);
      VarHandle.acquireFence();
      row = FloatVector.broadcast(FLOATS, left[l + 5]);
      sum50 = row.fma(right0, sum50);
      sum51 = row.fma(right1, sum51);

      VarHandle.acquireFence();
      right0 = FloatVector.fromArray(FLOATS, right, r + PANEL_COLUMNS);
      right1 = FloatVector.fromArray(FLOATS, right, r + PANEL_COLUMNS + LANES);
      row = FloatVector.broadcast(FLOATS, left[l + LEFT_STRIDE]);
      sum00 = row.fma(right0, sum00);
      sum01 = row.fma(right1, sum01);
      VarHandle.acquireFence();
      row = FloatVector.broadcast(FLOATS, left[l + LEFT_STRIDE + 1]);
      sum10 = row.fma(right0, sum10);
      sum11 = row.fma(right1, sum11);
      VarHandle.acquireFence();
      row = FloatVector.broadcast(FLOATS, left[l + LEFT_STRIDE + 2]);
      sum20 = row.fma(right0, sum20);
      sum21 = row.fma(right1, sum21);
      VarHandle.acquireFence();
      row = FloatVector.broadcast(FLOATS, left[l + LEFT_STRIDE + 3]);
      sum30 = row.fma(right0, sum30);
      sum31 = row.fma(right1, sum31);
      VarHandle.acquireFence();
      row = FloatVector.broadcast(FLOATS, left[l + LEFT_STRIDE + 4]);
      sum40 = row.fma(right0, sum40);
      sum41 = row.fma(right1, sum41);
      VarHandle.acquireFence();
      row = FloatVector.broadcast(FLOATS, left[l + LEFT_STRIDE + 5]);
      sum50 = row.fma(right0, sum50);
      sum51 = row.fma(right1, sum51);
    }
    sum00.intoArray(c, cOffset);
    sum01.intoArray(c, cOffset + LANES);
    sum10.intoArray(c, cOffset + cStride);
    sum11.intoArray(c, cOffset + cStride + LANES);
    sum20.intoArray(c, cOffset + 2 * cStride);
    sum21.intoArray(c, cOffset + 2 * cStride + LANES);
    sum30.intoArray(c, cOffset + 3 * cStride);
    sum31.intoArray(c, cOffset + 3 * cStride + LANES);
    sum40.intoArray(c, cOffset + 4 * cStride);
    sum41.intoArray(c, cOffset + 4 * cStride + LANES);
    sum50.intoArray(c, cOffset + 5 * cStride);
    sum51.intoArray(c, cOffset + 5 * cStride + LANES);
  }
}
