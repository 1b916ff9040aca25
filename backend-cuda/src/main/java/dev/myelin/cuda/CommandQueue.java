package dev.myelin.cuda;

import dev.myelin.Tensor;
import java.nio.ByteBuffer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUstream;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JCudaDriver;

/** An in-order queue of a device, a stream: what is put in runs one after the other. */
final class CommandQueue {
  /** Copies a part of a host array into or out of pinned memory. */
  interface HostPart {
    /**
     * Copies {@code count} elements, the first of which is number {@code index} of the transfer.
     */
    void copy(ByteBuffer pinned, int index, int count);

    /** An array to be uploaded, from one of its elements on. */
    static HostPart of(float[] source, int offset) {
      return (pinned, index, count) -> pinned.asFloatBuffer().put(source, offset + index, count);
    }

    /** As {@link #of(float[], int)}, for whole numbers. */
    static HostPart of(int[] source, int offset) {
      return (pinned, index, count) -> pinned.asIntBuffer().put(source, offset + index, count);
    }
  }

  private static final int ELEMENT_BYTES = 4;

  private final CudaContext context;
  private final CUstream stream = new CUstream();
  private final StagingBuffer[] staging = new StagingBuffer[2];

  /** Where another queue waits for this one to have come. */
  private final CUevent mark = new CUevent();

  private boolean hasMark;

  /** Of the staging buffers, the one for the next upload. */
  private int nextUpload;

  CommandQueue(CudaContext context) {
    this.context = context;
    context.check(
        "making a stream",
        JCudaDriver.cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING));
    try {
      context.check(
          "making an event",
          JCudaDriver.cuEventCreate(mark, CUevent_flags.CU_EVENT_DISABLE_TIMING));
      hasMark = true;
      for (int i = 0; i < staging.length; i++) {
        staging[i] = new StagingBuffer(context, stream);
      }
    } catch (RuntimeException failure) {
      close();
      throw failure;
    }
  }

  CUstream stream() {
    return stream;
  }

  void fillWithZeros(CUdeviceptr pointer, long bytes) {
    context.check(
        "filling " + bytes + " bytes with zeros",
        JCudaDriver.cuMemsetD32Async(pointer, 0, bytes / ELEMENT_BYTES, stream));
  }

  /** Returns when the host array may be changed; the copy itself may still be in flight. */
  void upload(HostPart host, Tensor target) {
    long elements = target.elements();
    for (long done = 0; done < elements; ) {
      StagingBuffer buffer = staging[nextUpload];
      nextUpload = (nextUpload + 1) % staging.length;
      int count = (int) Math.min(StagingBuffer.ELEMENTS, elements - done);
      buffer.await();
      host.copy(buffer.bytes(), (int) done, count);
      CUdeviceptr to = CudaBuffer.start(target).withByteOffset(done * ELEMENT_BYTES);
      int status =
          JCudaDriver.cuMemcpyHtoDAsync(to, buffer.pointer(), (long) count * ELEMENT_BYTES, stream);
      check("uploading", target, status);
      buffer.markInUse();
      done += count;
    }
  }

  /** Waits for what is before it in the queue, and returns when the host array is filled. */
  void download(Tensor source, HostPart host) {
    long elements = source.elements();
    long parts = (elements + StagingBuffer.ELEMENTS - 1) / StagingBuffer.ELEMENTS;
    // The next part is already on its way while one is copied out.
    for (long part = 0; part <= parts; part++) {
      if (part < parts) {
        startDownload(source, part);
      }
      if (part > 0) {
        finishDownload(source, part - 1, host);
      }
    }
  }

  private void startDownload(Tensor source, long part) {
    StagingBuffer buffer = staging[(int) (part % staging.length)];
    buffer.await();
    CUdeviceptr from =
        CudaBuffer.start(source).withByteOffset(part * StagingBuffer.ELEMENTS * ELEMENT_BYTES);
    long bytes = (long) count(source, part) * ELEMENT_BYTES;
    check(
        "downloading",
        source,
        JCudaDriver.cuMemcpyDtoHAsync(buffer.pointer(), from, bytes, stream));
    buffer.markInUse();
  }

  private void finishDownload(Tensor source, long part, HostPart host) {
    StagingBuffer buffer = staging[(int) (part % staging.length)];
    buffer.await();
    host.copy(buffer.bytes(), (int) (part * StagingBuffer.ELEMENTS), count(source, part));
  }

  private static int count(Tensor tensor, long part) {
    long begun = part * StagingBuffer.ELEMENTS;
    return (int) Math.min(StagingBuffer.ELEMENTS, tensor.elements() - begun);
  }

  private void check(String operation, Tensor tensor, int status) {
    // Looked at first, because the message costs more than the call.
    if (status != Status.SUCCESS) {
      context.check(operation + " " + tensor, status);
    }
  }

  /**
   * What is put in from now on begins when all that the other queue holds now is done. The device
   * waits, not the caller.
   */
  void waitFor(CommandQueue other) {
    context.check("marking a queue", JCudaDriver.cuEventRecord(other.mark, other.stream));
    context.check(
        "waiting for another queue", JCudaDriver.cuStreamWaitEvent(stream, other.mark, 0));
  }

  /** Waits until the queue is empty. */
  void finish() {
    context.check("waiting for work", JCudaDriver.cuStreamSynchronize(stream));
  }

  void close() {
    for (StagingBuffer buffer : staging) {
      if (buffer != null) {
        buffer.close();
      }
    }
    if (hasMark) {
      context.checkRelease("releasing an event", JCudaDriver.cuEventDestroy(mark));
    }
    context.checkRelease("releasing the stream", JCudaDriver.cuStreamDestroy(stream));
  }
}
