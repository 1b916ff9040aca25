package dev.myelin.opencl;

import dev.myelin.Tensor;
import dev.myelin.UploadQueue;

/**
 * Uploads in the queue of work, given by another thread; for devices whose memory is the host's:
 * there kernels must not use a buffer of which a part is mapped, and a copy takes the processor's
 * time wherever it stands. The queue's order is all the order that is needed.
 */
final class InOrderUploadQueue implements UploadQueue {
  private final DirectTransfer transfer;

  InOrderUploadQueue(DirectTransfer transfer) {
    this.transfer = transfer;
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
  public void fence() {}

  /** An upload is done when it returns. */
  @Override
  public void close() {}
}
