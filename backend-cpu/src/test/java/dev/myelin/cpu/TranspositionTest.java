package dev.myelin.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TranspositionTest {
  private static final int SIZE = Transposition.SIZE;
  private static final float UNTOUCHED = -7;

  @BeforeAll
  static void vectorHoldsARow() {
    assumeTrue(VectorWidth.FLOATS.length() == SIZE, "vectors of 512 bits");
  }

  @ParameterizedTest
  @CsvSource({"1, 16, 16", "1, 19, 33", "5, 80, 32", "3, 100, 17"})
  void transpose_movesEveryElementOfEveryBlock_andNothingElse(
      int blocks, int sourceStride, int targetStride) {
    int from = 3;
    int to = 5;
    float[] source = new float[from + SIZE * sourceStride];
    for (int i = 0; i < source.length; i++) {
      source[i] = i;
    }
    float[] target = new float[to + blocks * SIZE * targetStride + SIZE];
    Arrays.fill(target, UNTOUCHED);

    Transposition.transpose(source, from, sourceStride, target, to, targetStride, blocks);

    for (int i = 0; i < target.length; i++) {
      int row = Math.floorDiv(i - to, targetStride);
      int lane = Math.floorMod(i - to, targetStride);
      boolean inside = row >= 0 && row < blocks * SIZE && lane < SIZE;
      float expected = inside ? source[from + lane * sourceStride + row] : UNTOUCHED;
      assertEquals(expected, target[i], "target " + i);
    }
  }

  @Test
  void transpose_keepsNaN_infinity_andTheSignOfZero() {
    float[] source = new float[SIZE * SIZE];
    source[2] = Float.NaN;
    source[3] = Float.NEGATIVE_INFINITY;
    source[4] = -0f;
    float[] target = new float[SIZE * SIZE];

    Transposition.transpose(source, 0, SIZE, target, 0, SIZE, 1);

    assertEquals(Float.NaN, target[2 * SIZE]);
    assertEquals(Float.NEGATIVE_INFINITY, target[3 * SIZE]);
    assertEquals(Float.floatToRawIntBits(-0f), Float.floatToRawIntBits(target[4 * SIZE]));
  }

  @Test
  void transpose_ofNoBlocks_doesNothing() {
    float[] target = {UNTOUCHED};
    Transposition.transpose(new float[0], 0, 0, target, 0, 0, 0);
    assertEquals(UNTOUCHED, target[0]);
  }
}
