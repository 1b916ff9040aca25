package dev.myelin.cpu;

import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.XOR;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link Dropout} on vectors: {@link dev.myelin.random.Philox} with a block of random words in each
 * 64-bit lane, each word in the lane's low half.
 */
final class VectorDropout {
  private static final VectorSpecies<Float> FLOATS = VectorWidth.FLOATS;
  private static final VectorSpecies<Long> LONGS =
      VectorSpecies.of(long.class, FLOATS.vectorShape());
  private static final int BLOCKS = LONGS.length();
  private static final int ELEMENTS = 4 * BLOCKS;

  private static final int ROUNDS = 10;
  private static final long WORD = 0xFFFFFFFFL;
  private static final long WEYL_0 = 0x9E3779B9L;
  private static final long WEYL_1 = 0xBB67AE85L;
  private static final LongVector MULTIPLIER_0 = LongVector.broadcast(LONGS, 0xD2511F53L);
  private static final LongVector MULTIPLIER_1 = LongVector.broadcast(LONGS, 0xCD9E8D57L);
  private static final LongVector LANES = LongVector.zero(LONGS).addIndex(1);

  // Lanes of the first and second half of a0 b0 a1 b1 ...
  private static final VectorShuffle<Long> FIRST_HALF =
      VectorShuffle.fromOp(LONGS, lane -> lane / 2);
  private static final VectorShuffle<Long> SECOND_HALF =
      VectorShuffle.fromOp(LONGS, lane -> (BLOCKS + lane) / 2);
  private static final VectorMask<Long> FIRST_FROM_B = oddFrom(0);
  private static final VectorMask<Long> SECOND_FROM_B = oddFrom(BLOCKS);

  private VectorDropout() {}

  private static VectorMask<Long> oddFrom(int start) {
    boolean[] odd = new boolean[BLOCKS];
    for (int lane = 0; lane < BLOCKS; lane++) {
      odd[lane] = (start + lane) % 2 == 1;
    }
    return VectorMask.fromArray(LONGS, odd, 0);
  }

  /**
   * As {@link ElementKernels#dropout}, for as many elements as fill whole vectors of blocks.
   *
   * @return how many elements were done, from the beginning
   */
  static int apply(
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
    int whole = count - count % ELEMENTS;
    for (int i = 0; i < whole; i += ELEMENTS) {
      LongVector x0 = LANES.add(firstBlock + i / 4);
      LongVector x1 = LongVector.broadcast(LONGS, step & WORD);
      LongVector x2 = LongVector.broadcast(LONGS, stream & WORD);
      LongVector x3 = LongVector.zero(LONGS);
      long key0 = seed & WORD;
      long key1 = seed >>> 32;
      for (int round = 0; round < ROUNDS; round++) {
        LongVector product0 = x0.mul(MULTIPLIER_0);
        LongVector product1 = x2.mul(MULTIPLIER_1);
        x0 = product1.lanewise(LSHR, 32).lanewise(XOR, x1.lanewise(XOR, key0));
        x1 = product1.and(WORD);
        x2 = product0.lanewise(LSHR, 32).lanewise(XOR, x3.lanewise(XOR, key1));
        x3 = product0.and(WORD);
        key0 = (key0 + WEYL_0) & WORD;
        key1 = (key1 + WEYL_1) & WORD;
      }
      LongVector a = x0.or(x1.lanewise(LSHL, 32));
      LongVector b = x2.or(x3.lanewise(LSHL, 32));
      LongVector first = a.rearrange(FIRST_HALF).blend(b.rearrange(FIRST_HALF), FIRST_FROM_B);
      LongVector second = a.rearrange(SECOND_HALF).blend(b.rearrange(SECOND_HALF), SECOND_FROM_B);
      keep(first.reinterpretAsInts(), dropBelow, keptScale, x, xStart + i, y, yStart + i);
      int half = FLOATS.length();
      keep(
          second.reinterpretAsInts(),
          dropBelow,
          keptScale,
          x,
          xStart + i + half,
          y,
          yStart + i + half);
    }
    return whole;
  }

  private static void keep(
      IntVector words,
      int dropBelow,
      float keptScale,
      float[] x,
      int xStart,
      float[] y,
      int yStart) {
    // With the sign bits turned over, the signed comparison is the unsigned one.
    IntVector turned = words.lanewise(XOR, Integer.MIN_VALUE);
    VectorMask<Integer> dropped = turned.compare(LT, dropBelow ^ Integer.MIN_VALUE);
    IntVector kept = FloatVector.fromArray(FLOATS, x, xStart).mul(keptScale).reinterpretAsInts();
    kept.blend(0, dropped).reinterpretAsFloats().intoArray(y, yStart);
  }
}
