package dev.myelin.cli;

import dev.myelin.Precision;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Under which conditions was measured: what must be alike for two runs to be compared, and more.
 */
final class BenchConditions {
  private static final List<String> MUST_BE_ALIKE = List.of("java", "threads", "precision", "arch");

  private BenchConditions() {}

  /**
   * The conditions of this process.
   *
   * @param threads that compute on the processor
   * @param precision of all matrix products
   */
  static Map<String, Object> now(int threads, Precision precision) {
    Map<String, Object> json = new LinkedHashMap<>();
    String version = BenchConditions.class.getPackage().getImplementationVersion();
    json.put("version", version == null ? "not packaged" : version);
    json.put("time", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    json.put("java", System.getProperty("java.vm.name") + " " + Runtime.version());
    json.put("arch", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    json.put("threads", (long) threads);
    json.put("precision", precision.text());
    json.put("processors", (long) Runtime.getRuntime().availableProcessors());
    json.put("jvmOptions", ManagementFactory.getRuntimeMXBean().getInputArguments());
    double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    json.put("loadAverage", load < 0 ? null : load);
    return json;
  }

  /** What keeps two runs from being compared, "" for nothing. */
  static String difference(Map<?, ?> earlier, Map<String, Object> now) {
    for (String name : MUST_BE_ALIKE) {
      if (!Objects.equals(earlier.get(name), now.get(name))) {
        return String.format("%s was %s, and is %s now", name, earlier.get(name), now.get(name));
      }
    }
    return "";
  }
}
