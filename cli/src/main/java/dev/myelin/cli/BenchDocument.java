package dev.myelin.cli;

import dev.myelin.DeviceInfo;
import dev.myelin.cli.bench.EarlierTime;
import dev.myelin.cli.bench.Measurement;
import dev.myelin.cli.bench.Peak;
import dev.myelin.cli.bench.Samples;
import dev.myelin.cli.bench.Standing;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What 'bench --json FILE' writes, and {@link BenchBaseline} reads. */
final class BenchDocument {
  private BenchDocument() {}

  static Map<String, Object> of(
      Map<String, Object> conditions,
      Map<DeviceInfo, Peak> peaks,
      List<Measurement> measurements,
      BenchBaseline baseline) {
    Map<String, Object> document = JsonReport.document();
    document.put("conditions", conditions);
    document.put(
        "devices",
        peaks.entrySet().stream().map(each -> device(each.getKey(), each.getValue())).toList());
    document.put("results", measurements.stream().map(each -> result(each, baseline)).toList());
    return document;
  }

  private static Map<String, Object> device(DeviceInfo device, Peak peak) {
    Map<String, Object> json = JsonReport.device(device);
    json.put("peakGflops", peak.gflops());
    json.put("peakSource", peak.source());
    json.put("copyGigabytesPerSecond", peak.copyGigabytesPerSecond());
    return json;
  }

  private static Map<String, Object> result(Measurement measurement, BenchBaseline baseline) {
    Standing standing = measurement.standing();
    Samples nanos = standing.nanos();
    Samples.Interval interval = nanos.medianInterval(Standing.CONFIDENCE);
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("work", measurement.workload().name());
    json.put("shape", measurement.workload().shape());
    json.put("device", measurement.device().id());
    json.put("medianNanos", nanos.median());
    json.put("lowerQuartileNanos", nanos.lowerQuartile());
    json.put("upperQuartileNanos", nanos.upperQuartile());
    json.put("medianNanosLow99", JsonReport.number(interval.low()));
    json.put("medianNanosHigh99", JsonReport.number(interval.high()));
    json.put("rounds", (long) nanos.count());
    json.put("repetitions", (long) standing.repetitions());
    json.put("settled", measurement.isSettled());
    json.put("rate", measurement.rate());
    json.put("rateUnit", measurement.workload().cost().unit().text());
    json.put("shareOfPeak", JsonReport.number(measurement.shareOfPeak()));
    json.put("speedup", standing.speedups().median());
    json.put("speedupLow99", JsonReport.number(standing.speedupInterval().low()));
    json.put("speedupHigh99", JsonReport.number(standing.speedupInterval().high()));
    json.put("verdict", name(standing.verdict()));
    if (baseline != null) {
      json.put("baseline", baselineJson(measurement, baseline));
    }
    return json;
  }

  private static Map<String, Object> baselineJson(Measurement measurement, BenchBaseline baseline) {
    Optional<EarlierTime> earlier = baseline.time(measurement.workload(), measurement.device());
    if (earlier.isEmpty()) {
      return null;
    }
    Samples nanos = measurement.standing().nanos();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("medianNanos", earlier.get().medianNanos());
    json.put("timeRatio", earlier.get().ratio(nanos));
    json.put("verdict", name(earlier.get().verdict(nanos)));
    return json;
  }

  private static String name(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
