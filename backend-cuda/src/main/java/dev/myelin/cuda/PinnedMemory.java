package dev.myelin.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jcuda.Pointer;
import jcuda.driver.JCudaDriver;

/** Host memory that stays where it is, so that the device copies from and to it by itself. */
final class PinnedMemory {
  /** JCuda tells the address to subclasses only. */
  private static final class Address extends Pointer {
    long value() {
      return getNativePointer();
    }
  }

  private final CudaContext context;
  private final Address pointer = new Address();
  private final ByteBuffer bytes;

  PinnedMemory(CudaContext context, long size) {
    this.context = context;
    context.check(
        "allocating " + size + " bytes of pinned host memory",
        JCudaDriver.cuMemAllocHost(pointer, size));
    bytes = pointer.getByteBuffer(0, size).order(ByteOrder.nativeOrder());
  }

  ByteBuffer bytes() {
    return bytes;
  }

  long address() {
    return pointer.value();
  }

  Pointer pointer(long offset) {
    return pointer.withByteOffset(offset);
  }

  void close() {
    context.checkRelease("freeing pinned host memory", JCudaDriver.cuMemFreeHost(pointer));
  }
}
