package dev.myelin.soak;

import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/**
 * Whether memory is flat: the median of the last quarter's samples beside that of the second
 * quarter's. In the first one classes are loaded, loops compiled, caches filled.
 *
 * @param lines one for each thing that was watched; none when samples are too few to judge by
 */
record Verdict(List<Line> lines) {
  private static final long MIB = 1 << 20;

  /** In each quarter; the median of fewer is one sample's. */
  private static final int LEAST_SAMPLES_PER_QUARTER = 3;

  /**
   * One thing that was watched.
   *
   * @param what in words
   * @param before the second quarter's median
   * @param after the last quarter's median
   * @param allowedGrowth above which it is not flat
   */
  record Line(String what, long before, long after, long allowedGrowth) {
    boolean isFlat() {
      return after - before <= allowedGrowth;
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%-16s %,15d %,15d %,+15d %,15d  %s",
          what,
          before,
          after,
          after - before,
          allowedGrowth,
          isFlat() ? "flat" : "GROWS");
    }
  }

  static Verdict of(List<Sample> samples) {
    int quarter = samples.size() / 4;
    if (quarter < LEAST_SAMPLES_PER_QUARTER) {
      return new Verdict(List.of());
    }
    List<Sample> second = samples.subList(quarter, 2 * quarter);
    List<Sample> last = samples.subList(samples.size() - quarter, samples.size());
    return new Verdict(
        List.of(
            // The heap has its last size from the start, so this is what lies outside of it. The C
            // library's allocator and the JVM's compiler take and keep some MiB at any time.
            line("resident bytes", second, last, Sample::residentBytes, 5, 16 * MIB),
            line("heap bytes", second, last, Sample::heapBytes, 5, 2 * MIB),
            // A backend says what its tensors take, to the byte.
            line("device bytes", second, last, Sample::deviceBytes, 0, 0),
            // What backends keep for their next tensors depends on which jobs they have done.
            line("driver bytes", second, last, Sample::driverBytes, 5, MIB),
            line("threads", second, last, Sample::threads, 0, 0),
            line("open files", second, last, Sample::openFiles, 0, 0)));
  }

  private static Line line(
      String what,
      List<Sample> second,
      List<Sample> last,
      ToLongFunction<Sample> value,
      int percent,
      long allowance) {
    long before = median(second, value);
    return new Line(what, before, median(last, value), before * percent / 100 + allowance);
  }

  private static long median(List<Sample> samples, ToLongFunction<Sample> value) {
    return samples.stream()
        .mapToLong(value)
        .sorted()
        .skip(samples.size() / 2)
        .findFirst()
        .orElse(0);
  }

  boolean isGiven() {
    return !lines.isEmpty();
  }

  /** Whether nothing grows that was judged; true when nothing was. */
  boolean isFlat() {
    return lines.stream().allMatch(Line::isFlat);
  }

  /** Whether it was judged, and found to be flat. */
  boolean isPassed() {
    return isGiven() && isFlat();
  }
}
