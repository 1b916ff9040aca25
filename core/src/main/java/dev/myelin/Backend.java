package dev.myelin;

/**
 * One device with one in-order queue of work. Core wraps every backend that a provider opens with
 * checks, so an implementation may assume valid arguments: open tensors of its own, of the right
 * type and size.
 *
 * <p>A backend with all its arenas, tensors and captured work, and what is built on them (networks,
 * predictors), is used by one thread at a time. Threads may take turns: which thread opened it does
 * not matter, and no call has to be made to hand it over. A call, also one that closes, that comes
 * while another thread is in one ends with a {@link ConcurrentUseException} and touches nothing.
 * Threads that are to compute at the same time open a backend each, of the same device if they
 * like. {@link #device} and {@link #memory} may be asked at any time by any thread.
 *
 * <p>Closing waits for work in flight and frees every buffer that is still held; closing twice is
 * harmless.
 */
public interface Backend extends AutoCloseable {
  DeviceInfo device();

  Ops ops();

  /** What the buffers take now, and may take; from any thread. */
  MemoryUse memory();

  /**
   * Memory for {@code elements} elements, filled with zeros. Users call {@link
   * TensorArena#allocate}, which frees it.
   *
   * @throws OutOfDeviceMemoryException when the device or the budget has no room; nothing is taken
   *     then
   */
  Buffer allocate(DType type, long elements);

  /**
   * Copies host memory to the device; the host array may be changed as soon as the call returns.
   *
   * @param source read from {@code sourceOffset} on, as many elements as the target has
   */
  void upload(float[] source, int sourceOffset, Tensor target);

  /** As {@link #upload(float[], int, Tensor)}, for whole numbers. */
  void upload(int[] source, int sourceOffset, Tensor target);

  /**
   * Waits for the work in flight and copies device memory to the host.
   *
   * @param target written from {@code targetOffset} on, as many elements as the source has
   */
  void download(Tensor source, float[] target, int targetOffset);

  /** As {@link #download(Tensor, float[], int)}, for whole numbers. */
  void download(Tensor source, int[] target, int targetOffset);

  /** Waits until all work given so far is done. */
  void synchronize();

  /**
   * Opens a queue of uploads that run while the device computes, for data that are needed later. It
   * begins behind the work given so far.
   */
  UploadQueue openUploadQueue();

  /**
   * Records the operations that {@code work} calls, without running them. Work that allocates,
   * uploads, downloads or waits cannot be recorded. A backend without a cheaper way replays by
   * running {@code work} again.
   */
  default CapturedWork capture(Runnable work) {
    return new CapturedWork() {
      @Override
      public void replay() {
        work.run();
      }

      @Override
      public void close() {}
    };
  }

  @Override
  void close();

  /** Uploads a whole array; its length is the target's. */
  default void upload(float[] source, Tensor target) {
    upload(source, 0, target);
  }

  /** Uploads a whole array; its length is the target's. */
  default void upload(int[] source, Tensor target) {
    upload(source, 0, target);
  }

  /** Downloads into the beginning of an array. */
  default void download(Tensor source, float[] target) {
    download(source, target, 0);
  }

  /** Downloads into the beginning of an array. */
  default void download(Tensor source, int[] target) {
    download(source, target, 0);
  }
}
