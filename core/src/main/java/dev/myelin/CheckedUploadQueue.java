package dev.myelin;

/**
 * An upload queue behind the checks of its {@link CheckedBackend}. Uploads are no turns of the
 * backend, since they run beside it; but whoever closes the queue, or the backend, waits until the
 * upload that another thread is in the midst of is over.
 */
final class CheckedUploadQueue implements UploadQueue {
  private static final String UPLOAD = "upload beside the work";

  private final CheckedBackend backend;
  private final UploadQueue queue;
  private boolean closed;

  CheckedUploadQueue(CheckedBackend backend, UploadQueue queue) {
    this.backend = backend;
    this.queue = queue;
  }

  @Override
  public synchronized void upload(float[] source, int sourceOffset, Tensor target) {
    requireOpen();
    backend.requireOwn(UPLOAD, target);
    CheckedBackend.requireFits(UPLOAD, DType.F32, target, source.length, sourceOffset);
    queue.upload(source, sourceOffset, target);
  }

  @Override
  public synchronized void upload(int[] source, int sourceOffset, Tensor target) {
    requireOpen();
    backend.requireOwn(UPLOAD, target);
    CheckedBackend.requireFits(UPLOAD, DType.I32, target, source.length, sourceOffset);
    queue.upload(source, sourceOffset, target);
  }

  @Override
  public void fence() {
    boolean wasOutside = backend.enter();
    try {
      fenceInTurn();
    } finally {
      backend.leave(wasOutside);
    }
  }

  private synchronized void fenceInTurn() {
    requireOpen();
    if (backend.isCapturing()) {
      throw new IllegalStateException(
          "device "
              + backend.device().id()
              + ": a fence cannot be recorded; set it before the work is captured or after it");
    }
    queue.fence();
  }

  private void requireOpen() {
    backend.requireOpen();
    if (closed) {
      throw new IllegalStateException(
          "an upload queue of device " + backend.device().id() + " is used after it was closed");
    }
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      backend.unregister(this);
      queue.close();
    }
  }
}
