package dev.myelin.peers;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Under which conditions was measured. */
final class Conditions {
  static final String WHAT = "conditions";

  private Conditions() {}

  static Map<String, Object> line(Options options, List<RemotePeer> peers) throws IOException {
    Map<String, Object> contenders = new LinkedHashMap<>();
    for (RemotePeer peer : peers) {
      contenders.put(peer.peer().label(), peer.description());
    }
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("what", WHAT);
    line.put("commit", options.commit());
    line.put("time", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    line.put("processor", processor());
    line.put("processors", Runtime.getRuntime().availableProcessors());
    line.put("load", ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    line.put("threads", options.threads());
    line.put("secondsEach", options.seconds());
    line.put("jvm", System.getProperty("java.vm.name") + " " + Runtime.version());
    line.put("contenders", contenders);
    return line;
  }

  private static String processor() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .findFirst()
          .map(line -> line.replaceFirst(".*: ", ""))
          .orElse(System.getProperty("os.arch"));
    }
  }
}
