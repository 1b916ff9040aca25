package dev.myelin.nn;

/**
 * How a network is trained. Start from {@link #defaults} and change what differs.
 *
 * @param loss what is made small
 * @param optimizer how gradients move parameters
 * @param learningRate before the schedule's factor
 * @param schedule of the learning rate
 * @param epochs passes over the training data
 * @param batchSize samples a step; the last batch of an epoch holds what remains
 * @param shuffle whether each epoch takes the samples in a new random order
 * @param maxGradientNorm above which gradients are scaled down; 0 for never
 * @param patience epochs without a better validation loss after which training stops, with the best
 *     epoch's parameters put back; 0 for never
 * @param seed of shuffling and dropout
 * @param rule how errors become changes of the weights
 */
public record TrainingOptions(
    Loss loss,
    Optimizer optimizer,
    double learningRate,
    LearningRateSchedule schedule,
    int epochs,
    int batchSize,
    boolean shuffle,
    float maxGradientNorm,
    int patience,
    long seed,
    LearningRule rule) {

  /** AdamW at 1e-3 without decay, 5 epochs in shuffled batches of 128, seed 42. */
  public static TrainingOptions defaults(Loss loss) {
    return new TrainingOptions(
        loss,
        Optimizer.adamw(0),
        1e-3,
        LearningRateSchedule.constant(),
        5,
        128,
        true,
        0,
        0,
        42,
        LearningRule.GRADIENT);
  }

  /**
   * Rosenblatt's perceptron: see {@link LearningRule#PERCEPTRON}. Steps of +-x, samples in the
   * order of the data, at most 1000 epochs.
   */
  public static TrainingOptions perceptron() {
    return defaults(Loss.meanSquaredError(Loss.Reduction.HALF_SUM))
        .withOptimizer(Optimizer.sgd(), 1)
        .withEpochs(1000)
        .withBatchSize(1)
        .withShuffle(false)
        .withRule(LearningRule.PERCEPTRON);
  }

  /**
   * @throws IllegalArgumentException naming what is out of range
   */
  public TrainingOptions {
    require(
        learningRate > 0 && Double.isFinite(learningRate),
        "learningRate",
        learningRate,
        "positive");
    require(epochs >= 1, "epochs", epochs, "at least 1");
    require(batchSize >= 1, "batchSize", batchSize, "at least 1");
    require(maxGradientNorm >= 0, "maxGradientNorm", maxGradientNorm, "positive, or 0 for none");
    require(patience >= 0, "patience", patience, "positive, or 0 for none");
  }

  private static void require(boolean holds, String name, Number value, String range) {
    if (!holds) {
      throw new IllegalArgumentException(name + " must be " + range + ", but is " + value);
    }
  }

  public TrainingOptions withOptimizer(Optimizer value, double rate) {
    return new TrainingOptions(
        loss,
        value,
        rate,
        schedule,
        epochs,
        batchSize,
        shuffle,
        maxGradientNorm,
        patience,
        seed,
        rule);
  }

  public TrainingOptions withSchedule(LearningRateSchedule value) {
    return new TrainingOptions(
        loss,
        optimizer,
        learningRate,
        value,
        epochs,
        batchSize,
        shuffle,
        maxGradientNorm,
        patience,
        seed,
        rule);
  }

  public TrainingOptions withEpochs(int value) {
    return new TrainingOptions(
        loss,
        optimizer,
        learningRate,
        schedule,
        value,
        batchSize,
        shuffle,
        maxGradientNorm,
        patience,
        seed,
        rule);
  }

  public TrainingOptions withBatchSize(int value) {
    return new TrainingOptions(
        loss,
        optimizer,
        learningRate,
        schedule,
        epochs,
        value,
        shuffle,
        maxGradientNorm,
        patience,
        seed,
        rule);
  }

  public TrainingOptions withShuffle(boolean value) {
    return new TrainingOptions(
        loss,
        optimizer,
        learningRate,
        schedule,
        epochs,
        batchSize,
        value,
        maxGradientNorm,
        patience,
        seed,
        rule);
  }

  public TrainingOptions withMaxGradientNorm(float value) {
    return new TrainingOptions(
        loss,
        optimizer,
        learningRate,
        schedule,
        epochs,
        batchSize,
        shuffle,
        value,
        patience,
        seed,
        rule);
  }

  public TrainingOptions withPatience(int value) {
    return new TrainingOptions(
        loss,
        optimizer,
        learningRate,
        schedule,
        epochs,
        batchSize,
        shuffle,
        maxGradientNorm,
        value,
        seed,
        rule);
  }

  public TrainingOptions withSeed(long value) {
    return new TrainingOptions(
        loss,
        optimizer,
        learningRate,
        schedule,
        epochs,
        batchSize,
        shuffle,
        maxGradientNorm,
        patience,
        value,
        rule);
  }

  public TrainingOptions withRule(LearningRule value) {
    return new TrainingOptions(
        loss,
        optimizer,
        learningRate,
        schedule,
        epochs,
        batchSize,
        shuffle,
        maxGradientNorm,
        patience,
        seed,
        value);
  }
}
