package dev.myelin.cuda;

import java.nio.ByteBuffer;
import jcuda.Pointer;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;

/** Pinned host memory that a transfer passes through, and whether one is still doing so. */
final class StagingBuffer {
  /** Large enough that starting a copy costs little beside it, small enough to be always there. */
  static final int ELEMENTS = 1 << 19;

  private final CudaContext context;
  private final CUstream stream;
  private final PinnedMemory memory;
  private final Pointer pointer;
  private final CUevent lastUse = new CUevent();
  private boolean isInUse;

  StagingBuffer(CudaContext context, CUstream stream) {
    this.context = context;
    this.stream = stream;
    this.memory = new PinnedMemory(context, 4L * ELEMENTS);
    this.pointer = memory.pointer(0);
    int status = JCudaDriver.cuEventCreate(lastUse, CUevent_flags.CU_EVENT_DISABLE_TIMING);
    if (status != Status.SUCCESS) {
      memory.close();
      context.check("making an event", status);
    }
  }

  Pointer pointer() {
    return pointer;
  }

  /** From its beginning on. */
  ByteBuffer bytes() {
    return memory.bytes().clear();
  }

  /** A transfer that uses this memory was put into the queue. */
  void markInUse() {
    isInUse = true;
    context.check("marking a transfer", JCudaDriver.cuEventRecord(lastUse, stream));
  }

  /** Waits until no transfer uses this memory. */
  void await() {
    if (isInUse) {
      context.check("waiting for a transfer", JCudaDriver.cuEventSynchronize(lastUse));
      isInUse = false;
    }
  }

  void close() {
    context.checkRelease("releasing an event", JCudaDriver.cuEventDestroy(lastUse));
    memory.close();
  }
}
