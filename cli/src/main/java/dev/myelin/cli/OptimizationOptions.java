package dev.myelin.cli;

import dev.myelin.nn.LearningRateSchedule;
import dev.myelin.nn.LearningRule;
import dev.myelin.nn.Loss;
import dev.myelin.nn.Optimizer;
import dev.myelin.nn.TrainingOptions;
import picocli.CommandLine.Option;

/** How the network learns. */
final class OptimizationOptions {
  @Option(
      names = "--rule",
      paramLabel = "NAME",
      defaultValue = "gradient",
      description =
          "how errors move weights: gradient; backward-errors (errors go back by the weights "
              + "alone, without the derivatives); perceptron (one layer of step or sign units, "
              + "samples one by one until none is wrong). Default: ${DEFAULT-VALUE}")
  String rule;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      description =
          "passes over the training data. Default: by data set; digits 5; perceptron at most 100")
  Integer epochs;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "samples a step. Default: by data set; digits 128")
  Integer batch;

  @Option(
      names = "--optimizer",
      paramLabel = "NAME",
      description =
          "adamw, adam, sgd, nesterov, rmsprop or adagrad. Default: adamw; perceptron sgd")
  String optimizer;

  @Option(
      names = "--lr",
      paramLabel = "RATE",
      description =
          "learning rate. Default: 1e-3, small 2-d sets 5e-3; sgd 0.1, nesterov and adagrad 0.01; "
              + "perceptron 1")
  Double learningRate;

  @Option(
      names = "--momentum",
      paramLabel = "M",
      description = "of sgd and nesterov. Default: 0, nesterov 0.9")
  Float momentum;

  @Option(
      names = "--weight-decay",
      paramLabel = "D",
      defaultValue = "0",
      description = "pulls parameters towards 0; decoupled with adamw. Default: 0")
  float weightDecay;

  @Option(
      names = "--schedule",
      paramLabel = "NAME",
      description =
          "of the learning rate: constant; step (times --step-factor every --step-epochs); "
              + "cosine (to 0); warmup-cosine (rises over the first --warmup). Default: cosine; "
              + "perceptron constant")
  String schedule;

  @Option(
      names = "--step-epochs",
      paramLabel = "N",
      description = "with step: epochs between two steps. Default: a third of all")
  Integer stepEpochs;

  @Option(
      names = "--step-factor",
      paramLabel = "F",
      description = "with step: what the rate is multiplied by. Default: 0.1")
  Double stepFactor;

  @Option(
      names = "--warmup",
      paramLabel = "SHARE",
      description = "with warmup-cosine: share of all steps. Default: 0.1")
  Double warmup;

  @Option(
      names = "--clip-norm",
      paramLabel = "NORM",
      defaultValue = "0",
      description = "scales gradients down to this norm. Default: 0, never")
  float clipNorm;

  @Option(
      names = "--patience",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "stops after N epochs without a better validation loss and keeps the best epoch. "
              + "Default: 0, never")
  int patience;

  /**
   * How errors move weights.
   *
   * @throws UsageException when there is no such rule
   */
  LearningRule learningRule() {
    return NetworkOptions.parsed("--rule", () -> LearningRule.of(rule));
  }

  private boolean isPerceptron() {
    return learningRule() == LearningRule.PERCEPTRON;
  }

  private String optimizerName() {
    return optimizer != null ? optimizer : isPerceptron() ? "sgd" : "adamw";
  }

  private String scheduleName() {
    return schedule != null ? schedule : isPerceptron() ? "constant" : "cosine";
  }

  /**
   * All of it together.
   *
   * @param defaults for what the user leaves open
   * @throws UsageException when a value is out of range, or does not go with the others
   */
  TrainingOptions toTrainingOptions(Loss loss, TrainingDefaults defaults, long seed) {
    return NetworkOptions.parsed(
        "training options",
        () ->
            new TrainingOptions(
                loss,
                chosenOptimizer(),
                learningRate == null ? defaultLearningRate(defaults) : learningRate,
                chosenSchedule(epochsOr(defaults)),
                epochsOr(defaults),
                batch == null ? defaults.batch() : batch,
                true,
                clipNorm,
                patience,
                seed,
                learningRule()));
  }

  private int epochsOr(TrainingDefaults defaults) {
    return epochs == null ? defaults.epochs() : epochs;
  }

  private Optimizer chosenOptimizer() {
    String name = optimizerName();
    boolean takesMomentum = name.equals("sgd") || name.equals("nesterov");
    if (momentum != null && !takesMomentum) {
      throw new UsageException("--momentum goes with sgd and nesterov, not with " + name);
    }
    return switch (name) {
      case "adamw" -> Optimizer.adamw(weightDecay);
      case "adam" -> new Optimizer.Adam(0.9f, 0.999f, 1e-8f, weightDecay, false);
      case "sgd" -> Optimizer.sgd(momentum == null ? 0 : momentum, false, weightDecay);
      case "nesterov" -> Optimizer.sgd(momentum == null ? 0.9f : momentum, true, weightDecay);
      case "rmsprop" -> new Optimizer.RmsProp(0.99f, 1e-8f, weightDecay);
      case "adagrad" -> new Optimizer.Adagrad(1e-10f, weightDecay);
      default ->
          throw new UsageException(
              "--optimizer must be adamw, adam, sgd, nesterov, rmsprop or adagrad, but is '"
                  + name
                  + "'");
    };
  }

  private double defaultLearningRate(TrainingDefaults defaults) {
    if (isPerceptron()) {
      return defaults.learningRate();
    }
    return switch (optimizerName()) {
      case "sgd" -> momentum == null || momentum == 0 ? 0.1 : 0.01;
      case "nesterov", "adagrad" -> 0.01;
      default -> defaults.learningRate();
    };
  }

  private LearningRateSchedule chosenSchedule(int totalEpochs) {
    String name = scheduleName();
    refuseUnless(name.equals("step"), "--step-epochs", stepEpochs, "step");
    refuseUnless(name.equals("step"), "--step-factor", stepFactor, "step");
    refuseUnless(name.equals("warmup-cosine"), "--warmup", warmup, "warmup-cosine");
    return switch (name) {
      case "constant" -> LearningRateSchedule.constant();
      case "cosine" -> LearningRateSchedule.cosine();
      case "step" ->
          LearningRateSchedule.step(
              stepEpochs == null ? Math.max(1, totalEpochs / 3) : stepEpochs,
              stepFactor == null ? 0.1 : stepFactor);
      case "warmup-cosine" ->
          LearningRateSchedule.warmup(warmup == null ? 0.1 : warmup, LearningRateSchedule.cosine());
      default ->
          throw new UsageException(
              "--schedule must be constant, step, cosine or warmup-cosine, but is '" + name + "'");
    };
  }

  private void refuseUnless(boolean applies, String option, Object value, String schedules) {
    if (value != null && !applies) {
      throw new UsageException(
          option + " goes with --schedule " + schedules + ", not with " + scheduleName());
    }
  }
}
