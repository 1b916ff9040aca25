package dev.myelin.soak;

import dev.myelin.Backend;
import dev.myelin.BackendOptions;
import dev.myelin.nn.Mlp;
import dev.myelin.nn.Predictor;
import java.nio.file.Path;

/** What a thread has of its own: a backend, a network that stays there, a folder. */
final class Workplace implements AutoCloseable {
  private static final int BATCH = 16;

  private final SoakDevice device;
  private final BackendOptions options;
  private final SharedThings shared;
  private final Path folder;
  private final Backend backend;
  private final Mlp network;
  private final Predictor predictor;
  private final long bytesAtRest;

  /**
   * Opens the device.
   *
   * @param folder for files, which no other thread uses
   */
  Workplace(SoakDevice device, BackendOptions options, SharedThings shared, Path folder) {
    this.device = device;
    this.options = options;
    this.shared = shared;
    this.folder = folder;
    this.backend = device.open(options);
    try {
      this.network = shared.model().on(backend);
      this.predictor = new Predictor(network, BATCH);
      this.bytesAtRest = usedBytes();
    } catch (RuntimeException | Error failure) {
      backend.close();
      throw failure;
    }
  }

  SharedThings shared() {
    return shared;
  }

  Path folder() {
    return folder;
  }

  Backend backend() {
    return backend;
  }

  /** On the network that stays on the device. */
  Predictor predictor() {
    return predictor;
  }

  /** Another backend of the device, with so little memory. */
  Backend openWithBudget(long bytes) {
    return device.open(options.withMemoryBudgetBytes(bytes));
  }

  long usedBytes() {
    return backend.memory().usedBytes();
  }

  /**
   * What was allocated since the device was opened has been freed, to the byte.
   *
   * @throws AssertionError when it has not
   */
  void requireAtRest(String job) {
    if (usedBytes() != bytesAtRest) {
      throw new AssertionError(
          String.format(
              "%s on %s leaves %d bytes in use, and there were %d before",
              job, device.name(), usedBytes(), bytesAtRest));
    }
  }

  @Override
  public void close() {
    try (backend;
        network) {
      predictor.close();
    }
  }
}
