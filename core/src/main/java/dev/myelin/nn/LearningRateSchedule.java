package dev.myelin.nn;

import dev.myelin.io.Json;

/**
 * How the learning rate changes while training, as a factor of the rate in {@link TrainingOptions}.
 */
@FunctionalInterface
public interface LearningRateSchedule {

  /**
   * The factor at one step.
   *
   * @param step counted from 0
   * @param stepsPerEpoch the ragged last batch counts as one
   * @param totalSteps of all epochs
   */
  double factor(long step, long stepsPerEpoch, long totalSteps);

  /** The schedule in a word; one that a program brings has none of its own. */
  default String text() {
    return "of the program";
  }

  private static LearningRateSchedule named(String text, LearningRateSchedule rule) {
    return new LearningRateSchedule() {
      @Override
      public double factor(long step, long stepsPerEpoch, long totalSteps) {
        return rule.factor(step, stepsPerEpoch, totalSteps);
      }

      @Override
      public String text() {
        return text;
      }
    };
  }

  /** Always 1. */
  static LearningRateSchedule constant() {
    return named("constant", (step, stepsPerEpoch, totalSteps) -> 1);
  }

  /** Multiplied by {@code gamma} after every {@code epochs} epochs. */
  static LearningRateSchedule step(int epochs, double gamma) {
    if (epochs < 1 || !(gamma > 0)) {
      throw new IllegalArgumentException(
          "a step schedule needs at least 1 epoch and a positive gamma, not "
              + epochs
              + " and "
              + gamma);
    }
    return named(
        "step(" + epochs + ", " + Json.write(gamma) + ")",
        (step, stepsPerEpoch, totalSteps) ->
            StrictMath.pow(gamma, (double) Math.floorDiv(step, stepsPerEpoch * epochs)));
  }

  /** From 1 to 0 along half a cosine. Loshchilov and Hutter, 2017. */
  static LearningRateSchedule cosine() {
    return named(
        "cosine",
        (step, stepsPerEpoch, totalSteps) ->
            (1 + StrictMath.cos(Math.PI * ((double) step / (double) Math.max(1, totalSteps)))) / 2);
  }

  /**
   * Rises in a straight line over the first {@code share} of all steps, then follows {@code after}
   * over the rest.
   */
  static LearningRateSchedule warmup(double share, LearningRateSchedule after) {
    if (!(share >= 0 && share < 1)) {
      throw new IllegalArgumentException("a warm-up's share must be in [0, 1), but is " + share);
    }
    return named(
        "warmup(" + Json.write(share) + ", " + after.text() + ")",
        (step, stepsPerEpoch, totalSteps) -> {
          long rising = (long) (share * totalSteps);
          return step < rising
              ? (step + 1.0) / (rising + 1.0)
              : after.factor(step - rising, stepsPerEpoch, totalSteps - rising);
        });
  }
}
