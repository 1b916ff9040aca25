package dev.myelin.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.random.Philox;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What the plain loops do for the vectors too. */
final class ScalarKernelsTest {
  private static final ElementKernels KERNELS = new ScalarKernels();

  @Test
  void sum_keepsWhatFloat32WouldLose() {
    float[] values = new float[1003];
    Arrays.fill(values, 0x1p-30f);
    values[0] = 1;
    assertEquals(1 + 1002 * 0x1p-30, KERNELS.sum(values, 0, values.length));
  }

  @Test
  void sumOfSquares_beyondFloat32_isFinite() {
    float[] values = new float[19];
    Arrays.fill(values, Float.MAX_VALUE);
    double square = (double) Float.MAX_VALUE * Float.MAX_VALUE;
    assertEquals(19 * square, KERNELS.sumOfSquares(values, 0, 19), 19 * square * 0x1p-50);
  }

  @Test
  void dropout_followsTheGeneratorWordForWord_atAnyLength() {
    long seed = 0xFEDCBA9876543210L;
    double rate = 0.3;
    int[] words = new int[4];
    for (int count : new int[] {0, 1, 3, 4, 5, 1000}) {
      float[] x = new float[count + 1];
      Arrays.fill(x, 2);
      float[] y = new float[count + 2];
      int below = (int) (long) Math.ceil(rate * 0x1p32);
      KERNELS.dropout(x, 1, below, 1.5f, seed, -5, -9, 77, y, 2, count);
      for (int i = 0; i < count; i++) {
        Philox.block(seed, 77 + i / 4, -9, -5, 0, words);
        boolean dropped = Integer.toUnsignedLong(words[i % 4]) < rate * 0x1p32;
        assertEquals(dropped ? 0 : 3, y[2 + i], "element " + i);
      }
    }
  }

  @Test
  void dropout_ofNaN_isZeroWhereDropped() {
    float[] y = new float[64];
    float[] x = new float[64];
    Arrays.fill(x, Float.NaN);
    KERNELS.dropout(x, 0, 1 << 31, 2, 1, 0, 0, 0, y, 0, 64);
    boolean dropped = false;
    boolean kept = false;
    for (float value : y) {
      dropped |= value == 0;
      kept |= Float.isNaN(value);
    }
    assertTrue(dropped && kept);
  }
}
