package dev.myelin.nn;

import dev.myelin.Backend;
import dev.myelin.DType;
import dev.myelin.Tensor;
import dev.myelin.TensorArena;
import dev.myelin.UploadQueue;

/**
 * A data set that passes through the device in chunks of whole batches, in the epoch's order.
 *
 * <p>The device holds two chunks, which are the halves of one tensor: while steps read one half, a
 * {@link ChunkUploader} gathers the next chunk and uploads it into the other, beside the work. The
 * order on the device is simply 0, 1, 2, ... through both halves, so the steps are those of a data
 * set that lies there whole, and so is every bit of what they compute.
 */
final class ChunkFeed implements SampleFeed {
  private static final int HALVES = 2;

  private final HostSamples samples;
  private final int batchSize;
  private final int batchesPerChunk;
  private final int chunkRows;
  private final TensorArena arena;
  private final Tensor features;
  private final Tensor targets;
  private final Tensor order;
  private final HostChunk host;
  private final UploadQueue queue;
  private ChunkUploader uploader;

  /** The chunk of the epoch that steps come to next. */
  private int nextChunk;

  ChunkFeed(Backend backend, HostSamples samples, int batchSize) {
    this.samples = samples;
    this.batchSize = batchSize;
    batchesPerChunk = DevicePlace.batchesPerChunk(backend, samples, batchSize);
    chunkRows = Math.multiplyExact(batchesPerChunk, batchSize);
    arena = new TensorArena(backend, "chunks of " + samples.data().name());
    try {
      int rows = Math.multiplyExact(HALVES, chunkRows);
      features = arena.allocate("chunk.features", rows, samples.inputs());
      targets =
          samples.takesLabels()
              ? arena.allocate("chunk.labels", DType.I32, rows)
              : arena.allocate("chunk.targets", rows, samples.targetColumns());
      int[] numbers = new int[rows];
      for (int i = 0; i < rows; i++) {
        numbers[i] = i;
      }
      order = arena.upload("chunk.order", numbers, rows);
      host = new HostChunk(samples, chunkRows);
      queue = backend.openUploadQueue();
    } catch (RuntimeException | Error outOfMemory) {
      arena.close();
      throw outOfMemory;
    }
  }

  @Override
  public Tensor features() {
    return features;
  }

  @Override
  public Tensor targets() {
    return targets;
  }

  @Override
  public Tensor order() {
    return order;
  }

  @Override
  public int chunkRows() {
    return chunkRows;
  }

  @Override
  public int firstRow(int stepInEpoch) {
    return stepInEpoch % (HALVES * batchesPerChunk) * batchSize;
  }

  @Override
  public void beginEpoch(int[] sampleOrder, int stepInEpoch) {
    endUploading();
    // Steps of the epoch before may still read both halves.
    queue.fence();
    nextChunk = stepInEpoch / batchesPerChunk;
    uploader = new ChunkUploader(samples, sampleOrder, nextChunk, chunkRows, host, this::upload);
  }

  @Override
  public void beforeStep(int stepInEpoch) {
    if (stepInEpoch / batchesPerChunk == nextChunk) {
      uploader.awaitNext();
      // The uploader waits for a place now, so the queue is free for this thread.
      queue.fence();
      nextChunk++;
      // The other half: all steps that read it are before the fence.
      uploader.makePlace();
    }
  }

  private void upload(HostChunk chunk, int number, int rows) {
    int first = number % HALVES * chunkRows;
    chunk.upload(queue, features.rows(first, rows), targets.rows(first, rows));
  }

  private void endUploading() {
    if (uploader != null) {
      uploader.close();
      uploader = null;
    }
  }

  @Override
  public void close() {
    try {
      endUploading();
    } finally {
      closeDevicePart();
    }
  }

  private void closeDevicePart() {
    try {
      queue.close();
    } finally {
      arena.close();
    }
  }
}
