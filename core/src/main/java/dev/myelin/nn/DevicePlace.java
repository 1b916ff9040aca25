package dev.myelin.nn;

import dev.myelin.Backend;
import dev.myelin.MemoryUse;

/** Which part of a device's memory is for data. */
final class DevicePlace {
  /** The other half is for gradients, moments, activations, and data sets that come later. */
  private static final int LARGEST_SHARE = 2;

  /** Two chunks take a sixteenth of what is free at most. */
  private static final int CHUNK_SHARE = 32;

  /** Long enough that starting a transfer costs little beside it. */
  private static final long LARGEST_CHUNK_BYTES = 2 << 20;

  /** Some kernels and all Java arrays count elements in 31 bits. */
  private static final long LARGEST_TENSOR = Integer.MAX_VALUE - 8;

  private DevicePlace() {}

  /** Whether a data set takes at most half of what is free on the device. */
  static boolean hasRoomFor(Backend backend, HostSamples samples) {
    long elements = (long) samples.samples() * Math.max(samples.inputs(), samples.targetColumns());
    return elements <= LARGEST_TENSOR
        && samples.samples() * samples.bytesPerSample() <= freeBytes(backend) / LARGEST_SHARE;
  }

  /** How many whole batches make a chunk: at least one, and not more than there are. */
  static int batchesPerChunk(Backend backend, HostSamples samples, int batchSize) {
    long chunkBytes = Math.min(LARGEST_CHUNK_BYTES, freeBytes(backend) / CHUNK_SHARE);
    long fitting = chunkBytes / (batchSize * samples.bytesPerSample());
    int batches = (samples.samples() - 1) / batchSize + 1;
    return (int) Math.max(1, Math.min(fitting, batches));
  }

  private static long freeBytes(Backend backend) {
    MemoryUse memory = backend.memory();
    return memory.totalBytes() - memory.usedBytes();
  }
}
