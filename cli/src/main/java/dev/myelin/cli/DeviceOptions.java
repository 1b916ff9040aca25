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

  @Option(
      names = "--device-memory",
      paramLabel = "SIZE",
      description =
          "what the device's memory may be used for at most, as 512M or 4G; data that would take more "
              + "than half of what is free pass through it in chunks, to the same result. Default:"
              + " all of it")
  private String memory;

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

  /**
   * Reads "512M": a whole number with K, M, G or T for powers of 1024, or none for bytes.
   *
   * @throws UsageException naming the option
   */
  static long bytes(String option, String text) {
    if (!text.matches("[1-9]\\d{0,8}[KMGT]?")) {
      throw new UsageException(
          option + " takes a size such as 512M or 4G (K, M, G or T), but is '" + text + "'");
    }
    int unit = "KMGT".indexOf(text.charAt(text.length() - 1)) + 1;
    long number = Long.parseLong(unit == 0 ? text : text.substring(0, text.length() - 1));
    return number << (10 * unit);
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
    return BackendOptions.DEFAULT
        .withThreads(threads)
        .withPrecision(precision())
        .withMemoryBudgetBytes(memory == null ? 0 : bytes("--device-memory", memory));
  }
}
