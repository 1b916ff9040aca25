package dev.myelin.nn;

import dev.myelin.Backend;
import dev.myelin.Tensor;

/**
 * Samples on the device, as steps find them: step s of an epoch reads the rows of {@link #features}
 * and {@link #targets} whose numbers stand in {@link #order} from {@code firstRow(s)} on. The
 * tensors are the same in all steps, so that a captured step can be replayed.
 */
interface SampleFeed extends AutoCloseable {
  /** [rows, inputs]. */
  Tensor features();

  /** I32 [rows] for a loss that takes labels, else [rows, outputs]. */
  Tensor targets();

  /** I32: numbers of rows. */
  Tensor order();

  /** How many samples pass through the device at a time; 0 when all of them stay there. */
  int chunkRows();

  /** Where in {@link #order} the batch of a step begins, counted from 0 in the epoch. */
  int firstRow(int stepInEpoch);

  /**
   * Begins an epoch.
   *
   * @param sampleOrder the samples in the epoch's order; not to be modified until the next one
   * @param stepInEpoch the first step that will be taken
   */
  void beginEpoch(int[] sampleOrder, int stepInEpoch);

  /**
   * Makes sure that the step's samples are there; steps follow one another.
   *
   * @throws dev.myelin.data.InvalidDataException when samples cannot be read any more
   */
  void beforeStep(int stepInEpoch);

  @Override
  void close();

  /**
   * The whole data set on the device where there is room, else in chunks.
   *
   * @throws IllegalArgumentException when data set, network and loss do not belong together
   * @throws dev.myelin.OutOfDeviceMemoryException when there is no room for two batches
   */
  static SampleFeed of(Backend backend, HostSamples samples, int batchSize) {
    return DevicePlace.hasRoomFor(backend, samples)
        ? new WholeFeed(backend, samples, batchSize)
        : new ChunkFeed(backend, samples, batchSize);
  }
}
