package dev.myelin.cli;

import dev.myelin.DeviceInfo;
import dev.myelin.cli.bench.EarlierTime;
import dev.myelin.cli.bench.Measurement;
import dev.myelin.cli.bench.Peak;
import dev.myelin.cli.bench.Samples;
import dev.myelin.cli.bench.Standing;
import dev.myelin.cli.bench.Verdict;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/** What 'bench' prints, at most 80 columns wide: a block per piece of work, a row per device. */
final class BenchTable {
  private final PrintStream out;
  private final Screen.Style style;
  private final BenchBaseline baseline;

  /**
   * @param baseline null for none; else the last column compares with it
   */
  BenchTable(Screen screen, BenchBaseline baseline) {
    this.out = screen.out();
    this.style = screen.outStyle();
    this.baseline = baseline;
  }

  /** What was measured of a device before all else. */
  void printDevice(DeviceInfo device, Peak peak) {
    out.println(style.strong(String.format("%-9s", device.id())) + " " + device.name());
    out.println("          " + device.detail());
    out.printf(
        "          peak %s GFLOP/s (%s), copies %s GB/s%n",
        Numbers.significant(peak.gflops()),
        peak.source(),
        Numbers.significant(peak.copyGigabytesPerSecond()));
  }

  /**
   * The line above all columns.
   *
   * @param reference what the others are compared with
   * @param isAlone whether there are no others
   */
  void printHeader(DeviceInfo reference, boolean isAlone) {
    String last = baseline != null ? "now / baseline" : isAlone ? "" : "speed / " + reference.id();
    out.println();
    out.println(style.strong(row("", "time", "spread", "rate", "of peak", last).stripTrailing()));
  }

  /** One piece of work on all devices; the first is the reference. */
  void printBlock(List<Measurement> measurements) {
    out.println(style.strong(measurements.get(0).workload().title()));
    for (int i = 0; i < measurements.size(); i++) {
      Measurement each = measurements.get(i);
      Samples nanos = each.standing().nanos();
      String rate = Numbers.significant(each.rate()) + " " + each.workload().cost().unit().text();
      String comparison =
          baseline != null ? sinceBaseline(each) : i == 0 ? "" : speedup(each.standing());
      String spread = String.format(Locale.ROOT, "%.0f%%", 100 * nanos.relativeSpread());
      out.println(
          row(
                  each.device().id(),
                  Numbers.nanos(nanos.median()),
                  spread + (each.isSettled() ? "" : "*"),
                  rate,
                  share(each.shareOfPeak()),
                  comparison)
              .stripTrailing());
    }
  }

  private static String row(
      String device, String time, String spread, String rate, String share, String comparison) {
    return String.format(
        Locale.ROOT,
        "  %-10s %10s %7s %18s %8s  %s",
        device,
        time,
        spread,
        rate,
        share,
        comparison);
  }

  private static String share(double share) {
    return Double.isNaN(share) ? "-" : String.format(Locale.ROOT, "%.0f%%", 100 * share);
  }

  private static String speedup(Standing standing) {
    String median = Numbers.ratio(standing.speedups().median());
    if (standing.verdict() == Verdict.NOT_TOLD_APART) {
      return median + " (noise)";
    }
    Samples.Interval interval = standing.speedupInterval();
    return String.format(
        Locale.ROOT,
        "%s (%s-%s)",
        median,
        Numbers.ratio(interval.low()),
        Numbers.ratio(interval.high()));
  }

  private String sinceBaseline(Measurement measurement) {
    Samples nanos = measurement.standing().nanos();
    return baseline
        .time(measurement.workload(), measurement.device())
        .map(earlier -> change(earlier, nanos))
        .orElse("not in it");
  }

  private static String change(EarlierTime earlier, Samples nanos) {
    Verdict verdict = earlier.verdict(nanos);
    String text = verdict == Verdict.NOT_TOLD_APART ? "noise" : verdict.text();
    return String.format(Locale.ROOT, "%s (%s)", Numbers.ratio(earlier.ratio(nanos)), text);
  }

  /** How to read the columns. */
  void printLegend(boolean isAlone, boolean areAllSettled) {
    out.println();
    out.println("time: median of the rounds; spread: between the quartiles, by the median.");
    out.println("of peak: of the multiply-adds, or of the copy rate; more where caches help.");
    if (baseline != null) {
      out.println("now / baseline: times; noise where half of each run's rounds overlap.");
    } else if (!isAlone) {
      out.println("speed: paired by round, with the 99% interval; noise where that holds 1.");
    }
    if (!areAllSettled) {
      out.println("*: still getting faster when measured; give more --seconds.");
    }
  }
}
