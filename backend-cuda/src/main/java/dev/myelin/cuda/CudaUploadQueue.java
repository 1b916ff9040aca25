package dev.myelin.cuda;

import dev.myelin.Tensor;
import dev.myelin.UploadQueue;
import dev.myelin.cuda.CommandQueue.HostPart;

/** A second stream of a device, with staging buffers of its own. */
final class CudaUploadQueue implements UploadQueue {
  private final CudaContext context;
  private final CommandQueue work;
  private final CommandQueue uploads;

  CudaUploadQueue(CudaContext context, CommandQueue work) {
    this.context = context;
    this.work = work;
    this.uploads = new CommandQueue(context);
    try {
      uploads.waitFor(work);
    } catch (RuntimeException failure) {
      uploads.close();
      throw failure;
    }
  }

  @Override
  public void upload(float[] source, int sourceOffset, Tensor target) {
    context.enter();
    uploads.upload(HostPart.of(source, sourceOffset), target);
  }

  @Override
  public void upload(int[] source, int sourceOffset, Tensor target) {
    context.enter();
    uploads.upload(HostPart.of(source, sourceOffset), target);
  }

  @Override
  public void fence() {
    context.enter();
    work.waitFor(uploads);
    uploads.waitFor(work);
  }

  @Override
  public void close() {
    context.enterToRelease();
    try {
      if (!context.isDead()) {
        uploads.finish();
      }
    } finally {
      uploads.close();
    }
  }
}
