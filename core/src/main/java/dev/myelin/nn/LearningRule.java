package dev.myelin.nn;

import dev.myelin.Activation;
import dev.myelin.data.Dataset;
import java.util.Locale;

/**
 * How a network's errors become changes of its weights. Everything else of a training step is the
 * same for all rules: the optimizer takes what a rule gives for gradients.
 *
 * <p>Below, x is a layer's input, z = x W^T + b, o = f(z), and e what comes back to o: for the last
 * layer the gradient of the loss, o - t for half the squared error.
 */
public enum LearningRule {
  /** The chain rule: a layer's delta = e f'(z) gives dW = delta^T x; e below = delta W. */
  GRADIENT,
  /**
   * Errors go back by the weights alone: e below = e W, without f'(z); each layer's own update is
   * as before, dW = (e f'(z))^T x. It equals the gradient for the last layer, and for all of them
   * where activations are linear.
   */
  BACKWARD_ERRORS,
  /**
   * Rosenblatt's, for one layer of threshold units, samples one by one: on a mistake the weights of
   * the unit move by +-x and its bias by +-1 (times the learning rate), until an epoch had no
   * mistake. That happens after finitely many mistakes when a hyperplane separates the classes
   * (Novikoff, 1962), and never when none does. Rosenblatt, "The perceptron", 1958.
   */
  PERCEPTRON;

  /**
   * Reads what {@link #text} writes.
   *
   * @throws IllegalArgumentException naming the rules there are
   */
  public static LearningRule of(String text) {
    for (LearningRule rule : values()) {
      if (rule.text().equals(text.replace('_', '-'))) {
        return rule;
      }
    }
    throw new IllegalArgumentException(
        "unknown rule '" + text + "'; there are gradient, backward-errors, perceptron");
  }

  /** "gradient", "backward-errors", "perceptron". */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * How many mistakes of single units an epoch's report stands for, each counted before its update.
   *
   * @param report of an epoch of {@link #PERCEPTRON}
   */
  public static long mistakes(EpochReport report, MlpSpec spec) {
    double apart = outputsApart(spec.outputActivation());
    return Math.round(report.loss() * report.samples() / (apart * apart / 2));
  }

  /** What lies between the two outputs of a threshold unit. */
  static float outputsApart(Activation activation) {
    return activation.kind() == Activation.Kind.SIGN ? 2 : 1;
  }

  /** Whether nothing is left to be learnt. */
  boolean isLearnt(EpochReport report) {
    return this == PERCEPTRON && report.loss() == 0;
  }

  /** Whether e must survive the way through a layer's activation, or is of another shape. */
  boolean keepsErrors(Activation activation) {
    boolean isSentBack = this == BACKWARD_ERRORS && activation.kind() != Activation.Kind.IDENTITY;
    return isSentBack || activation.pieces() > 1;
  }

  /**
   * Makes sure that the rule can teach this network.
   *
   * @throws IllegalArgumentException saying why it cannot, and what to do
   */
  public void requireFit(TrainingOptions options, MlpSpec spec, Dataset data) {
    switch (this) {
      case GRADIENT -> requireSlope(spec);
      case BACKWARD_ERRORS -> {
        requireSlope(spec);
        for (Layer layer : spec.layers()) {
          require(
              layer.activation().pieces() == 1,
              "cannot send errors back through "
                  + layer.activation().text()
                  + ", whose units have several weights for each input: use the rule gradient");
        }
      }
      case PERCEPTRON -> requirePerceptron(options, spec, data);
    }
  }

  private void requireSlope(MlpSpec spec) {
    String function = spec.outputActivation().text();
    require(
        !spec.outputActivation().isThreshold(),
        "learns nothing from outputs of "
            + function
            + ", whose derivative is 0: use the rule perceptron, or another activation");
  }

  private void requirePerceptron(TrainingOptions options, MlpSpec spec, Dataset data) {
    require(
        spec.layers().size() == 1,
        "is for one layer of step or sign units, but network "
            + spec
            + " has hidden layers: leave those out, or use the rule gradient and another activation");
    require(
        spec.outputActivation().isThreshold(),
        "is for one layer of step or sign units, but the activation is "
            + spec.outputActivation().text()
            + ": make it step or sign, or use the rule gradient");
    require(
        options.optimizer().equals(Optimizer.sgd()),
        "moves weights by mistakes alone, and not with "
            + options.optimizer()
            + ", which moves them without one, too: use sgd without momentum and weight decay");
    require(
        options.patience() == 0,
        "ends when no mistake is left, and keeps the weights of that moment: leave patience out");
    require(
        options.loss().equals(Loss.meanSquaredError(Loss.Reduction.HALF_SUM)),
        "counts mistakes by the loss mse_half_sum, but the loss is "
            + options.loss().text()
            + ": use that one");
    require(
        options.batchSize() == 1,
        "takes samples one by one, but the batch size is " + options.batchSize() + ": make it 1");
    if (!data.isClassification()) {
      requireTargets(spec, data);
    }
  }

  private void requireTargets(MlpSpec spec, Dataset data) {
    int off = 1 - (int) outputsApart(spec.outputActivation());
    float[] targets = data.targets();
    for (int i = 0; i < targets.length; i++) {
      require(
          targets[i] == 1 || targets[i] == off,
          String.format(
              "needs targets of %d and 1, which is all that %s units give, but sample %d of data %s"
                  + " has %s",
              off, spec.outputActivation().text(), i / data.outputs(), data.name(), targets[i]));
    }
  }

  private void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException("the rule " + text() + " " + message);
    }
  }
}
