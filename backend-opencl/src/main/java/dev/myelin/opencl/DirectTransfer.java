package dev.myelin.opencl;

import dev.myelin.Tensor;
import org.jocl.CL;

/** The driver copies from and to the user's array itself. */
final class DirectTransfer implements Transfer {
  private final OpenClDevice device;
  private final CommandQueue queue;

  DirectTransfer(OpenClDevice device, CommandQueue queue) {
    this.device = device;
    this.queue = queue;
  }

  @Override
  public void upload(HostArray source, Tensor target) {
    long bytes = target.elements() * target.type().bytes();
    if (bytes > 0) {
      int status =
          CL.clEnqueueWriteBuffer(
              queue.handle(),
              OpenClBuffer.of(target).handle(),
              true,
              target.offset() * target.type().bytes(),
              bytes,
              source.pointer(),
              0,
              null,
              null);
      Transfer.check("uploading", target, status, device);
    }
  }

  @Override
  public void download(Tensor source, HostArray target) {
    long bytes = source.elements() * source.type().bytes();
    if (bytes > 0) {
      int status =
          CL.clEnqueueReadBuffer(
              queue.handle(),
              OpenClBuffer.of(source).handle(),
              true,
              source.offset() * source.type().bytes(),
              bytes,
              target.pointer(),
              0,
              null,
              null);
      Transfer.check("downloading", source, status, device);
    }
  }

  @Override
  public void close(Releases releases) {}
}
