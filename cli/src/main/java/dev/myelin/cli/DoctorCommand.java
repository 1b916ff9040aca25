package dev.myelin.cli;

import dev.myelin.Backend;
import dev.myelin.BackendException;
import dev.myelin.BackendOptions;
import dev.myelin.Backends;
import dev.myelin.DeviceInfo;
import dev.myelin.Probe;
import dev.myelin.cli.bench.Peak;
import dev.myelin.io.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Looks for everything that keeps Myelin from computing right and fast here. */
@Command(
    name = "doctor",
    customSynopsis = "myelin doctor [--json]",
    description = {
      "Looks for what keeps Myelin from computing right and fast here: Java and its options, the",
      "processor, every backend's library and driver, and on each device a test of results and",
      "speed that takes a second or two. Says for each problem what mends it."
    },
    footer = {"", "Exit code: 0 when all is well, 8 when something needs mending."})
final class DoctorCommand implements Callable<Integer> {
  private static final long MEBIBYTE = 1 << 20;

  /** Below, not even MNIST fits into the heap beside the program. */
  private static final long LEAST_HEAP_BYTES = 512 * MEBIBYTE;

  private final Screen screen;
  private final List<Finding> problems = new ArrayList<>();
  private final List<Finding> advice = new ArrayList<>();

  @Mixin private OutputOptions output;

  DoctorCommand(Screen screen) {
    this.screen = screen;
  }

  /** A device and what came of its test; the outcome and peak are null where it failed. */
  private record Examined(DeviceInfo device, SelfTest.Outcome outcome, Peak peak) {}

  @Override
  public Integer call() {
    JavaSetup java = JavaSetup.ofThisProcess();
    problems.addAll(java.problems());
    if (java.heapBytes() < LEAST_HEAP_BYTES) {
      advice.add(
          new Finding(
              "Java may take " + java.heapBytes() / MEBIBYTE + " MiB of memory only",
              "Give it more: MYELIN_JAVA_OPTS=-Xmx4g"));
    }
    print("Java", java.version() + ", " + java.machine());
    print(
        "",
        java.processors()
            + " processors, at most "
            + Numbers.count(java.heapBytes() / MEBIBYTE)
            + " MiB of memory");
    print("", "options: " + String.join(" ", java.options()));
    if (!java.processorFeatures().isEmpty()) {
      print("Processor", String.join(" ", java.processorFeatures()));
    }
    examineTemporaryFolder();
    List<Probe> probes = Backends.probeAll();
    List<Examined> examined = new ArrayList<>();
    for (Probe probe : probes) {
      examine(probe, examined);
    }
    findMissingDrivers(probes, GraphicsCards.ofThisMachine());
    if (output.json) {
      screen.out().println(Json.writeIndented(document(java, probes, examined)));
    } else {
      conclude();
    }
    return problems.isEmpty() ? ExitCode.OK : ExitCode.UNWELL;
  }

  private void examineTemporaryFolder() {
    Path folder = Path.of(System.getProperty("java.io.tmpdir"));
    try {
      Path file = Files.createTempFile(folder, "myelin-doctor", ".tmp");
      Files.delete(file);
      long free = Files.getFileStore(folder).getUsableSpace() / MEBIBYTE;
      print("Folders", "temporary: " + folder + ", " + Numbers.count(free) + " MiB free");
    } catch (IOException failure) {
      print("Folders", "temporary: " + folder + ", cannot be written to");
      problems.add(
          new Finding(
              "the folder for temporary files, " + folder + ", cannot be written to: " + failure,
              "Name another: MYELIN_JAVA_OPTS=-Djava.io.tmpdir=FOLDER"));
    }
  }

  private void examine(Probe probe, List<Examined> examined) {
    if (!probe.isUsable()) {
      print(probe.backend(), "not usable: " + probe.reason());
      return;
    }
    if (!probe.remedy().isBlank()) {
      problems.add(new Finding(probe.backend() + " is slower than it could be", probe.remedy()));
    }
    for (DeviceInfo device : probe.devices()) {
      print(device.id(), device.name());
      print("", device.detail());
      examined.add(examine(device));
    }
  }

  private Examined examine(DeviceInfo device) {
    try (Backend backend = Backends.open(device.id(), BackendOptions.DEFAULT)) {
      SelfTest.Outcome outcome = SelfTest.of(backend);
      for (String failure : outcome.failures()) {
        problems.add(
            new Finding(
                device.id() + " computes wrongly: " + failure,
                "Use another device, update this one's driver, and report it with the output of"
                    + " 'myelin doctor --json'"));
      }
      Peak peak = Peak.measure(backend, Runtime.getRuntime().availableProcessors());
      print(
          "",
          String.format(
              Locale.ROOT,
              "%s; %s GFLOP/s, copies %s GB/s",
              outcome.failures().isEmpty()
                  ? Numbers.count(outcome.results()) + " results are right"
                  : "RESULTS ARE WRONG",
              Numbers.significant(peak.gflops()),
              Numbers.significant(peak.copyGigabytesPerSecond())));
      return new Examined(device, outcome, peak);
    } catch (BackendException failure) {
      print("", "FAILED: " + failure.getMessage());
      problems.add(
          new Finding(
              device.id() + " cannot compute: " + failure.getMessage(),
              "Use another device, or update this one's driver"));
      return new Examined(device, null, null);
    }
  }

  /** A card that nobody can use needs its driver; without a card there is nothing to mend. */
  private void findMissingDrivers(List<Probe> probes, List<GraphicsCards.Vendor> cards) {
    for (GraphicsCards.Vendor card : cards) {
      for (Probe probe : probes) {
        if (!probe.isUsable() && probe.backend().equals(card.backend())) {
          Finding finding =
              new Finding(
                  String.format(
                      "there is a graphics card by %s, and %s cannot use it: %s",
                      card.text(), probe.backend(), probe.reason()),
                  card.remedy());
          // Other makers' are often small ones beside the processor, which do well without.
          (card == GraphicsCards.Vendor.NVIDIA ? problems : advice).add(finding);
        }
      }
    }
  }

  private void print(String what, String text) {
    if (!output.json) {
      screen.out().println(screen.outStyle().strong(String.format("%-9s", what)) + " " + text);
    }
  }

  private void conclude() {
    screen.out().println();
    printAll("Problem", problems);
    printAll("Advice", advice);
    if (problems.isEmpty()) {
      screen.out().println("All is well.");
    }
  }

  private void printAll(String heading, List<Finding> findings) {
    for (Finding finding : findings) {
      screen.out().println(screen.outStyle().strong(heading) + ": " + finding.what() + ".");
      screen.out().println("  " + finding.remedy() + ".");
    }
  }

  private Map<String, Object> document(
      JavaSetup java, List<Probe> probes, List<Examined> examined) {
    Map<String, Object> document = JsonReport.document();
    document.put("isWell", problems.isEmpty());
    document.put("problems", problems.stream().map(DoctorCommand::toJson).toList());
    document.put("advice", advice.stream().map(DoctorCommand::toJson).toList());
    document.put("java", java.toJson());
    document.put("backends", probes.stream().map(JsonReport::probe).toList());
    document.put("selfTests", examined.stream().map(DoctorCommand::toJson).toList());
    return document;
  }

  private static Map<String, Object> toJson(Finding finding) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("what", finding.what());
    json.put("remedy", finding.remedy());
    return json;
  }

  private static Map<String, Object> toJson(Examined examined) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("device", examined.device().id());
    if (examined.outcome() != null) {
      json.put("results", examined.outcome().results());
      json.put("worstErrorOfBound", examined.outcome().worst());
      json.put("failures", examined.outcome().failures());
      json.put("gflops", examined.peak().gflops());
      json.put("gflopsOf", examined.peak().source());
      json.put("copyGigabytesPerSecond", examined.peak().copyGigabytesPerSecond());
    }
    return json;
  }
}
