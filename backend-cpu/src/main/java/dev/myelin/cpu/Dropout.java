package dev.myelin.cpu;

import dev.myelin.random.Philox;

/** Inverted dropout, a block of four random words at a time. */
final class Dropout {
  private static final int WORDS = 4;

  private Dropout() {}

  /** See {@link ElementKernels#dropout}. */
  static void apply(
      float[] x,
      int xStart,
      int dropBelow,
      float keptScale,
      long seed,
      int stream,
      int step,
      int firstBlock,
      float[] y,
      int yStart,
      int count) {
    long threshold = Integer.toUnsignedLong(dropBelow);
    int whole = count - count % WORDS;
    for (int i = 0; i < whole; i += WORDS) {
      int[] words = new int[WORDS]; // never leaves the registers
      Philox.block(seed, firstBlock + i / WORDS, step, stream, 0, words);
      y[yStart + i] = kept(words[0], threshold, keptScale * x[xStart + i]);
      y[yStart + i + 1] = kept(words[1], threshold, keptScale * x[xStart + i + 1]);
      y[yStart + i + 2] = kept(words[2], threshold, keptScale * x[xStart + i + 2]);
      y[yStart + i + 3] = kept(words[3], threshold, keptScale * x[xStart + i + 3]);
    }
    if (whole < count) {
      int[] words = new int[WORDS];
      Philox.block(seed, firstBlock + whole / WORDS, step, stream, 0, words);
      for (int i = whole; i < count; i++) {
        y[yStart + i] = kept(words[i - whole], threshold, keptScale * x[xStart + i]);
      }
    }
  }

  /** The value, or 0 if the word is below the threshold; a branch would be mispredicted. */
  private static float kept(int word, long threshold, float value) {
    long dropped = (Integer.toUnsignedLong(word) - threshold) >> 63;
    return Float.intBitsToFloat(Float.floatToRawIntBits(value) & (int) ~dropped);
  }
}
