package dev.myelin.cli;

import dev.myelin.Backends;
import dev.myelin.TuningReport;
import dev.myelin.io.Json;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Finds the fastest settings of a device, and keeps them. */
@Command(
    name = "tune",
    customSynopsis = "myelin tune [--device DEVICE] [OPTIONS]",
    description =
        "Measures a device's settings and keeps the fastest for all later runs; results never change.",
    sortOptions = false,
    footer = {
      "",
      "Takes minutes; let nothing else run meanwhile. A setting that is not clearly faster than",
      "the default is not taken. What was found is kept in the user's cache folder, for this",
      "device and driver; delete the file that 'tune' names to go back to the defaults.",
      "",
      "Examples:",
      "  myelin tune --device opencl",
      "  myelin tune --device opencl:1 --json"
    })
final class TuneCommand implements Callable<Integer> {
  private final Screen screen;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "best",
      description = "best, cpu, opencl[:N] or cuda[:N]; see 'myelin devices'. Default: best")
  private String device;

  @Mixin private OutputOptions output;

  TuneCommand(Screen screen) {
    this.screen = screen;
  }

  @Override
  public Integer call() {
    Backends.Selection selection = Backends.select(device);
    TuningPrinter printer = new TuningPrinter(screen, selection, !output.quiet);
    Optional<TuningReport> report =
        selection.provider().tune(selection.device(), printer::showProgress);
    printer.eraseProgress();
    if (output.json) {
      screen.out().println(Json.writeIndented(printer.json(report)));
    } else {
      printer.print(report);
    }
    return ExitCode.OK;
  }
}
