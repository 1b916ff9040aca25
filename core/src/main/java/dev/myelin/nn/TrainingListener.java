package dev.myelin.nn;

import java.io.UncheckedIOException;

/** Hears how training goes on; called on the thread that trains. */
public interface TrainingListener {
  /** Does nothing, but for what {@link #checkpointFailed} does. */
  TrainingListener NONE = new TrainingListener() {};

  /**
   * The training data pass through the device in chunks, since whole they would take too much of
   * its memory; called before the first step.
   *
   * @param chunkSamples how many make a chunk
   * @param chunkBytes what they take
   */
  default void dataAreStreamed(int chunkSamples, long chunkBytes) {}

  /** Training goes on from a checkpoint, or was finished there; called before the first step. */
  default void resumed(Checkpoint from) {}

  /**
   * A step was given to the device.
   *
   * @param epoch from 1
   * @param step in the epoch, from 1
   * @param stepsPerEpoch the ragged last batch counts as one
   */
  default void stepDone(int epoch, int step, int stepsPerEpoch) {}

  default void epochDone(EpochReport report) {}

  default void checkpointSaved(Checkpoint saved) {}

  /**
   * A checkpoint could not be saved; training goes on, and those that were saved before are still
   * there. Logs a warning unless it is overridden.
   */
  default void checkpointFailed(UncheckedIOException failure) {
    System.getLogger(TrainingListener.class.getName())
        .log(System.Logger.Level.WARNING, "Training goes on, but " + failure.getMessage());
  }
}
