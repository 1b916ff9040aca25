package dev.myelin.opencl;

import dev.myelin.Tensor;
import dev.myelin.UploadQueue;
import org.jocl.cl_context;

/** A second queue of a device, with a way to transfer of its own. */
final class OpenClUploadQueue implements UploadQueue {
  private final CommandQueue work;
  private final CommandQueue uploads;
  private final Transfer transfer;

  OpenClUploadQueue(OpenClDevice device, cl_context context, CommandQueue work) {
    this.work = work;
    this.uploads = new CommandQueue(device, context);
    this.transfer = TransferWay.bestOf(device).on(device, context, uploads);
    try {
      uploads.waitFor(work);
    } catch (RuntimeException failure) {
      uploads.close();
      throw failure;
    }
  }

  @Override
  public void upload(float[] source, int sourceOffset, Tensor target) {
    transfer.upload(HostArray.of(source, sourceOffset), target);
  }

  @Override
  public void upload(int[] source, int sourceOffset, Tensor target) {
    transfer.upload(HostArray.of(source, sourceOffset), target);
  }

  @Override
  public void fence() {
    work.waitFor(uploads);
    uploads.waitFor(work);
  }

  @Override
  public void close() {
    try {
      uploads.finish();
      transfer.close();
    } finally {
      uploads.close();
    }
  }
}
