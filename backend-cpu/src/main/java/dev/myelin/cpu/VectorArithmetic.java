package dev.myelin.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sums, differences and products of ranges. Each method returns how many elements it did, from the
 * beginning: as many as fill whole vectors.
 */
final class VectorArithmetic {
  private static final VectorSpecies<Float> FLOATS = VectorWidth.FLOATS;
  private static final VectorSpecies<Integer> INTS =
      VectorSpecies.of(int.class, FLOATS.vectorShape());
  private static final int LANES = FLOATS.length();

  private VectorArithmetic() {}

  static int add(
      float[] a, int aStart, float[] b, int bStart, float[] out, int outStart, int count) {
    int whole = FLOATS.loopBound(count);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector left = FloatVector.fromArray(FLOATS, a, aStart + i);
      FloatVector right = FloatVector.fromArray(FLOATS, b, bStart + i);
      left.add(right).intoArray(out, outStart + i);
    }
    return whole;
  }

  static int add(int[] a, int aStart, int[] b, int bStart, int[] out, int outStart, int count) {
    int whole = INTS.loopBound(count);
    for (int i = 0; i < whole; i += LANES) {
      IntVector left = IntVector.fromArray(INTS, a, aStart + i);
      IntVector right = IntVector.fromArray(INTS, b, bStart + i);
      left.add(right).intoArray(out, outStart + i);
    }
    return whole;
  }

  static int subtract(
      float[] a, int aStart, float[] b, int bStart, float[] out, int outStart, int count) {
    int whole = FLOATS.loopBound(count);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector left = FloatVector.fromArray(FLOATS, a, aStart + i);
      FloatVector right = FloatVector.fromArray(FLOATS, b, bStart + i);
      left.sub(right).intoArray(out, outStart + i);
    }
    return whole;
  }

  static int multiply(
      float[] a, int aStart, float[] b, int bStart, float[] out, int outStart, int count) {
    int whole = FLOATS.loopBound(count);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector left = FloatVector.fromArray(FLOATS, a, aStart + i);
      FloatVector right = FloatVector.fromArray(FLOATS, b, bStart + i);
      left.mul(right).intoArray(out, outStart + i);
    }
    return whole;
  }

  static int scale(float[] in, int inStart, float factor, float[] out, int outStart, int count) {
    int whole = FLOATS.loopBound(count);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector.fromArray(FLOATS, in, inStart + i).mul(factor).intoArray(out, outStart + i);
    }
    return whole;
  }

  /** sums[j] += the sum of eight rows; see {@link ElementKernels#addRows}. */
  static int addEightRows(
      float[] matrix, int start, int rowStride, int columns, float[] sums, int sumsStart) {
    int whole = FLOATS.loopBound(columns);
    for (int j = 0; j < whole; j += LANES) {
      int at = start + j;
      FloatVector low = sumOfFourRows(matrix, at, rowStride);
      FloatVector high = sumOfFourRows(matrix, at + 4 * rowStride, rowStride);
      FloatVector sum = FloatVector.fromArray(FLOATS, sums, sumsStart + j);
      sum.add(low.add(high)).intoArray(sums, sumsStart + j);
    }
    return whole;
  }

  private static FloatVector sumOfFourRows(float[] matrix, int start, int rowStride) {
    FloatVector row0 = FloatVector.fromArray(FLOATS, matrix, start);
    FloatVector row1 = FloatVector.fromArray(FLOATS, matrix, start + rowStride);
    FloatVector row2 = FloatVector.fromArray(FLOATS, matrix, start + 2 * rowStride);
    FloatVector row3 = FloatVector.fromArray(FLOATS, matrix, start + 3 * rowStride);
    return row0.add(row1).add(row2.add(row3));
  }
}
