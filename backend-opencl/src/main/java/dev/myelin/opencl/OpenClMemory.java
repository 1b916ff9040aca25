package dev.myelin.opencl;

import dev.myelin.DType;
import dev.myelin.MemoryUse;
import dev.myelin.OutOfDeviceMemoryException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.cl_context;
import org.jocl.cl_mem;

/**
 * Counts what the tensors of one backend take, at four bytes an element, and refuses what exceeds
 * the budget, the device, or what the device allows for one buffer.
 */
final class OpenClMemory {
  private static final String FREEING = "freeing a buffer";

  private final OpenClDevice device;
  private final cl_context context;
  private final CommandQueue queue;
  private final long bufferFlags;
  private final long totalBytes;
  private final Set<OpenClBuffer> held = Collections.newSetFromMap(new IdentityHashMap<>());
  private long usedBytes;

  /**
   * @param bufferFlags what buffers are made with, besides being readable and writable
   * @param reservedBytes what the backend itself may take for scratch
   * @param budgetBytes what tensors may take; 0 for all the rest of the device
   */
  OpenClMemory(
      OpenClDevice device,
      cl_context context,
      CommandQueue queue,
      long bufferFlags,
      long reservedBytes,
      long budgetBytes) {
    this.device = device;
    this.context = context;
    this.queue = queue;
    this.bufferFlags = bufferFlags;
    long available = Math.max(0, device.info().memoryBytes() - reservedBytes);
    this.totalBytes = budgetBytes == 0 ? available : Math.min(budgetBytes, available);
  }

  synchronized MemoryUse use() {
    return new MemoryUse(usedBytes, totalBytes);
  }

  /**
   * Memory filled with zeros.
   *
   * @throws OutOfDeviceMemoryException when there is no room; nothing is taken then
   */
  synchronized OpenClBuffer allocate(DType type, long elements) {
    long askedBytes =
        elements > Long.MAX_VALUE / type.bytes() ? Long.MAX_VALUE : elements * type.bytes();
    if (askedBytes > totalBytes - usedBytes || askedBytes > device.maxAllocationBytes()) {
      throw outOfMemory(askedBytes);
    }
    // OpenCL has no empty buffers.
    long bufferBytes = Math.max(askedBytes, type.bytes());
    cl_mem handle = create(bufferBytes, askedBytes);
    OpenClBuffer buffer = new OpenClBuffer(this, type, elements, handle);
    held.add(buffer);
    usedBytes += askedBytes;
    return buffer;
  }

  private cl_mem create(long bufferBytes, long askedBytes) {
    int[] status = new int[1];
    long flags = CL.CL_MEM_READ_WRITE | bufferFlags;
    cl_mem handle = CL.clCreateBuffer(context, flags, bufferBytes, null, status);
    if (Status.isOutOfMemory(status[0])) {
      throw outOfMemory(askedBytes);
    }
    Status.check("allocating " + bufferBytes + " bytes", status[0], device.info().id());
    // Drivers take the memory at the first use, which this is.
    int filled =
        CL.clEnqueueFillBuffer(
            queue.handle(), handle, Pointer.to(new int[1]), 4, 0, bufferBytes, 0, null, null);
    if (filled != CL.CL_SUCCESS) {
      CL.clReleaseMemObject(handle);
      if (Status.isOutOfMemory(filled)) {
        throw outOfMemory(askedBytes);
      }
      Status.check("filling " + bufferBytes + " bytes with zeros", filled, device.info().id());
    }
    return handle;
  }

  private OutOfDeviceMemoryException outOfMemory(long askedBytes) {
    return new OutOfDeviceMemoryException(device.info().id(), askedBytes, usedBytes, totalBytes);
  }

  synchronized void giveBack(OpenClBuffer buffer) {
    if (held.remove(buffer)) {
      usedBytes -= buffer.elements() * buffer.type().bytes();
      Status.check(FREEING, CL.clReleaseMemObject(buffer.handle()), device.info().id());
    }
  }

  /** Frees what is still held. */
  synchronized void close(Releases releases) {
    held.forEach(buffer -> releases.check(FREEING, CL.clReleaseMemObject(buffer.handle())));
    held.clear();
  }
}
