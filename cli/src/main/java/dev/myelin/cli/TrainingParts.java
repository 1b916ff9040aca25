package dev.myelin.cli;

import dev.myelin.data.Dataset;
import dev.myelin.data.Split;

/**
 * What becomes of the samples, before any preparation.
 *
 * @param training what the network learns from
 * @param validation what it is judged by after each epoch; null when there are too few samples, or
 *     none is to be held back
 * @param test what it is judged by once, at the end
 */
record TrainingParts(Dataset training, Dataset validation, Dataset test) {
  private static final double VALIDATION_SHARE = 0.1;
  private static final int MAX_VALIDATION_SAMPLES = 5_000;

  /** Of fewer samples, a tenth judges nothing. */
  private static final int LEAST_SAMPLES_TO_SHARE = 20;

  static TrainingParts of(Split split, long seed) {
    int samples = split.train().samples();
    boolean isTestOnTraining = split.train() == split.test();
    if (samples < LEAST_SAMPLES_TO_SHARE || isTestOnTraining) {
      return new TrainingParts(split.train(), null, split.test());
    }
    double share = Math.min(VALIDATION_SHARE, (double) MAX_VALIDATION_SAMPLES / samples);
    Split again = split.train().split(share, seed);
    return new TrainingParts(again.train(), again.test(), split.test());
  }

  /** Whether nothing was held back: the test is on what was trained on. */
  boolean isTestOnTraining() {
    return test == training;
  }
}
