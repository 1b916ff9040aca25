package dev.myelin.cpu;

import dev.myelin.DType;
import dev.myelin.MemoryUse;
import dev.myelin.OutOfDeviceMemoryException;

/**
 * Counts what the tensors of one backend take of the Java heap, at four bytes an element, and
 * refuses what exceeds the budget.
 */
final class CpuMemory {
  /** What a Java array holds at most; some JVMs reserve a few header words below 2^31. */
  static final int MAXIMUM_ELEMENTS = Integer.MAX_VALUE - 8;

  private final String device;
  private final long totalBytes;
  private long usedBytes;

  /**
   * @param budgetBytes what tensors may take; 0 for {@link #heapShareBytes}
   */
  CpuMemory(String device, long budgetBytes) {
    this.device = device;
    this.totalBytes = budgetBytes == 0 ? heapShareBytes() : budgetBytes;
  }

  /**
   * Three quarters of what the heap may grow to (-Xmx): the rest is left to the program, to its
   * host copies of data and to the collector.
   */
  static long heapShareBytes() {
    return Runtime.getRuntime().maxMemory() / 4 * 3;
  }

  synchronized MemoryUse use() {
    return new MemoryUse(usedBytes, totalBytes);
  }

  /**
   * @throws OutOfDeviceMemoryException over the budget, longer than a Java array, or when the heap
   *     is full; nothing is taken then
   */
  synchronized CpuBuffer allocate(DType type, long elements) {
    long askedBytes = saturatedBytes(type, elements);
    if (elements > MAXIMUM_ELEMENTS || askedBytes > totalBytes - usedBytes) {
      throw new OutOfDeviceMemoryException(device, askedBytes, usedBytes, totalBytes);
    }
    CpuBuffer buffer;
    try {
      buffer = new CpuBuffer(this, type, (int) elements);
    } catch (OutOfMemoryError heapFull) {
      throw new OutOfDeviceMemoryException(device, askedBytes, usedBytes, totalBytes, heapFull);
    }
    usedBytes += askedBytes;
    return buffer;
  }

  synchronized void giveBack(long bytes) {
    usedBytes -= bytes;
  }

  private static long saturatedBytes(DType type, long elements) {
    return elements > Long.MAX_VALUE / type.bytes() ? Long.MAX_VALUE : elements * type.bytes();
  }
}
