package dev.myelin.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Transposes blocks of 16 x 16 floats in registers, where a vector has 16.
 *
 * <p>In four steps, of distance d = 1, 2, 4 and 8, rows i and i + d exchange the lanes that belong
 * to each other: those with bit d of the upper row and those without it of the lower one. What is
 * exchanged is brought into one vector, so that a pair of rows takes one permutation; blends are
 * cheaper. Source: Eklundh, "A Fast Computer Method for Matrix Transposing", IEEE Trans. Computers
 * C-21(7), 1972.
 *
 * <p>The method is so long that the compiler compiles it by itself, and that is good: see the two
 * cliffs in docs/notes/cpu-gemm.md.
 */
final class Transposition {
  private static final VectorSpecies<Float> FLOATS = VectorWidth.FLOATS;

  /** Rows and columns of a block. */
  static final int SIZE = 16;

  /**
   * Whether a vector holds a row of a block, and this JVM is known to be good at it. JDK 17 checks
   * the indexes of a permutation each time: it gains little, and in some runs allocates. What lies
   * between was not measured.
   */
  static final boolean AVAILABLE =
      FLOATS.length() == SIZE && VectorWidth.REGISTERS == 32 && Runtime.version().feature() >= 25;

  private static final VectorShuffle<Float> BY_1 = exchange(1);
  private static final VectorShuffle<Float> BY_2 = exchange(2);
  private static final VectorShuffle<Float> BY_4 = exchange(4);
  private static final VectorShuffle<Float> BY_8 = exchange(8);
  private static final VectorMask<Float> WITH_1 = lanesWith(1);
  private static final VectorMask<Float> WITH_2 = lanesWith(2);
  private static final VectorMask<Float> WITH_4 = lanesWith(4);
  private static final VectorMask<Float> WITH_8 = lanesWith(8);

  private Transposition() {}

  private static VectorShuffle<Float> exchange(int distance) {
    return VectorShuffle.fromOp(FLOATS, lane -> (lane ^ distance) % FLOATS.length());
  }

  private static VectorMask<Float> lanesWith(int bit) {
    boolean[] lanes = new boolean[FLOATS.length()];
    for (int lane = 0; lane < lanes.length; lane++) {
      lanes[lane] = (lane & bit) != 0;
    }
    return VectorMask.fromArray(FLOATS, lanes, 0);
  }

  /**
   * Transposes {@code count} blocks that lie side by side in 16 rows of the source; their
   * transposes lie one below the other in the target. The arrays must be two, or the places apart.
   */
  static void transpose(
      float[] source,
      int from,
      int sourceStride,
      float[] target,
      int to,
      int targetStride,
      int count) {
    for (int i = 0; i < count; i++) {
      transposeBlock(
          source,
          from + i * SIZE,
          sourceStride,
          target,
          to + i * SIZE * targetStride,
          targetStride);
    }
  }

  private static void transposeBlock(
      float[] source, int from, int sourceStride, float[] target, int to, int targetStride) {
    FloatVector row0 = FloatVector.fromArray(FLOATS, source, from);
    FloatVector row1 = FloatVector.fromArray(FLOATS, source, from + sourceStride);
    FloatVector row2 = FloatVector.fromArray(FLOATS, source, from + 2 * sourceStride);
    FloatVector row3 = FloatVector.fromArray(FLOATS, source, from + 3 * sourceStride);
    FloatVector row4 = FloatVector.fromArray(FLOATS, source, from + 4 * sourceStride);
    FloatVector row5 = FloatVector.fromArray(FLOATS, source, from + 5 * sourceStride);
    FloatVector row6 = FloatVector.fromArray(FLOATS, source, from + 6 * sourceStride);
    FloatVector row7 = FloatVector.fromArray(FLOATS, source, from + 7 * sourceStride);
    FloatVector row8 = FloatVector.fromArray(FLOATS, source, from + 8 * sourceStride);
    FloatVector row9 = FloatVector.fromArray(FLOATS, source, from + 9 * sourceStride);
    FloatVector row10 = FloatVector.fromArray(FLOATS, source, from + 10 * sourceStride);
    FloatVector row11 = FloatVector.fromArray(FLOATS, source, from + 11 * sourceStride);
    FloatVector row12 = FloatVector.fromArray(FLOATS, source, from + 12 * sourceStride);
    FloatVector row13 = FloatVector.fromArray(FLOATS, source, from + 13 * sourceStride);
    FloatVector row14 = FloatVector.fromArray(FLOATS, source, from + 14 * sourceStride);
    FloatVector row15 = FloatVector.fromArray(FLOATS, source, from + 15 * sourceStride);

    FloatVector moved = row1.blend(row0, WITH_1).rearrange(BY_1);
    row1 = moved.blend(row1, WITH_1);
    row0 = row0.blend(moved, WITH_1);
    moved = row3.blend(row2, WITH_1).rearrange(BY_1);
    row3 = moved.blend(row3, WITH_1);
    row2 = row2.blend(moved, WITH_1);
    moved = row5.blend(row4, WITH_1).rearrange(BY_1);
    row5 = moved.blend(row5, WITH_1);
    row4 = row4.blend(moved, WITH_1);
    moved = row7.blend(row6, WITH_1).rearrange(BY_1);
    row7 = moved.blend(row7, WITH_1);
    row6 = row6.blend(moved, WITH_1);
    moved = row9.blend(row8, WITH_1).rearrange(BY_1);
    row9 = moved.blend(row9, WITH_1);
    row8 = row8.blend(moved, WITH_1);
    moved = row11.blend(row10, WITH_1).rearrange(BY_1);
    row11 = moved.blend(row11, WITH_1);
    row10 = row10.blend(moved, WITH_1);
    moved = row13.blend(row12, WITH_1).rearrange(BY_1);
    row13 = moved.blend(row13, WITH_1);
    row12 = row12.blend(moved, WITH_1);
    moved = row15.blend(row14, WITH_1).rearrange(BY_1);
    row15 = moved.blend(row15, WITH_1);
    row14 = row14.blend(moved, WITH_1);

    moved = row2.blend(row0, WITH_2).rearrange(BY_2);
    row2 = moved.blend(row2, WITH_2);
    row0 = row0.blend(moved, WITH_2);
    moved = row3.blend(row1, WITH_2).rearrange(BY_2);
    row3 = moved.blend(row3, WITH_2);
    row1 = row1.blend(moved, WITH_2);
    moved = row6.blend(row4, WITH_2).rearrange(BY_2);
    row6 = moved.blend(row6, WITH_2);
    row4 = row4.blend(moved, WITH_2);
    moved = row7.blend(row5, WITH_2).rearrange(BY_2);
    row7 = moved.blend(row7, WITH_2);
    row5 = row5.blend(moved, WITH_2);
    moved = row10.blend(row8, WITH_2).rearrange(BY_2);
    row10 = moved.blend(row10, WITH_2);
    row8 = row8.blend(moved, WITH_2);
    moved = row11.blend(row9, WITH_2).rearrange(BY_2);
    row11 = moved.blend(row11, WITH_2);
    row9 = row9.blend(moved, WITH_2);
    moved = row14.blend(row12, WITH_2).rearrange(BY_2);
    row14 = moved.blend(row14, WITH_2);
    row12 = row12.blend(moved, WITH_2);
    moved = row15.blend(row13, WITH_2).rearrange(BY_2);
    row15 = moved.blend(row15, WITH_2);
    row13 = row13.blend(moved, WITH_2);

    moved = row4.blend(row0, WITH_4).rearrange(BY_4);
    row4 = moved.blend(row4, WITH_4);
    row0 = row0.blend(moved, WITH_4);
    moved = row5.blend(row1, WITH_4).rearrange(BY_4);
    row5 = moved.blend(row5, WITH_4);
    row1 = row1.blend(moved, WITH_4);
    moved = row6.blend(row2, WITH_4).rearrange(BY_4);
    row6 = moved.blend(row6, WITH_4);
    row2 = row2.blend(moved, WITH_4);
    moved = row7.blend(row3, WITH_4).rearrange(BY_4);
    row7 = moved.blend(row7, WITH_4);
    row3 = row3.blend(moved, WITH_4);
    moved = row12.blend(row8, WITH_4).rearrange(BY_4);
    row12 = moved.blend(row12, WITH_4);
    row8 = row8.blend(moved, WITH_4);
    moved = row13.blend(row9, WITH_4).rearrange(BY_4);
    row13 = moved.blend(row13, WITH_4);
    row9 = row9.blend(moved, WITH_4);
    moved = row14.blend(row10, WITH_4).rearrange(BY_4);
    row14 = moved.blend(row14, WITH_4);
    row10 = row10.blend(moved, WITH_4);
    moved = row15.blend(row11, WITH_4).rearrange(BY_4);
    row15 = moved.blend(row15, WITH_4);
    row11 = row11.blend(moved, WITH_4);

    moved = row8.blend(row0, WITH_8).rearrange(BY_8);
    row8 = moved.blend(row8, WITH_8);
    row0 = row0.blend(moved, WITH_8);
    moved = row9.blend(row1, WITH_8).rearrange(BY_8);
    row9 = moved.blend(row9, WITH_8);
    row1 = row1.blend(moved, WITH_8);
    moved = row10.blend(row2, WITH_8).rearrange(BY_8);
    row10 = moved.blend(row10, WITH_8);
    row2 = row2.blend(moved, WITH_8);
    moved = row11.blend(row3, WITH_8).rearrange(BY_8);
    row11 = moved.blend(row11, WITH_8);
    row3 = row3.blend(moved, WITH_8);
    moved = row12.blend(row4, WITH_8).rearrange(BY_8);
    row12 = moved.blend(row12, WITH_8);
    row4 = row4.blend(moved, WITH_8);
    moved = row13.blend(row5, WITH_8).rearrange(BY_8);
    row13 = moved.blend(row13, WITH_8);
    row5 = row5.blend(moved, WITH_8);
    moved = row14.blend(row6, WITH_8).rearrange(BY_8);
    row14 = moved.blend(row14, WITH_8);
    row6 = row6.blend(moved, WITH_8);
    moved = row15.blend(row7, WITH_8).rearrange(BY_8);
    row15 = moved.blend(row15, WITH_8);
    row7 = row7.blend(moved, WITH_8);

    row0.intoArray(target, to);
    row1.intoArray(target, to + targetStride);
    row2.intoArray(target, to + 2 * targetStride);
    row3.intoArray(target, to + 3 * targetStride);
    row4.intoArray(target, to + 4 * targetStride);
    row5.intoArray(target, to + 5 * targetStride);
    row6.intoArray(target, to + 6 * targetStride);
    row7.intoArray(target, to + 7 * targetStride);
    row8.intoArray(target, to + 8 * targetStride);
    row9.intoArray(target, to + 9 * targetStride);
    row10.intoArray(target, to + 10 * targetStride);
    row11.intoArray(target, to + 11 * targetStride);
    row12.intoArray(target, to + 12 * targetStride);
    row13.intoArray(target, to + 13 * targetStride);
    row14.intoArray(target, to + 14 * targetStride);
    row15.intoArray(target, to + 15 * targetStride);
  }
}
