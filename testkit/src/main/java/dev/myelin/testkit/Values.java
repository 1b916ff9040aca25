package dev.myelin.testkit;

import dev.myelin.random.Philox;

/** Random inputs; the same seed gives the same numbers on every machine. */
final class Values {
  private Values() {}

  /** Normally distributed. */
  static float[] normal(long seed, int count) {
    Philox random = new Philox(seed, 1);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** Of both signs, with magnitudes from 2^-20 to 2^20, all orders equally likely. */
  static float[] spread(long seed, int count) {
    Philox random = new Philox(seed, 2);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      double magnitude = StrictMath.pow(2, random.nextDouble(-20, 20));
      values[i] = (float) (random.nextInt(2) == 0 ? magnitude : -magnitude);
    }
    return values;
  }

  /** Normal for even seeds, of widely spread magnitudes for odd ones. */
  static float[] spreadIfOdd(long seed, int count) {
    return seed % 2 == 0 ? normal(seed, count) : spread(seed, count);
  }

  /** Of widely spread magnitudes, which overtax sums, or normal, which hide no missing term. */
  static float[] spreadIf(boolean spread, long seed, int count) {
    return spread ? spread(seed, count) : normal(seed, count);
  }

  /** In [low, high). */
  static float[] uniform(long seed, int count, double low, double high) {
    Philox random = new Philox(seed, 3);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextDouble(low, high);
    }
    return values;
  }

  /** Whole numbers in [0, bound). */
  static int[] ints(long seed, int count, int bound) {
    Philox random = new Philox(seed, 4);
    int[] values = new int[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextInt(bound);
    }
    return values;
  }
}
