package dev.myelin.testkit;

import dev.myelin.Buffer;
import dev.myelin.DType;
import java.util.Arrays;

/** An array on the heap; numbers of both types are kept as bits. */
final class PlainBuffer implements Buffer {
  final int[] bits;
  private final DType type;
  private final Runnable onFree;

  PlainBuffer(DType type, int[] bits, Runnable onFree) {
    this.type = type;
    this.bits = bits;
    this.onFree = onFree;
  }

  @Override
  public DType type() {
    return type;
  }

  @Override
  public long elements() {
    return bits.length;
  }

  @Override
  public void free() {
    // Whoever still reads it shall see it.
    Arrays.fill(bits, Float.floatToRawIntBits(Float.NaN));
    onFree.run();
  }
}
