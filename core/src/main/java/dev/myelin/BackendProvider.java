package dev.myelin;

/**
 * How a backend makes itself known: {@link java.util.ServiceLoader} finds it by a file
 * META-INF/services in its jar.
 */
public interface BackendProvider {
  /** "cpu", "opencl", "cuda": what a user writes to ask for it. */
  String name();

  /** Looks for devices. Never throws: what goes wrong becomes a reason and a remedy. */
  Probe probe();

  /**
   * Opens one of the devices that {@link #probe} named.
   *
   * @throws BackendUnavailableException when the device cannot be used after all
   */
  Backend open(DeviceInfo device, BackendOptions options);
}
