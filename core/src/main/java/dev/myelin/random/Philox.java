package dev.myelin.random;

/**
 * The counter-based generator Philox4x32-10: the n-th number of a stream is a pure function of
 * (seed, stream, n), so every backend draws the same numbers in any order and at any degree of
 * parallelism.
 *
 * <p>One block turns a 128-bit counter and a 64-bit key into four 32-bit words by ten rounds of two
 * 32 x 32 -> 64 bit products. An instance of this class walks the counter (n, stream) under the key
 * (seed) in order; it is for one thread, and another one makes its own.
 *
 * <p>Source: Salmon, Moraes, Dror, Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011.
 */
public final class Philox {
  private static final int MULTIPLIER_0 = 0xD2511F53;
  private static final int MULTIPLIER_1 = 0xCD9E8D57;
  private static final int WEYL_0 = 0x9E3779B9;
  private static final int WEYL_1 = 0xBB67AE85;
  private static final int ROUNDS = 10;
  private static final long WORD = 0xFFFFFFFFL;

  private final long seed;
  private final long stream;
  private final int[] words = new int[4];
  private long block;
  private int used = 4;
  private double spareGaussian = Double.NaN;

  /**
   * @param seed the key: what a user gives to repeat a run
   * @param stream which of 2^64 independent sequences of that seed; give each purpose its own
   */
  public Philox(long seed, long stream) {
    this.seed = seed;
    this.stream = stream;
  }

  /**
   * One block: {@code out[0..3]} = philox4x32-10(counter = (c0, c1, c2, c3), key = seed).
   *
   * @param seed the key; its low word is the first key word
   * @param out at least four words, the first four overwritten
   */
  public static void block(long seed, int c0, int c1, int c2, int c3, int[] out) {
    int key0 = (int) seed;
    int key1 = (int) (seed >>> 32);
    int x0 = c0;
    int x1 = c1;
    int x2 = c2;
    int x3 = c3;
    for (int round = 0; round < ROUNDS; round++) {
      long product0 = (MULTIPLIER_0 & WORD) * (x0 & WORD);
      long product1 = (MULTIPLIER_1 & WORD) * (x2 & WORD);
      x0 = (int) (product1 >>> 32) ^ x1 ^ key0;
      x1 = (int) product1;
      x2 = (int) (product0 >>> 32) ^ x3 ^ key1;
      x3 = (int) product0;
      key0 += WEYL_0;
      key1 += WEYL_1;
    }
    out[0] = x0;
    out[1] = x1;
    out[2] = x2;
    out[3] = x3;
  }

  /** The next 32 random bits. */
  public int nextInt() {
    if (used == 4) {
      block(seed, (int) block, (int) (block >>> 32), (int) stream, (int) (stream >>> 32), words);
      block++;
      used = 0;
    }
    return words[used++];
  }

  /**
   * A whole number in [0, bound), every value equally likely.
   *
   * <p>Source: Lemire, "Fast Random Integer Generation in an Interval", 2019.
   */
  public int nextInt(int bound) {
    if (bound <= 0) {
      throw new IllegalArgumentException("bound must be positive, not " + bound);
    }
    long product = (nextInt() & WORD) * bound;
    if ((product & WORD) < bound) {
      long rejectBelow = (WORD + 1 - bound) % bound;
      while ((product & WORD) < rejectBelow) {
        product = (nextInt() & WORD) * bound;
      }
    }
    return (int) (product >>> 32);
  }

  /** A multiple of 2^-53 in [0, 1). */
  public double nextDouble() {
    int high = nextInt() >>> 5;
    int low = nextInt() >>> 6;
    return (((long) high << 26) + low) * 0x1.0p-53;
  }

  /** A double in [low, high), uniformly distributed. */
  public double nextDouble(double low, double high) {
    return low + (high - low) * nextDouble();
  }

  /** A normally distributed number, mean 0 and standard deviation 1, by Box and Muller's method. */
  public double nextGaussian() {
    if (!Double.isNaN(spareGaussian)) {
      double spare = spareGaussian;
      spareGaussian = Double.NaN;
      return spare;
    }
    double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - nextDouble()));
    double angle = 2 * Math.PI * nextDouble();
    spareGaussian = radius * StrictMath.sin(angle);
    return radius * StrictMath.cos(angle);
  }

  /**
   * Puts the values into an order in which every permutation is equally likely (Fisher and Yates).
   */
  public void shuffle(int[] values) {
    for (int last = values.length - 1; last > 0; last--) {
      int chosen = nextInt(last + 1);
      int swapped = values[chosen];
      values[chosen] = values[last];
      values[last] = swapped;
    }
  }

  /** The numbers 0 to count - 1 in random order. */
  public int[] permutation(int count) {
    int[] values = new int[count];
    for (int i = 0; i < count; i++) {
      values[i] = i;
    }
    shuffle(values);
    return values;
  }
}
