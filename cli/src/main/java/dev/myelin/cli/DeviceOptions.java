package dev.myelin.cli;

import dev.myelin.Backend;
import dev.myelin.BackendOptions;
import dev.myelin.Backends;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where to compute. */
final class DeviceOptions {
  /** Far more than any one machine has processors, and few enough to be started. */
  private static final int MAXIMUM_THREADS = 1024;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "best",
      description =
          "best, cpu, opencl[:N] or cuda[:N]; see 'myelin devices'. 'train' also takes auto, which"
              + " tries the network on each for a second. Default: best")
  String device;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "processor threads that compute (generated digits are drawn on all); the results are the "
              + "same with any. Default: one a core")
  int threads;

  @Mixin PrecisionOption precision;

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
    return BackendOptions.DEFAULT.withThreads(threads).withPrecision(precision.value());
  }
}
