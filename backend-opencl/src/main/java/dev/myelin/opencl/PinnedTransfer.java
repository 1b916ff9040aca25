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

  private final OpenClDevice device;
  private final cl_context context;
  private final CommandQueue queue;
  private final int chunkElements;

  /** Made at the first transfer. */
  private Piece[] pieces;

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
    if (pieces == null) {
      pieces = new Piece[] {new Piece(), new Piece()};
    }
    return pieces[(int) (chunk % 2)];
  }

  @Override
  public void close() {
    if (pieces != null) {
      for (Piece piece : pieces) {
        piece.close();
      }
      pieces = null;
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
      Status.check("mapping " + bytes + " bytes of pinned memory", status[0], id());
      pointer = Pointer.to(memory);
    }

    void await() {
      if (event != null) {
        cl_event done = event;
        event = null;
        int status = CL.clWaitForEvents(1, new cl_event[] {done});
        CL.clReleaseEvent(done);
        Status.check("waiting for a transfer", status, id());
      }
    }

    void close() {
      await();
      int status = CL.clEnqueueUnmapMemObject(queue.handle(), handle, memory, 0, null, null);
      Status.check("unmapping pinned memory", status, id());
      queue.finish();
      Status.check("freeing pinned memory", CL.clReleaseMemObject(handle), id());
    }
  }

  private String id() {
    return device.info().id();
  }
}
