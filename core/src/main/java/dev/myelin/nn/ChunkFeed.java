package dev.myelin.nn;

import dev.myelin.Backend;
import dev.myelin.DType;
import dev.myelin.Tensor;
import dev.myelin.TensorArena;

/**
 * A data set that passes through the device in chunks of whole batches, in the epoch's order.
 *
 * <p>The device holds two chunks, which are the halves of one tensor: while steps read one half,
 * the next chunk is put into the other, and a {@link ChunkReader} gathers the one after that. The
 * order on the device is simply 0, 1, 2, ... through both halves, so the steps are those of a data
 * set that lies there whole, and so is every bit of what they compute.
 */
final class ChunkFeed implements SampleFeed {
  private static final int HALVES = 2;

  private final Backend backend;
  private final HostSamples samples;
  private final int batchSize;
  private final int batchesPerChunk;
  private final int chunkRows;
  private final TensorArena arena;
  private final Tensor features;
  private final Tensor targets;
  private final Tensor order;
  private final HostChunk[] hostChunks;
  private ChunkReader reader;

  /** The chunk of the epoch that goes to the device next. */
  private int nextChunk;

  ChunkFeed(Backend backend, HostSamples samples, int batchSize) {
    this.backend = backend;
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
      hostChunks =
          new HostChunk[] {new HostChunk(samples, chunkRows), new HostChunk(samples, chunkRows)};
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
    endReading();
    nextChunk = stepInEpoch / batchesPerChunk;
    int first = nextChunk * chunkRows;
    reader = new ChunkReader(samples, sampleOrder, first, chunkRows, hostChunks);
  }

  @Override
  public void beforeStep(int stepInEpoch) {
    if (stepInEpoch / batchesPerChunk == nextChunk) {
      upload();
    }
  }

  @Override
  public void afterStep(int stepInEpoch) {
    // The other half is free: all steps that read it were given to the device before this one.
    boolean isNextMissing = stepInEpoch / batchesPerChunk + 1 == nextChunk;
    if (isNextMissing && (long) nextChunk * chunkRows < samples.samples() && reader.isNextReady()) {
      upload();
    }
  }

  /** Puts the next chunk into its half of the tensors. */
  private void upload() {
    HostChunk chunk = reader.take();
    int rows = Math.min(chunkRows, samples.samples() - nextChunk * chunkRows);
    int first = nextChunk % HALVES * chunkRows;
    chunk.upload(backend, features.rows(first, rows), targets.rows(first, rows));
    reader.giveBack(chunk);
    nextChunk++;
  }

  private void endReading() {
    if (reader != null) {
      reader.close();
      reader = null;
    }
  }

  @Override
  public void close() {
    try {
      endReading();
    } finally {
      arena.close();
    }
  }
}
