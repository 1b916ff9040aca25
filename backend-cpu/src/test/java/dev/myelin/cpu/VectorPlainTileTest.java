package dev.myelin.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.myelin.random.Philox;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs once for each vector length that backend-cpu/pom.xml lists. */
final class VectorPlainTileTest {
  private static final int COLUMNS = TileKernels.PANEL_COLUMNS;
  private static final int C_STRIDE = COLUMNS + 3;

  @ParameterizedTest
  @ValueSource(ints = {0, 2, 64, 256})
  void multiply_panels_givesTheBitsOfTheVectorKernel(int depth) {
    assertBitsOfPanels(depth, 1);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 15, 16, 17, 64, 257})
  void multiply_panelsInPlaceAndBlocks_givesTheBitsOfTheKernelsOfEightRows(int depth) {
    assumeTrue(VectorWidth.REGISTERS == 32);
    assertBitsOfPanelsInPlace(depth, 1);
    assertBitsOfBlocks(depth, 1);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 4, 7, 64, 257})
  void multiply_rowsInPlace_givesTheBitsOfTheVectorKernel(int depth) {
    assertBitsOfRowsInPlace(depth, 1);
  }

  @Test
  void multiply_hugeValues_givesTheInfinitiesAndNaNsOfTheVectorKernels() {
    assertBitsOfPanels(64, 1e38f);
    assertBitsOfRowsInPlace(63, 1e38f);
    if (VectorWidth.REGISTERS == 32) {
      assertBitsOfPanelsInPlace(63, 1e38f);
      assertBitsOfBlocks(63, 1e38f);
    }
  }

  private static void assertBitsOfPanels(int depth, float scale) {
    if (VectorWidth.REGISTERS == 32) {
      assertBitsOfEightRows(depth, TileKernels.LEFT_STRIDE, COLUMNS, scale);
      return;
    }
    Philox random = new Philox(7, depth);
    int rows = TileKernels.PANEL_ROWS;
    int stride = TileKernels.LEFT_STRIDE;
    float[] left = normal(random, 5 + depth * stride, scale);
    float[] right = normal(random, 9 + depth * COLUMNS, scale);
    float[] start = normal(random, 2 + rows * COLUMNS, scale);
    float[] expected = normal(random, 1 + rows * C_STRIDE, 1);
    float[] actual = expected.clone();
    TileKernels.multiply(depth, left, 5, right, 9, start, 2, COLUMNS, expected, 1, C_STRIDE);
    PlainTile.multiply(
        rows, depth, left, 5, 1, stride, 0, right, 9, COLUMNS, start, 2, COLUMNS, actual, 1,
        C_STRIDE);
    assertArrayEquals(expected, actual);
  }

  private static void assertBitsOfPanelsInPlace(int depth, float scale) {
    assertBitsOfEightRows(depth, 13, COLUMNS + 5, scale);
  }

  private static void assertBitsOfEightRows(
      int depth, int leftStride, int rightStride, float scale) {
    Philox random = new Philox(7, depth);
    int rows = EightRowKernels.ROWS;
    float[] left = normal(random, 5 + depth * leftStride, scale);
    float[] right = normal(random, 9 + depth * rightStride, scale);
    float[] start = normal(random, 2 + rows * COLUMNS, scale);
    float[] expected = normal(random, 1 + rows * C_STRIDE, 1);
    float[] actual = expected.clone();
    EightRowKernels.multiply(
        depth,
        left,
        5,
        leftStride,
        right,
        9,
        rightStride,
        start,
        2,
        COLUMNS,
        expected,
        1,
        C_STRIDE);
    PlainTile.multiply(
        rows,
        depth,
        left,
        5,
        1,
        leftStride,
        0,
        right,
        9,
        rightStride,
        start,
        2,
        COLUMNS,
        actual,
        1,
        C_STRIDE);
    assertArrayEquals(expected, actual);
  }

  private static void assertBitsOfBlocks(int depth, float scale) {
    Philox random = new Philox(7, depth);
    int rows = EightRowKernels.ROWS;
    int block = EightRowKernels.BLOCK;
    int rightStride = COLUMNS + 3;
    float[] left = normal(random, 5 + (depth + block) * rows, scale);
    float[] right = normal(random, 9 + depth * rightStride, scale);
    float[] start = normal(random, 2 + rows * COLUMNS, scale);
    float[] expected = normal(random, 1 + rows * C_STRIDE, 1);
    float[] actual = expected.clone();
    EightRowKernels.multiplyBlocks(
        depth, left, 5, right, 9, rightStride, start, 2, COLUMNS, expected, 1, C_STRIDE);
    PlainTile.multiply(
        rows,
        depth,
        left,
        5,
        block,
        1,
        EightRowKernels.BLOCK_SKIP,
        right,
        9,
        rightStride,
        start,
        2,
        COLUMNS,
        actual,
        1,
        C_STRIDE);
    assertArrayEquals(expected, actual);
  }

  private static void assertBitsOfRowsInPlace(int depth, float scale) {
    Philox random = new Philox(7, depth);
    int stride = depth + 11;
    int rows = InPlaceKernels.ROWS;
    float[] left = normal(random, 5 + rows * stride, scale);
    float[] right = normal(random, 9 + depth * COLUMNS, scale);
    float[] start = normal(random, 2 + rows * COLUMNS, scale);
    float[] expected = normal(random, 1 + rows * C_STRIDE, 1);
    float[] actual = expected.clone();
    InPlaceKernels.multiply(
        depth,
        left,
        5,
        5 + stride,
        5 + 2 * stride,
        5 + 3 * stride,
        right,
        9,
        start,
        2,
        COLUMNS,
        expected,
        1,
        C_STRIDE);
    PlainTile.multiply(
        rows, depth, left, 5, stride, 1, 0, right, 9, COLUMNS, start, 2, COLUMNS, actual, 1,
        C_STRIDE);
    assertArrayEquals(expected, actual);
  }

  private static float[] normal(Philox random, int count, float scale) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian() * scale;
    }
    return values;
  }
}
