package dev.myelin.cpu;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
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
  private static final VectorSpecies<Double> DOUBLES =
      VectorSpecies.of(double.class, FLOATS.vectorShape());
  private static final boolean HAS_EIGHT_DOUBLES = DOUBLES.length() == 8;
  private static final boolean CAN_SUM =
      LANES == 8 || (LANES == 16 && Runtime.version().feature() >= 21);

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

  /**
   * Whether {@link #sum} is there for so many elements. JDK 17 makes objects of its vectors of 512
   * bits in some programs, depending on what else is compiled with it.
   */
  static boolean canSum(int count) {
    return CAN_SUM && count >= LANES;
  }

  /** The sum of elements in the order of {@link ScalarKernels#sum}, in double precision. */
  static double sum(float[] in, int start, int count) {
    int whole = FLOATS.loopBound(count);
    DoubleVector low = DoubleVector.zero(DOUBLES);
    DoubleVector high = low;
    for (int i = 0; i < whole; i += LANES) {
      FloatVector values = FloatVector.fromArray(FLOATS, in, start + i);
      DoubleVector first = (DoubleVector) values.convertShape(VectorOperators.F2D, DOUBLES, 0);
      DoubleVector second = (DoubleVector) values.convertShape(VectorOperators.F2D, DOUBLES, 1);
      if (HAS_EIGHT_DOUBLES) {
        low = low.add(first).add(second);
      } else {
        low = low.add(first);
        high = high.add(second);
      }
    }
    DoubleVector last = HAS_EIGHT_DOUBLES ? low : high;
    int first = HAS_EIGHT_DOUBLES ? 4 : 0;
    return ScalarKernels.sum(
        in,
        start + whole,
        start + count,
        low.lane(0),
        low.lane(1),
        low.lane(2),
        low.lane(3),
        last.lane(first),
        last.lane(first + 1),
        last.lane(first + 2),
        last.lane(first + 3));
  }

  /**
   * The largest of {@code whole} elements, at least one vector; NaN if one is.
   *
   * <p>Unlike a sum, it is the same in any order: four chains, since each maximum takes the
   * processor several instructions that wait for the last one.
   */
  static float max(float[] in, int start, int whole) {
    FloatVector largest0 = FloatVector.fromArray(FLOATS, in, start);
    FloatVector largest1 = largest0;
    FloatVector largest2 = largest0;
    FloatVector largest3 = largest0;
    int i = LANES;
    for (; i <= whole - 4 * LANES; i += 4 * LANES) {
      largest0 = largest0.max(FloatVector.fromArray(FLOATS, in, start + i));
      largest1 = largest1.max(FloatVector.fromArray(FLOATS, in, start + i + LANES));
      largest2 = largest2.max(FloatVector.fromArray(FLOATS, in, start + i + 2 * LANES));
      largest3 = largest3.max(FloatVector.fromArray(FLOATS, in, start + i + 3 * LANES));
    }
    for (; i < whole; i += LANES) {
      largest0 = largest0.max(FloatVector.fromArray(FLOATS, in, start + i));
    }
    return largest0.max(largest1).max(largest2.max(largest3)).reduceLanes(VectorOperators.MAX);
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
