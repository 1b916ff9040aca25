package dev.myelin;

import java.util.Optional;
import java.util.function.Consumer;

/**
 * How a backend makes itself known: {@link java.util.ServiceLoader} finds it by a file
 * META-INF/services in its jar. Its methods are called by any threads, also at once.
 */
public interface BackendProvider {
  /** "cpu", "opencl", "cuda": what a user writes to ask for it. */
  String name();

  /**
   * Looks for devices. Never throws: what goes wrong becomes a reason and a remedy. {@link
   * Backends} takes one that throws after all for unusable.
   */
  Probe probe();

  /**
   * Told that {@link #open} will be called soon: what takes long may begin in the background, while
   * the program reads its data. Changes no result, and nothing that would have to be given back.
   */
  default void prepare(DeviceInfo device) {}

  /**
   * Opens one of the devices that {@link #probe} named.
   *
   * @throws BackendUnavailableException when the device cannot be used after all
   */
  Backend open(DeviceInfo device, BackendOptions options);

  /**
   * Measures which of the backend's settings make a device fastest, and keeps them for every later
   * {@link #open}. They change how fast results come, never the results.
   *
   * @param progress told what is being measured, in one line each
   * @return empty when the backend has nothing to tune
   * @throws BackendUnavailableException when the device cannot be used after all
   * @throws java.io.UncheckedIOException when what was found cannot be kept
   */
  default Optional<TuningReport> tune(DeviceInfo device, Consumer<String> progress) {
    return Optional.empty();
  }
}
