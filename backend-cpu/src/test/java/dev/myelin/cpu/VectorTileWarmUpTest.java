package dev.myelin.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.random.Philox;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs once for each vector length that backend-cpu/pom.xml lists. */
final class VectorTileWarmUpTest {
  private static final int COLUMNS = TileKernels.PANEL_COLUMNS;
  private static final int C_STRIDE = COLUMNS + 3;

  @ParameterizedTest
  @ValueSource(ints = {0, 2, 64, 256})
  void multiply_packedRows_givesTheBitsOfTheVectorKernel(int depth) {
    assertBitsOfPackedRows(depth, 1);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 4, 7, 64, 257})
  void multiply_rowsInPlace_givesTheBitsOfTheVectorKernel(int depth) {
    assertBitsOfRowsInPlace(depth, 1);
  }

  @Test
  void multiply_hugeValues_givesTheInfinitiesAndNaNsOfTheVectorKernels() {
    assertBitsOfPackedRows(64, 1e38f);
    assertBitsOfRowsInPlace(63, 1e38f);
  }

  @Test
  void begin_always_isDoneInTheEnd() throws InterruptedException {
    TileWarmUp.begin();
    for (int i = 0; i < 60_000 && !TileWarmUp.isDone(); i++) {
      Thread.sleep(1);
    }
    assertTrue(TileWarmUp.isDone());
  }

  private static void assertBitsOfPackedRows(int depth, float scale) {
    Philox random = new Philox(7, depth);
    int stride = TileKernels.LEFT_STRIDE;
    float[] left = normal(random, 5 + depth * stride, scale);
    float[] right = normal(random, 9 + depth * COLUMNS, scale);
    float[] start = normal(random, 2 + TileKernels.PANEL_ROWS * COLUMNS, scale);
    float[] expected = normal(random, 1 + TileKernels.PANEL_ROWS * C_STRIDE, 1);
    float[] actual = expected.clone();
    TileKernels.multiply(depth, left, 5, right, 9, start, 2, COLUMNS, expected, 1, C_STRIDE);
    int rows = TileKernels.PANEL_ROWS;
    TileWarmUp.multiply(
        rows, depth, left, 5, 1, stride, right, 9, start, 2, COLUMNS, actual, 1, C_STRIDE);
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
    TileWarmUp.multiply(
        rows, depth, left, 5, stride, 1, right, 9, start, 2, COLUMNS, actual, 1, C_STRIDE);
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
