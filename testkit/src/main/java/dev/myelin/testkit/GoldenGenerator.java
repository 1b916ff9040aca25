package dev.myelin.testkit;

/**
 * The generator that the golden training runs were begun with: s = (1103515245 s + 12345) mod 2^31,
 * value = s / 2^30 - 1 in [-1, 1). Kept simple so that any language can repeat it.
 */
final class GoldenGenerator {
  private long state;

  GoldenGenerator(long state) {
    this.state = state;
  }

  /** The next values, each multiplied by a factor in float64. */
  float[] next(int count, double factor) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      state = (1103515245L * state + 12345) & 0x7FFFFFFFL;
      values[i] = (float) (factor * ((double) state / (1L << 30) - 1));
    }
    return values;
  }
}
