package dev.myelin.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command without a verb: help and version. */
@Command(
    name = "myelin",
    mixinStandardHelpOptions = true,
    versionProvider = MyelinCommand.Version.class,
    description = "Trains neural networks at the speed of the hardware.",
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n",
    optionListHeading = "%nOptions:%n",
    subcommands = {
      TrainCommand.class,
      EvalCommand.class,
      PredictCommand.class,
      ExportCommand.class,
      DevicesCommand.class,
      TuneCommand.class,
      BenchCommand.class,
      DoctorCommand.class,
      HelpCommand.class
    },
    footer = {
      "",
      "Examples:",
      "  myelin train                             a network that reads digits, in seconds",
      "  myelin train --data wine.csv --target quality",
      "  myelin train --data mnist/ --layers 784,512,256,10 --epochs 10",
      "  myelin eval --model myelin-digits.safetensors",
      "  myelin predict --model myelin-wine.safetensors --data new.csv",
      "  myelin export --model myelin-digits.safetensors --to onnx",
      "  myelin devices",
      "  myelin tune --device opencl",
      "  myelin bench --net 784,128,10 --batch 64",
      "  myelin doctor",
      "",
      "Results go to standard output, progress and messages to standard error.",
      "Exit codes: 0 done; 2 wrong usage; 3 bad data or model; 4 device unavailable or lost;",
      "5 out of memory; 6 training diverged; 7 slower than the baseline; 8 something to mend;",
      "130 interrupted, the model so far is saved; 1 a bug in Myelin."
    })
final class MyelinCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "no command given: train, eval, predict, export, devices, tune, bench or doctor");
  }

  /** The version in the jar's manifest, and the Java that runs it. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = MyelinCommand.class.getPackage().getImplementationVersion();
      return new String[] {
        "myelin "
            + (version == null ? "(not packaged)" : version)
            + " on Java "
            + System.getProperty("java.version")
      };
    }
  }
}
