package dev.myelin.random;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PhiloxTest {
  private final int[] words = new int[4];

  @Test
  void block_ofZeros_givesThePublishedWords() {
    Philox.block(0, 0, 0, 0, 0, words);
    assertArrayEquals(new int[] {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}, words);
  }

  @Test
  void block_ofOnes_givesThePublishedWords() {
    Philox.block(-1L, -1, -1, -1, -1, words);
    assertArrayEquals(new int[] {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}, words);
  }

  @Test
  void block_ofPisDigits_givesThePublishedWords() {
    Philox.block(0x299f31d0a4093822L, 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, words);
    assertArrayEquals(new int[] {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}, words);
  }

  @Test
  void permutation_holdsEveryNumberOnce_andRepeatsForOneSeedOnly() {
    int[] first = new Philox(7, 1).permutation(1000);
    int[] sorted = first.clone();
    Arrays.sort(sorted);
    for (int i = 0; i < sorted.length; i++) {
      assertEquals(i, sorted[i]);
    }
    assertArrayEquals(first, new Philox(7, 1).permutation(1000));
    assertNotEquals(Arrays.toString(first), Arrays.toString(new Philox(8, 1).permutation(1000)));
    assertNotEquals(Arrays.toString(first), Arrays.toString(new Philox(7, 2).permutation(1000)));
  }

  @Test
  void nextGaussian_hasMeanZeroAndVarianceOne() {
    Philox random = new Philox(3, 0);
    int count = 100_000;
    double sum = 0;
    double sumOfSquares = 0;
    for (int i = 0; i < count; i++) {
      double value = random.nextGaussian();
      sum += value;
      sumOfSquares += value * value;
    }
    // Five standard errors: of the mean 1 / sqrt(n), of the variance sqrt(2 / n).
    assertEquals(0, sum / count, 5 / Math.sqrt(count));
    assertEquals(1, sumOfSquares / count, 5 * Math.sqrt(2.0 / count));
  }

  @Test
  void nextInt_ofBound_staysBelowItAndReachesEveryValue() {
    Philox random = new Philox(5, 0);
    int[] counts = new int[7];
    for (int i = 0; i < 70_000; i++) {
      counts[random.nextInt(7)]++;
    }
    for (int count : counts) {
      // 10,000 expected, standard deviation 93.
      assertTrue(Math.abs(count - 10_000) < 500, "counts " + Arrays.toString(counts));
    }
    assertThrows(IllegalArgumentException.class, () -> random.nextInt(0));
  }
}
