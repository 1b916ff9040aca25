package dev.myelin;

/** Something went wrong on a device or on the way to it. */
public abstract sealed class BackendException extends RuntimeException
    permits BackendUnavailableException,
        OutOfDeviceMemoryException,
        KernelBuildException,
        DeviceException {
  private static final long serialVersionUID = 1L;

  BackendException(String message, Throwable cause) {
    super(message, cause);
  }
}
