package dev.myelin.cli;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads the cells of a CSV file as numbers, and says what is wrong with one that is none. */
final class CsvNumber {
  private static final Pattern DECIMAL =
      Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?");
  private static final Pattern DECIMAL_COMMA = Pattern.compile("[+-]?\\d*,\\d+([eE][+-]?\\d+)?");
  // Not "none" and "-", which are the names of classes as often.
  private static final Set<String> MISSING =
      Set.of("", "na", "n/a", "#n/a", "<na>", "nan", "null", "?");
  private static final int LONGEST_MISSING = 4;

  private static final int MAXIMUM_QUOTED = 40;

  /** So many digits fit a long. */
  private static final int MAXIMUM_DIGITS = 18;

  /** The powers of ten that a double holds exactly. */
  private static final double[] POWERS_OF_TEN = {
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18
  };

  private CsvNumber() {}

  /**
   * The float nearest to a decimal number; NaN if the text is none, infinite if it is too large.
   */
  static float parse(String text) {
    int length = text.length();
    int start = length > 0 && text.charAt(0) == '-' ? 1 : 0;
    int point = -1;
    long mantissa = 0;
    for (int i = start; i < length; i++) {
      char each = text.charAt(i);
      if (each >= '0' && each <= '9') {
        mantissa = 10 * mantissa + (each - '0');
      } else if (each == '.' && point < 0) {
        point = i;
      } else {
        return parseAnyDecimal(text);
      }
    }
    int digits = length - start - (point < 0 ? 0 : 1);
    if (digits == 0 || digits > MAXIMUM_DIGITS) {
      return parseAnyDecimal(text);
    }
    double magnitude = mantissa / POWERS_OF_TEN[point < 0 ? 0 : length - 1 - point];
    return nearest(start == 0 ? magnitude : -magnitude, text);
  }

  /**
   * Rounds a quotient of two rounded numbers to float. It is off by no more than two units in its
   * last place; only where a border between two floats lies that close is the slow way needed.
   */
  private static float nearest(double quotient, String text) {
    double error = quotient * 0x1p-51;
    float low = (float) (quotient - error);
    float high = (float) (quotient + error);
    return low == high ? (float) quotient : parseAnyDecimal(text);
  }

  private static float parseAnyDecimal(String text) {
    // Float.parseFloat alone would take "1f", "0x1p3" and "Infinity" as well.
    return DECIMAL.matcher(text).matches() ? Float.parseFloat(text) : Float.NaN;
  }

  static boolean isNumber(String text) {
    return !Float.isNaN(parse(text));
  }

  /** Whether the cell stands for a value that is not known: empty, NA, N/A, NaN, null or ?. */
  static boolean isMissing(String text) {
    return text.length() <= LONGEST_MISSING && MISSING.contains(text.toLowerCase(Locale.ROOT));
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
    if (text.isEmpty()) {
      return "the cell is empty; fill it in, or remove the line";
    }
    if (isMissing(text)) {
      return "'" + text + "' is a missing value; fill it in, or remove the line";
    }
    if (Float.isInfinite(parse(text))) {
      return quoted(text) + " is too large for a 32-bit float; use a larger unit";
    }
    if (hasDecimalComma(text)) {
      return "%s looks like a number with a decimal comma; write it with a point: %s"
          .formatted(quoted(text), text.replace(',', '.'));
    }
    return quoted(text) + " is not a number";
  }

  /** The cell in quotes, on one line and not too long for a message. */
  static String quoted(String text) {
    String oneLine = text.replaceAll("\\R", " ");
    return oneLine.length() <= MAXIMUM_QUOTED
        ? "'" + oneLine + "'"
        : "'" + oneLine.substring(0, MAXIMUM_QUOTED) + "...'";
  }
}
