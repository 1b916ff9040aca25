package dev.myelin.cpu;

import java.lang.invoke.VarHandle;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Tiles of {@link #ROWS} rows whose values of A are read where the caller has them, for products in
 * which packing A would take longer than it saves.
 *
 * <p>Rows of A must be contiguous in p. Eight sums just cover the latency of the fused multiply-add
 * (4 cycles at 2 per cycle), and with two vectors of B leave registers for the four values of A,
 * which the compiler loads at once; {@link TileKernels}' six rows do not, when each of them has an
 * address of its own.
 */
final class InPlaceKernels {
  private static final VectorSpecies<Float> FLOATS = VectorWidth.FLOATS;
  private static final int LANES = TileKernels.LANES;
  private static final int PANEL_COLUMNS = TileKernels.PANEL_COLUMNS;

  /** Rows of a tile. */
  static final int ROWS = 4;

  /**
   * Whether to take two steps along p a round. On JDK 17 they are a fifth faster; four were faster
   * still, until in some runs it stopped inlining. On JDK 25 two steps are half as fast: it loads
   * the values of both first, more than there are registers for. What lies between was not measured
   * and gets the one that cannot be slow.
   *
   * <p>Whoever changes these loops should run them with G1 and with the parallel collector: the
   * compiler cuts loops into strips with the one only, and what is fast with one may be half as
   * fast with the other.
   */
  private static final boolean TWO_STEPS =
      Runtime.version().feature() < 21 && VectorWidth.REGISTERS == 16;

  private InPlaceKernels() {}

  /** How many loops a tile of that depth takes: one of two steps a round, and one for the rest. */
  static int loops(int depth) {
    return TWO_STEPS && depth > 1 && depth % 2 != 0 ? 2 : 1;
  }

  /**
   * As {@link TileKernels#multiply}, with the four rows of A at {@code row0} to {@code row3} of
   * {@code left}, each {@code depth} values long; {@code depth} may be any.
   */
  static void multiply(
      int depth,
      float[] left,
      int row0,
      int row1,
      int row2,
      int row3,
      float[] right,
      int rightOffset,
      float[] start,
      int startOffset,
      int startStride,
      float[] c,
      int cOffset,
      int cStride) {
    if (!TWO_STEPS || depth == 1) {
      oneStep(
          depth,
          left,
          row0,
          row1,
          row2,
          row3,
          right,
          rightOffset,
          start,
          startOffset,
          startStride,
          c,
          cOffset,
          cStride);
      return;
    }
    twoSteps(
        depth / 2,
        left,
        row0,
        row1,
        row2,
        row3,
        right,
        rightOffset,
        start,
        startOffset,
        startStride,
        c,
        cOffset,
        cStride);
    if (depth % 2 != 0) {
      int done = depth - 1;
      oneStep(
          1,
          left,
          row0 + done,
          row1 + done,
          row2 + done,
          row3 + done,
          right,
          rightOffset + done * PANEL_COLUMNS,
          c,
          cOffset,
          cStride,
          c,
          cOffset,
          cStride);
    }
  }

  private static void twoSteps(
      int rounds,
      float[] left,
      int row0,
      int row1,
      int row2,
      int row3,
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
    for (int round = 0; round < rounds; round++) {
      int p = 2 * round;
      int r = rightOffset + round * (2 * PANEL_COLUMNS);
      FloatVector right0 = FloatVector.fromArray(FLOATS, right, r);
      FloatVector right1 = FloatVector.fromArray(FLOATS, right, r + LANES);
      FloatVector row = FloatVector.broadcast(FLOATS, left[row0 + p]);
      sum00 = row.fma(right0, sum00);
      sum01 = row.fma(right1, sum01);
      VarHandle.acquireFence();
      row = FloatVector.broadcast(FLOATS, left[row1 + p]);
      sum10 = row.fma(right0, sum10);
      sum11 = row.fma(right1, sum11);
      VarHandle.acquireFence();
      row = FloatVector.broadcast(FLOATS, left[row2 + p]);
      sum20 = row.fma(right0, sum20);
      sum21 = row.fma(right1, sum21);
      VarHandle.acquireFence();
      row = FloatVector.broadcast(FLOATS, left[row3 + p]);
      sum30 = row.fma(right0, sum30);
      sum31 = row.fma(right1, sum31);

      VarHandle.acquireFence();
      right0 = FloatVector.fromArray(FLOATS, right, r + PANEL_COLUMNS);
      right1 = FloatVector.fromArray(FLOATS, right, r + PANEL_COLUMNS + LANES);
      row = FloatVector.broadcast(FLOATS, left[row0 + p + 1]);
      sum00 = row.fma(right0, sum00);
      sum01 = row.fma(right1, sum01);
      VarHandle.acquireFence();
      row = FloatVector.broadcast(FLOATS, left[row1 + p + 1]);
      sum10 = row.fma(right0, sum10);
      sum11 = row.fma(right1, sum11);
      VarHandle.acquireFence();
      row = FloatVector.broadcast(FLOATS, left[row2 + p + 1]);
      sum20 = row.fma(right0, sum20);
      sum21 = row.fma(right1, sum21);
      VarHandle.acquireFence();
      row = FloatVector.broadcast(FLOATS, left[row3 + p + 1]);
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

  private static void oneStep(
      int rounds,
      float[] left,
      int row0,
      int row1,
      int row2,
      int row3,
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
    // With 16 registers, range checks that stay in the loop take a fifth more time.
    int one = VectorWidth.REGISTERS == 32 ? TileKernels.unknownOne : 1;
    for (int round = 0; round < rounds; round += one) {
      int r = rightOffset + round * PANEL_COLUMNS;
      FloatVector right0 = FloatVector.fromArray(FLOATS, right, r);
      FloatVector right1 = FloatVector.fromArray(FLOATS, right, r + LANES);
      FloatVector row = FloatVector.broadcast(FLOATS, left[row0 + round]);
      sum00 = row.fma(right0, sum00);
      sum01 = row.fma(right1, sum01);
      row = FloatVector.broadcast(FLOATS, left[row1 + round]);
      sum10 = row.fma(right0, sum10);
      sum11 = row.fma(right1, sum11);
      row = FloatVector.broadcast(FLOATS, left[row2 + round]);
      sum20 = row.fma(right0, sum20);
      sum21 = row.fma(right1, sum21);
      row = FloatVector.broadcast(FLOATS, left[row3 + round]);
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
}
