package dev.myelin.cli;

import dev.myelin.Backend;
import dev.myelin.BackendOptions;
import dev.myelin.Backends;
import dev.myelin.Precision;
import picocli.CommandLine.Option;

/** Where to compute. */
final class DeviceOptions {
  /** Far more than any one machine has processors, and few enough to be started. */
  private static final int MAXIMUM_THREADS = 1024;

  static final String PRECISION_HELP =
      "how matrix products round what they multiply: f32 (not at all), tf32 or bf16, on NVIDIA "
          + "GPUs from Ampere on; sums and weights stay f32. Default: f32";

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "best",
      description =
          "best, cpu, opencl[:N] or cuda[:N]; see 'myelin devices'. 'train' also takes auto, which"
              + " tries the network on each. Default: best")
  String device;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "processor threads that compute (generated digits are drawn on all); the results are the "
              + "same with any. Default: one a core")
  int threads;

  @Option(
      names = "--precision",
      paramLabel = "P",
      defaultValue = "f32",
      description = PRECISION_HELP)
  private String precision;

  /** Whether the user leaves it to a trial: {@link DeviceTrial}. */
  boolean isAuto() {
    return device.equals("auto");
  }

  /**
   * Picks the device, without opening it.
   *
   * @throws dev.myelin.BackendUnavailableException with reason and remedy
   */
  Backends.Selection select() {
    BackendOptions wishes = options();
    if (isAuto()) {
      throw new UsageException("--device auto is for 'train' and its many steps: use best here");
    }
    Backends.Selection selection = Backends.select(device);
    selection.requirePrecision(wishes.precision());
    return selection;
  }

  /** How matrix products round their operands. */
  Precision precision() {
    return precision(precision);
  }

  /** What the user calls a precision. */
  static Precision precision(String text) {
    for (Precision each : Precision.values()) {
      if (each.text().equals(text)) {
        return each;
      }
    }
    throw new UsageException("--precision must be f32, tf32 or bf16, but is '" + text + "'");
  }

  static void checkThreads(int threads) {
    if (threads < 0 || threads > MAXIMUM_THREADS) {
      throw new UsageException("--threads must be 0 to " + MAXIMUM_THREADS + ", but is " + threads);
    }
  }

  Backend open(Backends.Selection selection) {
    return selection.open(options());
  }

  /** What the user wishes of whichever device. */
  BackendOptions options() {
    checkThreads(threads);
    return BackendOptions.DEFAULT.withThreads(threads).withPrecision(precision());
  }
}
