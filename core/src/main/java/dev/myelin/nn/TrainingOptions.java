package dev.myelin.nn;

import java.util.function.Consumer;

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
    return with(
        copy -> {
          copy.optimizer = value;
          copy.learningRate = rate;
        });
  }

  public TrainingOptions withSchedule(LearningRateSchedule value) {
    return with(copy -> copy.schedule = value);
  }

  public TrainingOptions withEpochs(int value) {
    return with(copy -> copy.epochs = value);
  }

  public TrainingOptions withBatchSize(int value) {
    return with(copy -> copy.batchSize = value);
  }

  public TrainingOptions withShuffle(boolean value) {
    return with(copy -> copy.shuffle = value);
  }

  public TrainingOptions withMaxGradientNorm(float value) {
    return with(copy -> copy.maxGradientNorm = value);
  }

  public TrainingOptions withPatience(int value) {
    return with(copy -> copy.patience = value);
  }

  public TrainingOptions withSeed(long value) {
    return with(copy -> copy.seed = value);
  }

  public TrainingOptions withRule(LearningRule value) {
    return with(copy -> copy.rule = value);
  }

  private TrainingOptions with(Consumer<Copy> change) {
    Copy copy = new Copy(this);
    change.accept(copy);
    return copy.toOptions();
  }

  /** The options as variables, so that a change names what it changes and nothing else. */
  private static final class Copy {
    private final Loss loss;
    private Optimizer optimizer;
    private double learningRate;
    private LearningRateSchedule schedule;
    private int epochs;
    private int batchSize;
    private boolean shuffle;
    private float maxGradientNorm;
    private int patience;
    private long seed;
    private LearningRule rule;

    Copy(TrainingOptions options) {
      loss = options.loss;
      optimizer = options.optimizer;
      learningRate = options.learningRate;
      schedule = options.schedule;
      epochs = options.epochs;
      batchSize = options.batchSize;
      shuffle = options.shuffle;
      maxGradientNorm = options.maxGradientNorm;
      patience = options.patience;
      seed = options.seed;
      rule = options.rule;
    }

    TrainingOptions toOptions() {
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
          rule);
    }
  }
}
