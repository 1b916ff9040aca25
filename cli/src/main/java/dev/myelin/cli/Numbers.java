package dev.myelin.cli;

import java.util.Locale;

/** Numbers as a reader of the screen wants them; the same in every locale. */
final class Numbers {
  private Numbers() {}

  /**
   * Four places, or an exponent where these would show nothing: "0.1234", "1.2e-05"; "-" for NaN.
   */
  static String loss(double value) {
    if (Double.isNaN(value)) {
      return "-";
    }
    double magnitude = Math.abs(value);
    boolean isPlain = value == 0 || (magnitude >= 1e-3 && magnitude < 1e5);
    return String.format(Locale.ROOT, isPlain ? "%.4f" : "%.2e", value);
  }

  /** "97.25%"; "-" for NaN. */
  static String percent(double share) {
    return Double.isNaN(share) ? "-" : String.format(Locale.ROOT, "%.2f%%", 100 * share);
  }

  /** "1,234,567". */
  static String count(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  /** "0.05 s", "12.3 s", "4 min 05 s", "3 h 20 min". */
  static String seconds(double seconds) {
    if (seconds >= 2 * 3600) {
      long minutes = Math.round(seconds / 60);
      return String.format(Locale.ROOT, "%,d h %02d min", minutes / 60, minutes % 60);
    }
    if (seconds >= 100) {
      long whole = Math.round(seconds);
      return String.format(Locale.ROOT, "%d min %02d s", whole / 60, whole % 60);
    }
    return String.format(Locale.ROOT, seconds < 10 ? "%.2f s" : "%.1f s", seconds);
  }
}
