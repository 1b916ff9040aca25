package dev.myelin.nn;

/** Hears how training goes on; called on the thread that trains. */
public interface TrainingListener {
  /** Does nothing. */
  TrainingListener NONE = new TrainingListener() {};

  /**
   * A step was given to the device.
   *
   * @param epoch from 1
   * @param step in the epoch, from 1
   * @param stepsPerEpoch the ragged last batch counts as one
   */
  default void stepDone(int epoch, int step, int stepsPerEpoch) {}

  default void epochDone(EpochReport report) {}
}
