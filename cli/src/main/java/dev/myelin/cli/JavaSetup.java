package dev.myelin.cli;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The JVM that runs this process, and what in its options costs speed.
 *
 * @param version "17.0.15 (Debian)"
 * @param machine the virtual machine's name and mode
 * @param options that it was started with, and the launcher's
 * @param processors that it may use
 * @param heapBytes that it may take
 * @param processorFeatures the vector instruction sets that Linux says the processor has; empty
 *     elsewhere
 */
record JavaSetup(
    String version,
    String machine,
    List<String> options,
    int processors,
    long heapBytes,
    List<String> processorFeatures) {

  private static final Path PROCESSOR_DESCRIPTION = Path.of("/proc/cpuinfo");
  private static final List<String> VECTOR_FEATURES =
      List.of("sse4_2", "avx", "avx2", "fma", "avx512f", "avx512bw", "asimd", "sve");

  /** What an optimizing compiler needs at least: C2 is the fourth. */
  private static final long ALL_COMPILERS = 4;

  static JavaSetup ofThisProcess() {
    return new JavaSetup(
        System.getProperty("java.version") + " (" + System.getProperty("java.vendor") + ")",
        System.getProperty("java.vm.name") + ", " + System.getProperty("java.vm.info"),
        List.copyOf(ManagementFactory.getRuntimeMXBean().getInputArguments()),
        Runtime.getRuntime().availableProcessors(),
        Runtime.getRuntime().maxMemory(),
        vectorFeatures());
  }

  private static List<String> vectorFeatures() {
    try (Stream<String> lines = Files.lines(PROCESSOR_DESCRIPTION)) {
      Set<String> there =
          lines
              .filter(line -> line.startsWith("flags") || line.startsWith("Features"))
              .findFirst()
              .map(line -> new HashSet<>(Arrays.asList(line.split("\\s+", -1))))
              .orElse(new HashSet<>());
      return VECTOR_FEATURES.stream().filter(there::contains).toList();
    } catch (IOException notLinux) {
      return List.of();
    }
  }

  /** What slows everything down, each with the option to change. */
  List<Finding> problems() {
    List<Finding> problems = new ArrayList<>();
    if (machine.contains("interpreted mode")) {
      problems.add(
          new Finding("Java runs without its compilers, hundreds of times slower", "Remove -Xint"));
    }
    Long compilers = flag("TieredStopAtLevel");
    if (compilers != null && compilers < ALL_COMPILERS) {
      problems.add(
          new Finding(
              "Java runs without its optimizing compiler, which vectors need to be fast",
              "Remove -XX:TieredStopAtLevel=" + compilers));
    }
    if (processorFeatures.contains("fma") && Long.valueOf(0).equals(flag("UseFMA"))) {
      problems.add(
          new Finding("the processor's fused multiply-add is switched off", "Remove -XX:-UseFMA"));
    }
    Long avx = flag("UseAVX");
    if (processorFeatures.contains("avx2") && avx != null && avx < 2) {
      problems.add(
          new Finding(
              "the processor's vectors of 256 bits are switched off", "Remove -XX:UseAVX=" + avx));
    }
    return problems;
  }

  /** An option's value, true being 1; null where this JVM has none of that name. */
  private static Long flag(String name) {
    HotSpotDiagnosticMXBean bean =
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    if (bean == null) {
      return null;
    }
    try {
      String value = bean.getVMOption(name).getValue();
      return switch (value) {
        case "true" -> 1L;
        case "false" -> 0L;
        default -> Long.valueOf(value);
      };
    } catch (IllegalArgumentException noSuchOption) {
      return null;
    }
  }

  Map<String, Object> toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("version", version);
    json.put("machine", machine);
    json.put("options", options);
    json.put("processors", processors);
    json.put("heapBytes", heapBytes);
    json.put("processorFeatures", processorFeatures);
    return json;
  }
}
