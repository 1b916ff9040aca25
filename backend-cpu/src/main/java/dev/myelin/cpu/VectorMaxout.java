package dev.myelin.cpu;

import static dev.myelin.cpu.VectorMath.all;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Maxout of one row on vectors; see {@link ElementKernels#maxout}. Each method returns how many
 * elements it did, from the beginning: as many as fill whole vectors.
 */
final class VectorMaxout {
  private static final VectorSpecies<Float> FLOATS = VectorWidth.FLOATS;
  private static final int LANES = FLOATS.length();

  private VectorMaxout() {}

  static int maxout(
      int pieces, int columns, float[] z, int zStart, float[] y, int yStart, int count) {
    int whole = FLOATS.loopBound(count);
    for (int j = 0; j < whole; j += LANES) {
      FloatVector best = FloatVector.fromArray(FLOATS, z, zStart + j);
      for (int q = 1; q < pieces; q++) {
        FloatVector piece = FloatVector.fromArray(FLOATS, z, zStart + q * columns + j);
        best = best.blend(piece, isLarger(piece, best));
      }
      best.intoArray(y, yStart + j);
    }
    return whole;
  }

  static int maxoutGradient(
      int pieces,
      int columns,
      float[] z,
      int zStart,
      float[] dY,
      int dYStart,
      float[] dZ,
      int dZStart,
      int count) {
    int whole = FLOATS.loopBound(count);
    for (int j = 0; j < whole; j += LANES) {
      FloatVector best = FloatVector.fromArray(FLOATS, z, zStart + j);
      for (int q = 1; q < pieces; q++) {
        FloatVector piece = FloatVector.fromArray(FLOATS, z, zStart + q * columns + j);
        best = best.blend(piece, isLarger(piece, best));
      }
      // What the first of equals takes is not there for the others. Remembering which piece it was
      // instead makes objects of vectors.
      FloatVector left = FloatVector.fromArray(FLOATS, dY, dYStart + j);
      for (int q = 0; q < pieces; q++) {
        FloatVector piece = FloatVector.fromArray(FLOATS, z, zStart + q * columns + j);
        VectorMask<Float> isBest = isSame(piece, best);
        all(0).blend(left, isBest).intoArray(dZ, dZStart + q * columns + j);
        left = left.blend(all(0), isBest);
      }
    }
    return whole;
  }

  /** Only NaN differs from itself. */
  private static VectorMask<Float> isLarger(FloatVector piece, FloatVector best) {
    VectorMask<Float> isFirstNotANumber =
        piece.compare(VectorOperators.NE, piece).and(best.compare(VectorOperators.EQ, best));
    return piece.compare(VectorOperators.GT, best).or(isFirstNotANumber);
  }

  private static VectorMask<Float> isSame(FloatVector piece, FloatVector best) {
    VectorMask<Float> areNotNumbers =
        piece.compare(VectorOperators.NE, piece).and(best.compare(VectorOperators.NE, best));
    return piece.compare(VectorOperators.EQ, best).or(areNotNumbers);
  }
}
