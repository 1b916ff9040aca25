package dev.myelin.cuda;

import dev.myelin.DType;
import dev.myelin.MemoryUse;
import dev.myelin.OutOfDeviceMemoryException;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import jcuda.driver.JCudaDriver;

/**
 * Counts what the tensors of one backend take, and refuses what exceeds the budget or the device.
 *
 * <p>What is freed is kept for the next tensor of the same size, since the driver's own allocation
 * waits for all work in flight. What is kept counts against the budget but not as used, and goes
 * back to the driver before anything is refused. All work is in one queue, so memory can be given
 * to the next owner while its last one's work is still in flight.
 */
final class CudaMemory {
  /** The driver's own granularity. */
  private static final long BLOCK_BYTES = 512;

  private final CudaContext context;
  private final CommandQueue queue;
  private final long totalBytes;
  private final Set<CudaBuffer> held = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Map<Long, ArrayDeque<DevicePointer>> kept = new HashMap<>();
  private long usedBytes;
  private long keptBytes;

  /**
   * @param reservedBytes what the backend itself takes for scratch
   * @param budgetBytes what tensors may take; 0 for all the rest of the device
   */
  CudaMemory(CudaContext context, CommandQueue queue, long reservedBytes, long budgetBytes) {
    this.context = context;
    this.queue = queue;
    long available = Math.max(0, context.device().info().memoryBytes() - reservedBytes);
    this.totalBytes = budgetBytes == 0 ? available : Math.min(budgetBytes, available);
  }

  CommandQueue queue() {
    return queue;
  }

  synchronized MemoryUse use() {
    return new MemoryUse(usedBytes, totalBytes);
  }

  /**
   * Memory filled with zeros.
   *
   * @throws OutOfDeviceMemoryException when there is no room; nothing is taken then
   */
  synchronized CudaBuffer allocate(DType type, long elements) {
    long askedBytes = roundedBytes(type, elements);
    if (askedBytes > totalBytes - usedBytes) {
      throw outOfMemory(askedBytes);
    }
    DevicePointer pointer = elements == 0 ? null : take(askedBytes);
    if (pointer != null) {
      fillWithZeros(pointer, askedBytes);
    }
    return hold(new CudaBuffer(this, type, elements, pointer), askedBytes);
  }

  private CudaBuffer hold(CudaBuffer buffer, long bytes) {
    held.add(buffer);
    usedBytes += bytes;
    return buffer;
  }

  /**
   * Memory for the backend itself, which holds anything.
   *
   * @param wantedBytes what is taken when there is room for it, at least {@code leastBytes}
   * @throws OutOfDeviceMemoryException when there is not even room for {@code leastBytes}; nothing
   *     is taken then
   */
  synchronized CudaBuffer allocateWorkspace(long leastBytes, long wantedBytes) {
    try {
      return allocateWorkspace(wantedBytes);
    } catch (OutOfDeviceMemoryException noRoom) {
      if (wantedBytes == leastBytes) {
        throw noRoom;
      }
      return allocateWorkspace(leastBytes);
    }
  }

  private CudaBuffer allocateWorkspace(long bytes) {
    long elements = (bytes + DType.F32.bytes() - 1) / DType.F32.bytes();
    long askedBytes = roundedBytes(DType.F32, elements);
    if (askedBytes > totalBytes - usedBytes) {
      throw outOfMemory(askedBytes);
    }
    return hold(new CudaBuffer(this, DType.F32, elements, take(askedBytes)), askedBytes);
  }

  private static long roundedBytes(DType type, long elements) {
    if (elements > (Long.MAX_VALUE - BLOCK_BYTES) / type.bytes()) {
      return Long.MAX_VALUE;
    }
    return (elements * type.bytes() + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES;
  }

  private void fillWithZeros(DevicePointer pointer, long bytes) {
    try {
      queue.fillWithZeros(pointer, bytes);
    } catch (RuntimeException failure) {
      keep(pointer, bytes);
      throw failure;
    }
  }

  private DevicePointer take(long bytes) {
    ArrayDeque<DevicePointer> ofThisSize = kept.get(bytes);
    if (ofThisSize != null && !ofThisSize.isEmpty()) {
      keptBytes -= bytes;
      return ofThisSize.pop();
    }
    if (bytes > totalBytes - usedBytes - keptBytes) {
      freeKept();
    }
    DevicePointer pointer = new DevicePointer();
    int status = JCudaDriver.cuMemAlloc(pointer, bytes);
    if (status == Status.OUT_OF_MEMORY && keptBytes > 0) {
      freeKept();
      status = JCudaDriver.cuMemAlloc(pointer, bytes);
    }
    if (status == Status.OUT_OF_MEMORY) {
      throw outOfMemory(bytes);
    }
    context.check("allocating " + bytes + " bytes", status);
    return pointer;
  }

  private OutOfDeviceMemoryException outOfMemory(long askedBytes) {
    String id = context.device().info().id();
    return new OutOfDeviceMemoryException(id, askedBytes, usedBytes, totalBytes);
  }

  synchronized void giveBack(CudaBuffer buffer) {
    if (held.remove(buffer)) {
      long bytes = roundedBytes(buffer.type(), buffer.elements());
      usedBytes -= bytes;
      if (buffer.pointer() != null) {
        keep(buffer.pointer(), bytes);
      }
    }
  }

  private void keep(DevicePointer pointer, long bytes) {
    kept.computeIfAbsent(bytes, unused -> new ArrayDeque<>()).push(pointer);
    keptBytes += bytes;
  }

  private void freeKept() {
    for (ArrayDeque<DevicePointer> ofOneSize : kept.values()) {
      for (DevicePointer pointer : ofOneSize) {
        context.checkRelease("freeing memory", JCudaDriver.cuMemFree(pointer));
      }
    }
    kept.clear();
    keptBytes = 0;
  }

  /** Frees what is still held, and what is kept. */
  synchronized void close() {
    for (CudaBuffer buffer : held.toArray(new CudaBuffer[0])) {
      giveBack(buffer);
    }
    freeKept();
  }
}
