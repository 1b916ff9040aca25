package dev.myelin;

import java.util.Objects;

/**
 * What a user may decide when a device is opened.
 *
 * @param threads how many threads compute, on backends that run on the processor; 0 for one a core
 * @param memoryBudgetBytes what tensors may take at most; 0 for all that the device has
 * @param precision how operands of matrix products are rounded; one that the device has
 */
public record BackendOptions(int threads, long memoryBudgetBytes, Precision precision) {
  public static final BackendOptions DEFAULT = new BackendOptions(0, 0, Precision.F32);

  public BackendOptions {
    if (threads < 0) {
      throw new IllegalArgumentException("threads must not be negative, but is " + threads);
    }
    if (memoryBudgetBytes < 0) {
      throw new IllegalArgumentException(
          "memoryBudgetBytes must not be negative, but is " + memoryBudgetBytes);
    }
    Objects.requireNonNull(precision, "precision");
  }

  public BackendOptions withThreads(int count) {
    return new BackendOptions(count, memoryBudgetBytes, precision);
  }

  public BackendOptions withMemoryBudgetBytes(long bytes) {
    return new BackendOptions(threads, bytes, precision);
  }

  public BackendOptions withPrecision(Precision wanted) {
    return new BackendOptions(threads, memoryBudgetBytes, wanted);
  }
}
