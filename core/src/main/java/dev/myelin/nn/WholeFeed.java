package dev.myelin.nn;

import dev.myelin.Backend;
import dev.myelin.DType;
import dev.myelin.Tensor;
import dev.myelin.TensorArena;

/** A whole data set on the device; what is uploaded each epoch is its order. */
final class WholeFeed implements SampleFeed {
  private final Backend backend;
  private final DeviceDataset data;
  private final TensorArena arena;
  private final Tensor order;
  private final int batchSize;

  WholeFeed(Backend backend, HostSamples samples, int batchSize) {
    this.backend = backend;
    this.batchSize = batchSize;
    this.data = new DeviceDataset(backend, samples);
    try {
      arena = new TensorArena(backend, "order of " + samples.data().name());
      order = arena.allocate("order", DType.I32, samples.samples());
    } catch (RuntimeException | Error failure) {
      close();
      throw failure;
    }
  }

  @Override
  public Tensor features() {
    return data.features();
  }

  @Override
  public Tensor targets() {
    return data.targets();
  }

  @Override
  public Tensor order() {
    return order;
  }

  @Override
  public int chunkRows() {
    return 0;
  }

  @Override
  public int firstRow(int stepInEpoch) {
    return stepInEpoch * batchSize;
  }

  @Override
  public void beginEpoch(int[] sampleOrder, int stepInEpoch) {
    backend.upload(sampleOrder, order);
  }

  @Override
  public void beforeStep(int stepInEpoch) {}

  @Override
  public void close() {
    try {
      // Null where it could not be opened, and the constructor closes the data.
      if (arena != null) {
        arena.close();
      }
    } finally {
      data.close();
    }
  }
}
