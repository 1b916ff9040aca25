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

  /** "12.3 KiB", "2.00 MiB". */
  static String bytes(long bytes) {
    return bytes < 1 << 20
        ? significant(bytes / 1024.0) + " KiB"
        : significant(bytes / 1048576.0) + " MiB";
  }

  /** Three figures, more before the point: "0.0123", "1.23", "12.3", "1,234". */
  static String significant(double value) {
    double magnitude = Math.abs(value);
    int places = 0;
    for (double limit = 99.95; magnitude < limit && places < 4; limit /= 10) {
      places++;
    }
    return String.format(Locale.ROOT, "%,." + places + "f", value);
  }

  /** How many times as much: "12.3", "1.05", "0.93", "0.0016". */
  static String ratio(double value) {
    return String.format(
        Locale.ROOT, value >= 99.5 ? "%,.0f" : value >= 0.095 ? "%.2f" : "%.4f", value);
  }

  /** "123 ns", "12.3 us", "1.23 ms", "12.3 s". */
  static String nanos(double nanos) {
    if (nanos < 1e3) {
      return significant(nanos) + " ns";
    }
    if (nanos < 1e6) {
      return significant(nanos / 1e3) + " us";
    }
    return nanos < 1e9 ? significant(nanos / 1e6) + " ms" : significant(nanos / 1e9) + " s";
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
