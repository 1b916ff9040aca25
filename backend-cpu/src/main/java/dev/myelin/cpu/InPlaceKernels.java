package dev.myelin.cpu;

import java.lang.invoke.VarHandle;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Tiles whose values of A are read where the caller has them, for products in which packing A would
 * take longer than it saves.
 *
 * <p>Rows of A must be contiguous in p. Each has an address of its own, whose computing takes an
 * instruction for two multiply-adds; so these tiles need more instructions than {@link
 * TileKernels}' and lose more where another program runs on the core's other hardware thread.
 */
final class InPlaceKernels {
  private static final VectorSpecies<Float> FLOATS = VectorWidth.FLOATS;
  private static final int LANES = TileKernels.LANES;
  private static final int PANEL_COLUMNS = TileKernels.PANEL_COLUMNS;

  /**
   * Six rows, one step a round; or four, two steps a round and fences between loads. JDK 17 loads
   * the values of all rows at once, for which 16 registers are too few: six rows run at less than
   * half the speed there, and four are a fifth faster with fences. JDK 25 keeps the order of loads,
   * unless there are two steps. JDKs 18 to 24 were not measured.
   */
  private static final boolean SIX_ROWS =
      Runtime.version().feature() >= 21 || VectorWidth.REGISTERS == 32;

  /** Rows of a tile. */
  static final int ROWS = SIX_ROWS ? 6 : 4;

  private InPlaceKernels() {}

  /**
   * As {@link TileKernels#multiply}, for any {@code depth}.
   *
   * @param left row i of A begins at {@code leftOffset + i * rowStride}
   * @param rows how many rows there are, at most ROWS; in place of further ones the last is
   *     repeated
   */
  static void multiply(
      int rows,
      int depth,
      float[] left,
      int leftOffset,
      int rowStride,
      float[] right,
      int rightOffset,
      float[] start,
      int startOffset,
      int startStride,
      float[] c,
      int cOffset,
      int cStride) {
    int row1 = leftOffset + Math.min(1, rows - 1) * rowStride;
    int row2 = leftOffset + Math.min(2, rows - 1) * rowStride;
    int row3 = leftOffset + Math.min(3, rows - 1) * rowStride;
    if (SIX_ROWS) {
      int row4 = leftOffset + Math.min(4, rows - 1) * rowStride;
      int row5 = leftOffset + (rows - 1) * rowStride;
      sixRows(
          depth,
          left,
          leftOffset,
          row1,
          row2,
          row3,
          row4,
          row5,
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
    fourRows(
        depth / 2,
        left,
        leftOffset,
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
      int last = depth - 1;
      addStep(
          rows,
          left,
          leftOffset + last,
          rowStride,
          right,
          rightOffset + last * PANEL_COLUMNS,
          c,
          cOffset,
          cStride);
    }
  }

  private static void fourRows(
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

  /** Adds the product of one step; in a loop, so that {@link #fourRows} keeps its registers. */
  private static void addStep(
      int rows,
      float[] left,
      int leftOffset,
      int rowStride,
      float[] right,
      int rightOffset,
      float[] c,
      int cOffset,
      int cStride) {
    FloatVector right0 = FloatVector.fromArray(FLOATS, right, rightOffset);
    FloatVector right1 = FloatVector.fromArray(FLOATS, right, rightOffset + LANES);
    for (int i = 0; i < rows; i++) {
      FloatVector row = FloatVector.broadcast(FLOATS, left[leftOffset + i * rowStride]);
      int at = cOffset + i * cStride;
      row.fma(right0, FloatVector.fromArray(FLOATS, c, at)).intoArray(c, at);
      row.fma(right1, FloatVector.fromArray(FLOATS, c, at + LANES)).intoArray(c, at + LANES);
    }
  }

  private static void sixRows(
      int depth,
      float[] left,
      int row0,
      int row1,
      int row2,
      int row3,
      int row4,
      int row5,
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
    for (int p = 0; p < depth; p++) {
      int r = rightOffset + p * PANEL_COLUMNS;
      FloatVector right0 = FloatVector.fromArray(FLOATS, right, r);
      FloatVector right1 = FloatVector.fromArray(FLOATS, right, r + LANES);
      FloatVector row = FloatVector.broadcast(FLOATS, left[row0 + p]);
      sum00 = row.fma(right0, sum00);
      sum01 = row.fma(right1, sum01);
      row = FloatVector.broadcast(FLOATS, left[row1 + p]);
      sum10 = row.fma(right0, sum10);
      sum11 = row.fma(right1, sum11);
      row = FloatVector.broadcast(FLOATS, left[row2 + p]);
      sum20 = row.fma(right0, sum20);
      sum21 = row.fma(right1, sum21);
      row = FloatVector.broadcast(FLOATS, left[row3 + p]);
      sum30 = row.fma(right0, sum30);
      sum31 = row.fma(right1, sum31);
      row = FloatVector.broadcast(FLOATS, left[row4 + p]);
      sum40 = row.fma(right0, sum40);
      sum41 = row.fma(right1, sum41);
      row = FloatVector.broadcast(FLOATS, left[row5 + p]);
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
