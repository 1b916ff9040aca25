package dev.myelin.nn;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * When {@link Trainer#fit} saves its state, and where. A fit begins with the newest checkpoint that
 * the store has, and anew when it has none. Saving changes no bit of the result.
 *
 * @param store null for none
 * @param everySteps how many steps lie between two checkpoints; 0 for one at the end of each epoch.
 *     One is saved besides when the run is stopped and when it ends
 * @param alsoDecisive what else the result depends on and the trainer cannot see, such as the
 *     precision of matrix products: text by name
 */
public record Checkpointing(
    CheckpointStore store, int everySteps, Map<String, String> alsoDecisive) {
  /** Saves nothing. */
  public static final Checkpointing NONE = new Checkpointing(null, 0, Map.of());

  /**
   * @throws IllegalArgumentException when the number of steps is negative
   */
  public Checkpointing {
    if (everySteps < 0) {
      throw new IllegalArgumentException(
          "everySteps must be at least 1, or 0 for each epoch, but is " + everySteps);
    }
    alsoDecisive = new LinkedHashMap<>(alsoDecisive);
  }

  boolean isOn() {
    return store != null;
  }

  /** Whether to save after so many steps, of which the last may be an epoch's last. */
  boolean isDueAfter(int steps, boolean isEpochDone) {
    return isOn() && (everySteps == 0 ? isEpochDone : steps % everySteps == 0);
  }

  /**
   * The checkpoint to begin with.
   *
   * @throws CheckpointMismatchException when it is of another run
   */
  Optional<Checkpoint> newest(Map<String, String> run) {
    Optional<Checkpoint> newest = store.newest();
    newest.ifPresent(
        checkpoint -> {
          String differences = RunDescription.differences(checkpoint.run(), run);
          if (!differences.isEmpty()) {
            throw new CheckpointMismatchException(store.name(), differences);
          }
        });
    return newest;
  }
}
