package dev.myelin.cli;

import dev.myelin.Backends;
import dev.myelin.DeviceInfo;
import dev.myelin.Precision;
import dev.myelin.Probe;
import dev.myelin.io.Json;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Says what can compute here, and what to do about what cannot. */
@Command(
    name = "devices",
    customSynopsis = "myelin devices [--json]",
    description = "Lists every backend: its devices, or why there are none and what to do.")
final class DevicesCommand implements Callable<Integer> {
  private final Screen screen;

  @Mixin private OutputOptions output;

  DevicesCommand(Screen screen) {
    this.screen = screen;
  }

  @Override
  public Integer call() {
    List<Probe> probes = Backends.probeAll();
    if (output.json) {
      Map<String, Object> document = JsonReport.document();
      document.put("backends", probes.stream().map(JsonReport::probe).toList());
      screen.out().println(Json.writeIndented(document));
    } else {
      probes.forEach(this::print);
      screen.out().println("'best' takes the first one listed.");
    }
    return ExitCode.OK;
  }

  private void print(Probe probe) {
    PrintStream out = screen.out();
    for (DeviceInfo device : probe.devices()) {
      out.println(
          screen.outStyle().strong(String.format("%-9s", device.id())) + " " + device.name());
      out.println("          " + device.detail());
      out.printf(
          "          %s MiB for tensors; multiplies in %s%n",
          Numbers.count(device.memoryBytes() >> 20),
          device.precisions().stream().map(Precision::text).collect(Collectors.joining(", ")));
    }
    if (!probe.isUsable()) {
      out.println(
          screen.outStyle().strong(String.format("%-9s", probe.backend()))
              + " not usable: "
              + probe.reason());
    }
    if (!probe.remedy().isBlank()) {
      out.println("          " + probe.remedy());
    }
  }
}
