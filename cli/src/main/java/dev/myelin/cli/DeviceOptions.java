package dev.myelin.cli;

import dev.myelin.Backend;
import dev.myelin.BackendOptions;
import dev.myelin.Backends;
import picocli.CommandLine.Option;

/** Where to compute. */
final class DeviceOptions {
  /** Far more than any one machine has processors, and few enough to be started. */
  private static final int MAXIMUM_THREADS = 1024;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "best",
      description = "best, cpu, opencl[:N] or cuda[:N]; see 'myelin devices'. Default: best")
  String device;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "processor threads that compute (generated digits are drawn on all); the results are the "
              + "same with any. Default: one a core")
  int threads;

  /**
   * Picks the device, without opening it.
   *
   * @throws dev.myelin.BackendUnavailableException with reason and remedy
   */
  Backends.Selection select() {
    if (threads < 0 || threads > MAXIMUM_THREADS) {
      throw new UsageException("--threads must be 0 to " + MAXIMUM_THREADS + ", but is " + threads);
    }
    return Backends.select(device);
  }

  Backend open(Backends.Selection selection) {
    return selection.open(BackendOptions.DEFAULT.withThreads(threads));
  }
}
