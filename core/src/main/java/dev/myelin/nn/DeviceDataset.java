package dev.myelin.nn;

import dev.myelin.Backend;
import dev.myelin.DType;
import dev.myelin.Tensor;
import dev.myelin.TensorArena;
import dev.myelin.UploadQueue;

/** A whole data set in device memory. */
final class DeviceDataset implements AutoCloseable {
  /** What passes through the host at once of samples that are not in its memory. */
  private static final long PIECE_BYTES = 2 << 20;

  private final Backend backend;
  private final TensorArena arena;
  private final Tensor features;
  private final Tensor targets;

  DeviceDataset(Backend backend, HostSamples samples) {
    this.backend = backend;
    arena = new TensorArena(backend, "data " + samples.data().name());
    try {
      features = arena.allocate("features", samples.samples(), samples.inputs());
      targets =
          samples.takesLabels()
              ? arena.allocate("labels", DType.I32, samples.samples())
              : arena.allocate("targets", samples.samples(), samples.targetColumns());
      if (samples.data().isInMemory() && samples.takesLabels()) {
        backend.upload(samples.data().features(), features);
        backend.upload(samples.data().labels(), targets);
      } else {
        uploadInPieces(samples);
      }
    } catch (RuntimeException | Error failure) {
      arena.close();
      throw failure;
    }
  }

  private void uploadInPieces(HostSamples samples) {
    int all = samples.samples();
    int rows = (int) Math.max(1, Math.min(all, PIECE_BYTES / samples.bytesPerSample()));
    HostChunk piece = new HostChunk(samples, rows);
    int[] numbers = new int[rows];
    UploadQueue queue = UploadQueue.through(backend);
    for (int first = 0; first < all; first += rows) {
      int count = Math.min(rows, all - first);
      for (int i = 0; i < count; i++) {
        numbers[i] = first + i;
      }
      samples.gather(numbers, 0, count, piece);
      piece.upload(queue, features.rows(first, count), targets.rows(first, count));
    }
  }

  /** [samples, inputs]. */
  Tensor features() {
    return features;
  }

  /** I32 [samples] for a loss that takes labels, else [samples, outputs]. */
  Tensor targets() {
    return targets;
  }

  @Override
  public void close() {
    arena.close();
  }
}
