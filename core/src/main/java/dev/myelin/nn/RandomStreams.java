package dev.myelin.nn;

/**
 * Which purposes draw from which streams of a seed's {@link dev.myelin.random.Philox}. Dropout
 * counts streams from 0 to 2^32 - 1 itself; these lie above, 2^32 apart, so no two purposes share a
 * number.
 */
final class RandomStreams {
  /** Plus the layer's number. */
  static final long INITIALIZER = 1L << 32;

  /** Plus the epoch's number. */
  static final long SHUFFLE = 2L << 32;

  private RandomStreams() {}
}
