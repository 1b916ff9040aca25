package dev.myelin;

/**
 * Uploads beside a device's queue of work: they run while the device computes. {@link #fence} is
 * what puts the two in order.
 *
 * <p>One thread at a time uses an upload queue; it may be another than the backend's, and does so
 * while that one computes. {@link #fence} is of both queues: who calls it uses both at that moment.
 * A tensor that is written here must have been allocated before the last fence, or before the queue
 * was opened, and stay open until the next one or until the queue is closed.
 */
public interface UploadQueue extends AutoCloseable {
  /**
   * Copies host memory to the device, after the uploads before; the host array may be changed as
   * soon as the call returns.
   *
   * @param source read from {@code sourceOffset} on, as many elements as the target has
   */
  void upload(float[] source, int sourceOffset, Tensor target);

  /** As {@link #upload(float[], int, Tensor)}, for whole numbers. */
  void upload(int[] source, int sourceOffset, Tensor target);

  /**
   * Work given to the backend from now on begins when the uploads so far are done, and uploads from
   * now on begin when the work so far is done. The device waits, not the caller.
   */
  void fence();

  /** Waits for its uploads. Closing twice is harmless; closing the backend closes it, too. */
  @Override
  void close();

  /**
   * Uploads in the queue of work itself, which has its order; used by the backend's thread. Where
   * work and uploads are done when the calls return, and uploads may come from any thread, this is
   * all that {@link Backend#openUploadQueue} needs.
   */
  static UploadQueue through(Backend backend) {
    return new UploadQueue() {
      @Override
      public void upload(float[] source, int sourceOffset, Tensor target) {
        backend.upload(source, sourceOffset, target);
      }

      @Override
      public void upload(int[] source, int sourceOffset, Tensor target) {
        backend.upload(source, sourceOffset, target);
      }

      @Override
      public void fence() {}

      @Override
      public void close() {}
    };
  }
}
