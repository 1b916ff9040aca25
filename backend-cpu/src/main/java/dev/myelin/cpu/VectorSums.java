package dev.myelin.cpu;

import static jdk.incubator.vector.VectorOperators.F2D;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sums in float64 in the order that {@link ElementKernels#sum} fixes: the eight interleaved sums
 * lie in one, two or four vectors, by their length. With 64-bit vectors, plain loops do it.
 */
final class VectorSums {
  /** How many elements one turn of the loops takes. */
  static final int STRIDE = 8;

  private static final VectorSpecies<Double> DOUBLES =
      VectorSpecies.of(double.class, VectorWidth.FLOATS.vectorShape());
  private static final int LANES = DOUBLES.length();

  /** Whether there are vectors of float32 for as many lanes. */
  static final boolean SUPPORTED = LANES > 1;

  private static final VectorSpecies<Float> FLOATS =
      SUPPORTED
          ? VectorSpecies.of(float.class, VectorShape.forBitSize(LANES * Float.SIZE))
          : VectorWidth.FLOATS;

  private VectorSums() {}

  /** The sum of a range whose length is a multiple of {@link #STRIDE}. */
  static double sum(float[] in, int start, int count) {
    DoubleVector s0 = DoubleVector.zero(DOUBLES);
    DoubleVector s1 = s0;
    DoubleVector s2 = s0;
    DoubleVector s3 = s0;
    for (int i = start; i < start + count; i += STRIDE) {
      s0 = s0.add(load(in, i));
      if (LANES <= 4) {
        s1 = s1.add(load(in, i + LANES));
      }
      if (LANES == 2) {
        s2 = s2.add(load(in, i + 2 * LANES));
        s3 = s3.add(load(in, i + 3 * LANES));
      }
    }
    return combined(s0, s1, s2, s3);
  }

  /** The sum of squares of a range whose length is a multiple of {@link #STRIDE}. */
  static double sumOfSquares(float[] in, int start, int count) {
    DoubleVector s0 = DoubleVector.zero(DOUBLES);
    DoubleVector s1 = s0;
    DoubleVector s2 = s0;
    DoubleVector s3 = s0;
    for (int i = start; i < start + count; i += STRIDE) {
      s0 = s0.add(square(load(in, i)));
      if (LANES <= 4) {
        s1 = s1.add(square(load(in, i + LANES)));
      }
      if (LANES == 2) {
        s2 = s2.add(square(load(in, i + 2 * LANES)));
        s3 = s3.add(square(load(in, i + 3 * LANES)));
      }
    }
    return combined(s0, s1, s2, s3);
  }

  private static DoubleVector load(float[] in, int start) {
    return (DoubleVector) FloatVector.fromArray(FLOATS, in, start).convertShape(F2D, DOUBLES, 0);
  }

  private static DoubleVector square(DoubleVector value) {
    return value.mul(value);
  }

  /** ((0+4)+(2+6)) + ((1+5)+(3+7)) of the eight sums in order. */
  private static double combined(
      DoubleVector s0, DoubleVector s1, DoubleVector s2, DoubleVector s3) {
    if (LANES == 2) {
      DoubleVector pair = s0.add(s2).add(s1.add(s3));
      return pair.lane(0) + pair.lane(1);
    }
    if (LANES == 4) {
      DoubleVector four = s0.add(s1);
      return (four.lane(0) + four.lane(2)) + (four.lane(1) + four.lane(3));
    }
    double even = (s0.lane(0) + s0.lane(4)) + (s0.lane(2) + s0.lane(6));
    double odd = (s0.lane(1) + s0.lane(5)) + (s0.lane(3) + s0.lane(7));
    return even + odd;
  }
}
