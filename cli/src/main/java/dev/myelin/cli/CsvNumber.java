package dev.myelin.cli;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads the cells of a CSV file as numbers, and says what is wrong with one that is none. */
final class CsvNumber {
  private static final Pattern DECIMAL =
      Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?");
  private static final Pattern DECIMAL_COMMA = Pattern.compile("[+-]?\\d*,\\d+([eE][+-]?\\d+)?");
  private static final Set<String> MISSING = Set.of("", "na", "nan", "?");

  /** Above it, a float no longer holds every whole number. */
  private static final int EXACT_WHOLE = 1 << 24;

  /** The powers of ten that a float holds exactly. */
  private static final float[] POWERS_OF_TEN = {
    1e0f, 1e1f, 1e2f, 1e3f, 1e4f, 1e5f, 1e6f, 1e7f, 1e8f, 1e9f, 1e10f
  };

  private CsvNumber() {}

  /**
   * The float nearest to a decimal number; NaN if the text is none, infinite if it is too large.
   *
   * <p>Most cells are short: a quotient of two numbers that a float holds exactly is the nearest
   * float already, so that the long way is rarely taken.
   */
  static float parse(String text) {
    int length = text.length();
    boolean isNegative = length > 0 && text.charAt(0) == '-';
    int mantissa = 0;
    int point = -1;
    int start = isNegative ? 1 : 0;
    for (int i = start; i < length; i++) {
      char each = text.charAt(i);
      if (each >= '0' && each <= '9' && mantissa < EXACT_WHOLE / 10) {
        mantissa = 10 * mantissa + (each - '0');
      } else if (each == '.' && point < 0) {
        point = i;
      } else {
        return parseAnyDecimal(text);
      }
    }
    int decimals = point < 0 ? 0 : length - 1 - point;
    int digits = length - start - (point < 0 ? 0 : 1);
    if (digits == 0) {
      return Float.NaN;
    }
    if (decimals >= POWERS_OF_TEN.length) {
      return parseAnyDecimal(text);
    }
    float magnitude = mantissa / POWERS_OF_TEN[decimals];
    return isNegative ? -magnitude : magnitude;
  }

  private static float parseAnyDecimal(String text) {
    // Float.parseFloat alone would take "1f", "0x1p3" and "Infinity" as well.
    return DECIMAL.matcher(text).matches() ? Float.parseFloat(text) : Float.NaN;
  }

  static boolean isNumber(String text) {
    return !Float.isNaN(parse(text));
  }

  /** Whether the cell stands for a value that is not known: empty, NA, NaN or ?. */
  static boolean isMissing(String text) {
    return text.length() <= 3 && MISSING.contains(text.toLowerCase(Locale.ROOT));
  }

  /** Whether the cell is neither a number nor missing. */
  static boolean isText(String text) {
    return !isNumber(text) && !isMissing(text);
  }

  /** Whether the cell would be a number if its comma were a point. */
  static boolean hasDecimalComma(String text) {
    return DECIMAL_COMMA.matcher(text).matches();
  }

  /** What is wrong with a cell whose value is not a finite number, and what to do about it. */
  static String problem(String text) {
    if (isMissing(text)) {
      String found = text.isEmpty() ? "the cell is empty" : "'" + text + "' is a missing value";
      return found + "; fill it in, or remove the line";
    }
    if (Float.isInfinite(parse(text))) {
      return "'" + text + "' is too large for a 32-bit float; use a larger unit";
    }
    if (hasDecimalComma(text)) {
      return "'%s' looks like a number with a decimal comma; write it with a point: %s"
          .formatted(text, text.replace(',', '.'));
    }
    return "'" + text + "' is not a number";
  }
}
