package dev.myelin.io;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.function.Predicate;

/**
 * The decimal with the fewest digits that reads back as the same number; of those, the nearest.
 *
 * <p>{@code Double.toString} gives it from JDK 19 on; before, some numbers get a digit too many
 * (2^-44 is one), and the text of a number must not depend on the Java version.
 */
final class ShortestDecimal {
  // Written out in full within these powers of ten, as ECMAScript does.
  private static final int SMALLEST_PLAIN_EXPONENT = -7;
  private static final int LARGEST_PLAIN_EXPONENT = 20;

  private ShortestDecimal() {}

  /** A finite double; "0.1", "1.0", "1e21", "2.5e-8". */
  static String of(double value) {
    if (value == 0) {
      return Double.toString(value); // zero has a sign, which BigDecimal drops
    }
    return layout(
        shortest(
            new BigDecimal(value),
            new BigDecimal(Double.toString(value)).precision(),
            decimal -> Double.parseDouble(decimal.toString()) == value));
  }

  /** A finite float; 0.1f is "0.1". */
  static String of(float value) {
    if (value == 0) {
      return Float.toString(value);
    }
    return layout(
        shortest(
            new BigDecimal(value),
            new BigDecimal(Float.toString(value)).precision(),
            decimal -> Float.parseFloat(decimal.toString()) == value));
  }

  /**
   * Takes digits away while the number still reads back.
   *
   * @param enoughDigits a count of digits that is known to suffice
   */
  private static BigDecimal shortest(
      BigDecimal exact, int enoughDigits, Predicate<BigDecimal> readsBack) {
    BigDecimal shortest = exact;
    for (int digits = enoughDigits; digits > 0; digits--) {
      BigDecimal candidate = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
      if (!readsBack.test(candidate)) {
        // At a power of two the gap above is twice the gap below: the nearest decimal may be
        // just out of reach below while the next one above reads back.
        candidate = exact.round(new MathContext(digits, RoundingMode.UP));
        if (!readsBack.test(candidate)) {
          break;
        }
      }
      shortest = candidate;
    }
    return shortest.stripTrailingZeros();
  }

  private static String layout(BigDecimal decimal) {
    int exponent = decimal.precision() - decimal.scale() - 1;
    if (exponent >= SMALLEST_PLAIN_EXPONENT && exponent <= LARGEST_PLAIN_EXPONENT) {
      String plain = decimal.toPlainString();
      return decimal.scale() <= 0 ? plain + ".0" : plain;
    }
    return decimal.scaleByPowerOfTen(-exponent).toPlainString() + "e" + exponent;
  }
}
