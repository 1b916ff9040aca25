package dev.myelin.soak;

import dev.myelin.nn.NamedParameter;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/** The results of first rounds, which all later ones must have bit for bit. */
final class Bits {
  private final ConcurrentHashMap<String, int[]> first = new ConcurrentHashMap<>();

  /**
   * Keeps the first result of a name and compares later ones with it.
   *
   * @throws AssertionError naming the first bits that differ
   */
  void requireSame(String name, int[] bits) {
    int[] expected = first.putIfAbsent(name, bits);
    if (expected == null) {
      return;
    }
    int at = Arrays.mismatch(expected, bits);
    if (at >= 0) {
      throw new AssertionError(
          at < Math.min(expected.length, bits.length)
              ? String.format(
                  "%s: element %d is %08x, and was %08x at first", name, at, bits[at], expected[at])
              : String.format(
                  "%s: %d elements, and were %d at first", name, bits.length, expected.length));
    }
  }

  static int[] of(float[] values) {
    int[] bits = new int[values.length];
    for (int i = 0; i < values.length; i++) {
      bits[i] = Float.floatToRawIntBits(values[i]);
    }
    return bits;
  }

  static int[] of(float[][] rows) {
    return Arrays.stream(rows).flatMapToInt(row -> Arrays.stream(of(row))).toArray();
  }

  static int[] of(List<NamedParameter> parameters) {
    return parameters.stream().flatMapToInt(each -> Arrays.stream(of(each.values()))).toArray();
  }
}
