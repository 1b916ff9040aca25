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
  void multiply_anyDepth_givesTheBitsOfTheVectorKernel(int depth) {
    for (int columns : new int[] {1, TileKernels.LANES, COLUMNS}) {
      assertSameBits(columns, depth, 1);
    }
  }

  @Test
  void multiply_hugeValues_givesTheInfinitiesAndNaNsOfTheVectorKernel() {
    assertSameBits(COLUMNS, 64, 1e38f);
  }

  @Test
  void begin_always_isDoneInTheEnd() throws InterruptedException {
    TileWarmUp.begin();
    for (int i = 0; i < 60_000 && !TileWarmUp.isDone(); i++) {
      Thread.sleep(1);
    }
    assertTrue(TileWarmUp.isDone());
  }

  private static void assertSameBits(int columns, int depth, float scale) {
    Philox random = new Philox(7, depth);
    float[] left = normal(random, 5 + depth * TileKernels.LEFT_STRIDE, scale);
    float[] right = normal(random, 9 + depth * COLUMNS, scale);
    float[] start = normal(random, 2 + TileKernels.PANEL_ROWS * COLUMNS, scale);
    float[] expected = normal(random, 1 + TileKernels.PANEL_ROWS * C_STRIDE, 1);
    float[] actual = expected.clone();
    TileKernels.multiply(
        columns, depth, left, 5, right, 9, start, 2, COLUMNS, expected, 1, C_STRIDE);
    TileWarmUp.multiply(columns, depth, left, 5, right, 9, start, 2, COLUMNS, actual, 1, C_STRIDE);
    assertArrayEquals(expected, actual, "columns " + columns);
  }

  private static float[] normal(Philox random, int count, float scale) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian() * scale;
    }
    return values;
  }
}
