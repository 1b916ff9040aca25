package dev.myelin.data;

import dev.myelin.random.Philox;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Digits in a hand of our own, as many as wanted: sample i is a pure function of (seed, i).
 *
 * <p>One of several ways to write the digit is chosen; its points are displaced by a smooth random
 * field and each a little on its own, the whole is slanted, scaled, turned and shifted, and a pen
 * of random width draws it.
 */
final class GeneratedDigits {
  private static final int SIDE = 28;
  private static final int PIXELS = SIDE * SIDE;

  /** High word of each sample's stream; the low word is the sample's index. */
  private static final long STREAM = 0x44494749L << 32;

  private GeneratedDigits() {}

  static Dataset generate(int samples, long seed) {
    float[] pixels = new float[DatasetChecks.elements("digits", samples, PIXELS)];
    int[] labels = new int[samples];
    IntStream.range(0, samples)
        .parallel()
        .forEach(
            i -> {
              labels[i] = i % 10;
              draw(labels[i], new Philox(seed, STREAM | i), pixels, i * PIXELS);
            });
    List<String> names = IntStream.range(0, 10).mapToObj(Integer::toString).toList();
    return Dataset.classification("digits", PIXELS, pixels, labels, names)
        .withImageSize(SIDE, SIDE);
  }

  private static void draw(int digit, Philox random, float[] pixels, int offset) {
    int variant = random.nextInt(DigitGlyphs.variants(digit));
    Stroke[] strokes = DigitGlyphs.strokes(digit, variant);
    Handwriting hand = new Handwriting(random, SIDE);
    Pen pen = new Pen(random, SIDE);
    for (Stroke stroke : strokes) {
      pen.draw(hand.write(stroke));
    }
    pen.develop(pixels, offset);
  }
}
