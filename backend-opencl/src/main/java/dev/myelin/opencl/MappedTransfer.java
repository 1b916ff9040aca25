package dev.myelin.opencl;

import dev.myelin.Tensor;
import java.nio.ByteBuffer;
import org.jocl.CL;

/**
 * For devices whose memory is the host's, as that of a GPU on the processor's chip: the tensor's
 * memory is mapped, copied to or from, and given back.
 */
final class MappedTransfer implements Transfer {
  /** Java's byte buffers end below 2 GiB. */
  private static final int MOST_ELEMENTS = 1 << 28;

  private final OpenClDevice device;
  private final CommandQueue queue;

  MappedTransfer(OpenClDevice device, CommandQueue queue) {
    this.device = device;
    this.queue = queue;
  }

  @Override
  public void upload(HostArray source, Tensor target) {
    for (long first = 0; first < target.elements(); first += MOST_ELEMENTS) {
      int count = (int) Math.min(MOST_ELEMENTS, target.elements() - first);
      // What was there need not be brought to the host.
      ByteBuffer memory = map("uploading", target, first, count, CL.CL_MAP_WRITE_INVALIDATE_REGION);
      source.copyTo((int) first, count, memory);
      unmap("uploading", target, memory);
    }
  }

  @Override
  public void download(Tensor source, HostArray target) {
    for (long first = 0; first < source.elements(); first += MOST_ELEMENTS) {
      int count = (int) Math.min(MOST_ELEMENTS, source.elements() - first);
      ByteBuffer memory = map("downloading", source, first, count, CL.CL_MAP_READ);
      target.copyFrom((int) first, count, memory);
      unmap("downloading", source, memory);
    }
  }

  private ByteBuffer map(String operation, Tensor tensor, long first, int count, long flags) {
    int[] status = new int[1];
    ByteBuffer memory =
        CL.clEnqueueMapBuffer(
            queue.handle(),
            OpenClBuffer.of(tensor).handle(),
            true,
            flags,
            (tensor.offset() + first) * tensor.type().bytes(),
            (long) count * tensor.type().bytes(),
            0,
            null,
            null,
            status);
    Transfer.check(operation, tensor, status[0], device);
    return memory;
  }

  private void unmap(String operation, Tensor tensor, ByteBuffer memory) {
    int status = queue.unmap(OpenClBuffer.of(tensor).handle(), memory);
    Transfer.check(operation, tensor, status, device);
  }

  @Override
  public void close(Releases releases) {}
}
