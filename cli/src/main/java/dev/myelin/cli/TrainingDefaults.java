package dev.myelin.cli;

import dev.myelin.data.Dataset;
import dev.myelin.nn.LearningRule;
import java.util.List;

/**
 * What suits a data set if the user does not say otherwise.
 *
 * @param hidden sizes of the hidden layers
 * @param epochs passes over the training data
 * @param batch samples a step
 * @param learningRate of Adam and its kin; of the perceptron's rule with any optimizer
 */
record TrainingDefaults(List<Integer> hidden, int epochs, int batch, double learningRate) {
  /** Up to here a data set is passed over often, in small batches: it is a matter of seconds. */
  private static final int SMALL_SAMPLES = 10_000;

  static TrainingDefaults of(Dataset training, LearningRule rule) {
    if (rule == LearningRule.PERCEPTRON) {
      return new TrainingDefaults(List.of(), 100, 1, 1);
    }
    boolean isSmall = training.samples() <= SMALL_SAMPLES;
    if (training.imageRows() > 0) {
      return new TrainingDefaults(List.of(256), 5, 128, 1e-3);
    }
    if (training.inputs() <= 2 && isSmall) {
      int epochs = training.isClassification() ? 30 : 60;
      return new TrainingDefaults(List.of(64, 64), epochs, 32, 5e-3);
    }
    return isSmall
        ? new TrainingDefaults(List.of(64), 30, 32, 1e-3)
        : new TrainingDefaults(List.of(64, 64), 10, 128, 1e-3);
  }
}
