package dev.myelin.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Tiles of 8 rows, for instruction sets with 32 vector registers (AVX-512, NEON, SVE). {@link
 * TileKernels} has formula, reasons and source.
 *
 * <p>Eight rows of two vectors take 16 sums, which leaves registers and, with 10 loads for 16
 * multiply-adds, instructions to spare: so the distance between the values of two steps may be
 * anything, and factors need not be packed to be read (see {@link GemmOperand.Form}).
 */
final class EightRowKernels {
  private static final VectorSpecies<Float> FLOATS = VectorWidth.FLOATS;
  private static final int LANES = TileKernels.LANES;

  /** Rows of a tile. */
  static final int ROWS = 8;

  /** Values of one row that lie side by side in a panel of blocks. */
  static final int BLOCK = 16;

  /** From behind a block of a row to the next block of that row. */
  static final int BLOCK_SKIP = (ROWS - 1) * BLOCK;

  private EightRowKernels() {}

  /**
   * As {@link TileKernels#multiply}, from where the values lie.
   *
   * @param left the values of p for the eight rows, side by side, at {@code leftOffset + p *
   *     leftStride}
   * @param right those of two vectors of columns, at {@code rightOffset + p * rightStride}
   */
  static void multiply(
      int depth,
      float[] left,
      int leftOffset,
      int leftStride,
      float[] right,
      int rightOffset,
      int rightStride,
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
    FloatVector sum60 = FloatVector.fromArray(FLOATS, start, startOffset + 6 * startStride);
    FloatVector sum61 = FloatVector.fromArray(FLOATS, start, startOffset + 6 * startStride + LANES);
    FloatVector sum70 = FloatVector.fromArray(FLOATS, start, startOffset + 7 * startStride);
    FloatVector sum71 = FloatVector.fromArray(FLOATS, start, startOffset + 7 * startStride + LANES);
    for (int p = 0; p < depth; p++) {
      int l = leftOffset + p * leftStride;
      int r = rightOffset + p * rightStride;
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
      row = FloatVector.broadcast(FLOATS, left[l + 4]);
      sum40 = row.fma(right0, sum40);
      sum41 = row.fma(right1, sum41);
      row = FloatVector.broadcast(FLOATS, left[l + 5]);
      sum50 = row.fma(right0, sum50);
      sum51 = row.fma(right1, sum51);
      row = FloatVector.broadcast(FLOATS, left[l + 6]);
      sum60 = row.fma(right0, sum60);
      sum61 = row.fma(right1, sum61);
      row = FloatVector.broadcast(FLOATS, left[l + 7]);
      sum70 = row.fma(right0, sum70);
      sum71 = row.fma(right1, sum71);
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
    sum60.intoArray(c, cOffset + 6 * cStride);
    sum61.intoArray(c, cOffset + 6 * cStride + LANES);
    sum70.intoArray(c, cOffset + 7 * cStride);
    sum71.intoArray(c, cOffset + 7 * cStride + LANES);
  }

  /**
   * As {@link #multiply}, with a left panel of blocks: {@link #BLOCK} values of the first row, as
   * many of the second one, and so on, then the next {@link #BLOCK} of the first row.
   */
  static void multiplyBlocks(
      int depth,
      float[] left,
      int leftOffset,
      float[] right,
      int rightOffset,
      int rightStride,
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
    FloatVector sum60 = FloatVector.fromArray(FLOATS, start, startOffset + 6 * startStride);
    FloatVector sum61 = FloatVector.fromArray(FLOATS, start, startOffset + 6 * startStride + LANES);
    FloatVector sum70 = FloatVector.fromArray(FLOATS, start, startOffset + 7 * startStride);
    FloatVector sum71 = FloatVector.fromArray(FLOATS, start, startOffset + 7 * startStride + LANES);
    int one = TileKernels.unknownOne;
    for (int p = 0; p < depth; p += one) {
      int l = leftOffset + p + p / BLOCK * BLOCK_SKIP;
      int r = rightOffset + p * rightStride;
      FloatVector right0 = FloatVector.fromArray(FLOATS, right, r);
      FloatVector right1 = FloatVector.fromArray(FLOATS, right, r + LANES);
      FloatVector row = FloatVector.broadcast(FLOATS, left[l]);
      sum00 = row.fma(right0, sum00);
      sum01 = row.fma(right1, sum01);
      row = FloatVector.broadcast(FLOATS, left[l + BLOCK]);
      sum10 = row.fma(right0, sum10);
      sum11 = row.fma(right1, sum11);
      row = FloatVector.broadcast(FLOATS, left[l + 2 * BLOCK]);
      sum20 = row.fma(right0, sum20);
      sum21 = row.fma(right1, sum21);
      row = FloatVector.broadcast(FLOATS, left[l + 3 * BLOCK]);
      sum30 = row.fma(right0, sum30);
      sum31 = row.fma(right1, sum31);
      row = FloatVector.broadcast(FLOATS, left[l + 4 * BLOCK]);
      sum40 = row.fma(right0, sum40);
      sum41 = row.fma(right1, sum41);
      row = FloatVector.broadcast(FLOATS, left[l + 5 * BLOCK]);
      sum50 = row.fma(right0, sum50);
      sum51 = row.fma(right1, sum51);
      row = FloatVector.broadcast(FLOATS, left[l + 6 * BLOCK]);
      sum60 = row.fma(right0, sum60);
      sum61 = row.fma(right1, sum61);
      row = FloatVector.broadcast(FLOATS, left[l + 7 * BLOCK]);
      sum70 = row.fma(right0, sum70);
      sum71 = row.fma(right1, sum71);
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
    sum60.intoArray(c, cOffset + 6 * cStride);
    sum61.intoArray(c, cOffset + 6 * cStride + LANES);
    sum70.intoArray(c, cOffset + 7 * cStride);
    sum71.intoArray(c, cOffset + 7 * cStride + LANES);
  }
}
