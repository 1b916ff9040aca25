package dev.myelin.opencl;

import dev.myelin.Tensor;
import java.nio.ByteBuffer;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.cl_context;
import org.jocl.cl_event;
import org.jocl.cl_mem;

/**
 * For GPUs with memory of their own, across a bus: data goes in chunks through two pieces of host
 * memory that the driver has pinned, so that the device fetches one chunk on its own while the next
 * is being copied. What fits one chunk is waited for: JOCL hands every transfer that is not to a
 * thread of its own.
 *
 * <p>Source: NVIDIA, "OpenCL Best Practices Guide", 3.1.1 and 3.1.2.
 */
final class PinnedTransfer implements Transfer {
  /** Large enough to hide what a transfer costs to start, and little to keep pinned. */
  static final int CHUNK_BYTES = 4 << 20;

  private static final int ELEMENT_BYTES = 4;

  private static final String WAITING = "waiting for a transfer";

  /** What waiting answers when the transfer has ended, but badly. */
  private static final int TRANSFER_FAILED = CL.CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST;

  private final OpenClDevice device;
  private final cl_context context;
  private final CommandQueue queue;
  private final int chunkElements;

  /** Each made at its first transfer. */
  private final Piece[] pieces = new Piece[2];

  PinnedTransfer(OpenClDevice device, cl_context context, CommandQueue queue, int chunkBytes) {
    this.device = device;
    this.context = context;
    this.queue = queue;
    this.chunkElements = chunkBytes / ELEMENT_BYTES;
  }

  @Override
  public void upload(HostArray source, Tensor target) {
    long chunks = chunks(target);
    for (long chunk = 0; chunk < chunks; chunk++) {
      Piece piece = piece(chunk);
      // It may still be on its way from the last upload.
      piece.await();
      int count = elementsOf(chunk, target);
      source.copyTo((int) (chunk * chunkElements), count, piece.memory);
      piece.event = chunks == 1 ? null : new cl_event();
      int status =
          CL.clEnqueueWriteBuffer(
              queue.handle(),
              OpenClBuffer.of(target).handle(),
              chunks == 1,
              (target.offset() + chunk * chunkElements) * ELEMENT_BYTES,
              (long) count * ELEMENT_BYTES,
              piece.pointer,
              0,
              null,
              piece.event);
      requireStarted("uploading", target, status, piece);
    }
  }

  @Override
  public void download(Tensor source, HostArray target) {
    long chunks = chunks(source);
    for (long chunk = 0; chunk < Math.min(2, chunks); chunk++) {
      read(source, chunk);
    }
    for (long chunk = 0; chunk < chunks; chunk++) {
      Piece piece = piece(chunk);
      piece.await();
      target.copyFrom((int) (chunk * chunkElements), elementsOf(chunk, source), piece.memory);
      if (chunk + 2 < chunks) {
        read(source, chunk + 2);
      }
    }
  }

  private void read(Tensor source, long chunk) {
    Piece piece = piece(chunk);
    piece.await();
    boolean isOnly = chunks(source) == 1;
    piece.event = isOnly ? null : new cl_event();
    int status =
        CL.clEnqueueReadBuffer(
            queue.handle(),
            OpenClBuffer.of(source).handle(),
            isOnly,
            (source.offset() + chunk * chunkElements) * ELEMENT_BYTES,
            (long) elementsOf(chunk, source) * ELEMENT_BYTES,
            piece.pointer,
            0,
            null,
            piece.event);
    requireStarted("downloading", source, status, piece);
    // The other chunk is waited for without anything that would send this one off.
    Transfer.check("downloading", source, CL.clFlush(queue.handle()), device);
  }

  private void requireStarted(String operation, Tensor tensor, int status, Piece piece) {
    if (status != CL.CL_SUCCESS) {
      piece.event = null;
      Transfer.check(operation, tensor, status, device);
    }
  }

  private long chunks(Tensor tensor) {
    return (tensor.elements() + chunkElements - 1) / chunkElements;
  }

  private int elementsOf(long chunk, Tensor tensor) {
    return (int) Math.min(chunkElements, tensor.elements() - chunk * chunkElements);
  }

  private Piece piece(long chunk) {
    int number = (int) (chunk % 2);
    if (pieces[number] == null) {
      pieces[number] = new Piece();
    }
    return pieces[number];
  }

  @Override
  public void close(Releases releases) {
    for (int i = 0; i < pieces.length; i++) {
      if (pieces[i] != null) {
        pieces[i].close(releases);
        pieces[i] = null;
      }
    }
  }

  /** Pinned memory for one chunk, mapped for as long as it lives. */
  private final class Piece {
    private final cl_mem handle;
    private final ByteBuffer memory;
    private final Pointer pointer;

    /** The transfer that uses this piece; null when none does. */
    private cl_event event;

    Piece() {
      long bytes = (long) chunkElements * ELEMENT_BYTES;
      int[] status = new int[1];
      long flags = CL.CL_MEM_READ_WRITE | CL.CL_MEM_ALLOC_HOST_PTR;
      handle = CL.clCreateBuffer(context, flags, bytes, null, status);
      Status.check("allocating " + bytes + " bytes of pinned memory", status[0], id());
      memory =
          CL.clEnqueueMapBuffer(
              queue.handle(),
              handle,
              true,
              CL.CL_MAP_READ | CL.CL_MAP_WRITE,
              0,
              bytes,
              0,
              null,
              null,
              status);
      if (status[0] != CL.CL_SUCCESS) {
        CL.clReleaseMemObject(handle);
        Status.check("mapping " + bytes + " bytes of pinned memory", status[0], id());
      }
      pointer = Pointer.to(memory);
    }

    void await() {
      if (event != null) {
        int status = CL.clWaitForEvents(1, new cl_event[] {event});
        if (status != CL.CL_SUCCESS && status != TRANSFER_FAILED) {
          // The device may still be at it: the piece is not to be used before that has ended.
          Status.check(WAITING, status, id());
        }
        cl_event done = event;
        event = null;
        int released = CL.clReleaseEvent(done);
        Status.check(WAITING, status, id());
        Status.check("releasing an event", released, id());
      }
    }

    void close(Releases releases) {
      if (event != null) {
        releases.check(WAITING, CL.clWaitForEvents(1, new cl_event[] {event}));
        releases.check("releasing an event", CL.clReleaseEvent(event));
      }
      releases.check("unmapping pinned memory", queue.unmap(handle, memory));
      releases.check("waiting for work", CL.clFinish(queue.handle()));
      releases.check("freeing pinned memory", CL.clReleaseMemObject(handle));
    }
  }

  private String id() {
    return device.info().id();
  }
}
