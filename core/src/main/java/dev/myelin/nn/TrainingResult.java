package dev.myelin.nn;

import java.util.List;

/**
 * How training went.
 *
 * @param epochs one report an epoch that was finished
 * @param end why it ended
 * @param bestEpoch whose parameters the network holds: the last one's, or with early stopping the
 *     one of the best validation loss; 0 when no epoch was finished
 */
public record TrainingResult(List<EpochReport> epochs, End end, int bestEpoch) {

  /** Why training ended. */
  public enum End {
    ALL_EPOCHS,
    /** The validation loss did not get better for as long as the patience lasted. */
    EARLY_STOPPING,
    /** An epoch of {@link LearningRule#PERCEPTRON} had no mistake: the classes are separated. */
    NO_MISTAKE_LEFT,
    /** {@link Trainer#requestStop} was called; the network is as the last step left it. */
    STOP_REQUESTED
  }

  public TrainingResult {
    epochs = List.copyOf(epochs);
  }
}
