package dev.myelin.cli.report;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;

/** Text and numbers as HTML and SVG take them. */
public final class Markup {
  private Markup() {}

  /** Text for content and attributes. What no document may hold becomes U+FFFD. */
  public static String escape(String text) {
    StringBuilder escaped = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(
            character -> {
              switch (character) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default -> escaped.appendCodePoint(isAllowed(character) ? character : 0xFFFD);
              }
            });
    return escaped.toString();
  }

  private static boolean isAllowed(int character) {
    boolean isControl = Character.isISOControl(character);
    boolean isSurrogate = character >= 0xD800 && character <= 0xDFFF;
    return character == '\n' || character == '\t' || !(isControl || isSurrogate);
  }

  /** A coordinate: two places at most, no zeros at the end. */
  static String coordinate(double value) {
    return new BigDecimal(value)
        .setScale(2, RoundingMode.HALF_EVEN)
        .stripTrailingZeros()
        .toPlainString();
  }

  /** A number for a reader: as many figures as asked for, an exponent only where it must be. */
  public static String number(double value, int figures) {
    if (!Double.isFinite(value)) {
      return "-";
    }
    if (value == 0) {
      return "0";
    }
    BigDecimal rounded =
        new BigDecimal(value).round(new java.math.MathContext(figures)).stripTrailingZeros();
    double magnitude = Math.abs(value);
    if (magnitude >= 1e7 || magnitude < 1e-4) {
      return String.format(Locale.ROOT, "%." + (figures - 1) + "e", value)
          .replaceFirst("\\.?0*e", "e")
          .replaceFirst("e([+-])0?", "e$1")
          .replace("e+", "e");
    }
    return String.format(Locale.ROOT, "%,." + Math.max(0, rounded.scale()) + "f", rounded);
  }
}
