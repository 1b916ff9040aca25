package dev.myelin.cli;

import dev.myelin.data.Dataset;

/**
 * What suits a data set if the user does not say otherwise.
 *
 * @param hidden sizes of the hidden layers
 * @param epochs passes over the training data
 * @param batch samples a step
 * @param learningRate of Adam and its kin
 */
record TrainingDefaults(int[] hidden, int epochs, int batch, double learningRate) {
  /** Up to here a data set is passed over often, in small batches: it is a matter of seconds. */
  private static final int SMALL_SAMPLES = 10_000;

  static TrainingDefaults of(Dataset training) {
    if (training.imageRows() > 0) {
      return new TrainingDefaults(new int[] {128}, 5, 128, 1e-3);
    }
    boolean isPlane = training.inputs() <= 2;
    int[] hidden = {64, 64};
    if (training.samples() > SMALL_SAMPLES) {
      return new TrainingDefaults(hidden, 10, 128, 1e-3);
    }
    return new TrainingDefaults(hidden, 30, 32, isPlane ? 5e-3 : 1e-3);
  }
}
