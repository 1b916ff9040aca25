package dev.myelin;

import java.util.Locale;

/** The device has no room for a tensor. Nothing was taken or lost: what is held stays valid. */
public final class OutOfDeviceMemoryException extends BackendException {
  private static final long serialVersionUID = 1L;

  private final long askedBytes;
  private final long usedBytes;
  private final long totalBytes;

  public OutOfDeviceMemoryException(
      String device, long askedBytes, long usedBytes, long totalBytes, Throwable cause) {
    super(
        String.format(
            Locale.ROOT,
            "device %s is out of memory: asked for %,d bytes with %,d of %,d bytes in use."
                + " Use a smaller batch or network, or close arenas that are no longer needed.",
            device,
            askedBytes,
            usedBytes,
            totalBytes),
        cause);
    this.askedBytes = askedBytes;
    this.usedBytes = usedBytes;
    this.totalBytes = totalBytes;
  }

  public OutOfDeviceMemoryException(
      String device, long askedBytes, long usedBytes, long totalBytes) {
    this(device, askedBytes, usedBytes, totalBytes, null);
  }

  public long askedBytes() {
    return askedBytes;
  }

  public long usedBytes() {
    return usedBytes;
  }

  public long totalBytes() {
    return totalBytes;
  }
}
