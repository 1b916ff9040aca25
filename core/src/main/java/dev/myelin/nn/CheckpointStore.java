package dev.myelin.nn;

import java.util.Optional;

/** Where checkpoints of one run are kept. Called on the thread that trains. */
public interface CheckpointStore {
  /** How messages call it. */
  String name();

  /** The newest one that is whole; empty when none was saved yet. */
  Optional<Checkpoint> newest();

  /**
   * Keeps a checkpoint, whole or not at all.
   *
   * @throws java.io.UncheckedIOException when that is impossible; what was kept before still is
   */
  void save(Checkpoint checkpoint);
}
