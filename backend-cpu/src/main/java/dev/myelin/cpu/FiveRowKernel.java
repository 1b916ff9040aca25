package dev.myelin.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Tiles of 5 rows beside those of {@link EightRowKernels}, for products of few rows: the weight
 * gradient of ten classes is two such tiles high, where of two tiles of eight six rows are wasted.
 * Written out like them, because the compiler keeps sums in registers in straight code only.
 */
final class FiveRowKernel {
  private static final VectorSpecies<Float> FLOATS = VectorWidth.FLOATS;
  private static final int LANES = TileKernels.LANES;

  /** Rows of a tile. */
  static final int ROWS = 5;

  private FiveRowKernel() {}

  /** As {@link EightRowKernels#multiply}. */
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
  }
}
