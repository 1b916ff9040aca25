package dev.myelin.cli;

import dev.myelin.Activation;
import dev.myelin.data.Dataset;
import dev.myelin.nn.Initializer;
import dev.myelin.nn.Layer;
import dev.myelin.nn.LearningRule;
import dev.myelin.nn.Loss;
import dev.myelin.nn.MlpSpec;
import dev.myelin.nn.TrainingOptions;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import picocli.CommandLine.Option;

/** The network's shape, and what it is to make small. */
final class NetworkOptions {
  @Option(
      names = "--layers",
      paramLabel = "SIZES",
      description = "all sizes, inputs and outputs included: 784,512,256,10")
  String layers;

  @Option(
      names = "--hidden",
      paramLabel = "SIZES",
      description = "sizes of the hidden layers: 512,256, or none. Default: by data set")
  String hidden;

  @Option(
      names = "--activation",
      paramLabel = "NAME",
      description =
          "of the hidden layers: relu, leaky_relu(0.01), elu(1), gelu, gelu_tanh, silu, tanh, "
              + "sigmoid, softplus, identity, maxout(PIECES). Default: relu. With --rule perceptron "
              + "of the one layer: step or sign. Default: step")
  String activation;

  @Option(
      names = "--dropout",
      paramLabel = "SHARE",
      defaultValue = "0",
      description = "share of each hidden layer dropped while training. Default: ${DEFAULT-VALUE}")
  float dropout;

  @Option(
      names = "--loss",
      paramLabel = "NAME",
      defaultValue = "auto",
      description =
          "cross_entropy, cross_entropy(SMOOTHING), bce, mse, mse_half_sum, mse_sum, l1, huber(1). "
              + "Default: auto, which is cross_entropy for classes and mse for numbers")
  String loss;

  @Option(
      names = "--init",
      paramLabel = "NAME",
      defaultValue = "auto",
      description =
          "he, xavier or pytorch. Default: auto, which is he for relu and its kin, else xavier")
  String init;

  /**
   * The loss to train with.
   *
   * @throws UsageException when there is none of that name, or it does not suit the data
   */
  Loss lossFor(Dataset data, LearningRule rule) {
    if (rule == LearningRule.PERCEPTRON && !data.isClassification()) {
      throw new UsageException(
          "--rule perceptron tells classes apart, but data "
              + DataSource.wholeName(data)
              + " has numbers to predict: give --task classification if they are classes");
    }
    if (loss.equals("auto") && rule == LearningRule.PERCEPTRON) {
      return TrainingOptions.perceptron().loss();
    }
    if (loss.equals("auto")) {
      return data.isClassification()
          ? Loss.crossEntropy()
          : Loss.meanSquaredError(Loss.Reduction.MEAN);
    }
    Loss chosen = parsed("--loss", () -> Loss.of(loss));
    boolean isForClasses = chosen.takesLabels() || chosen.equals(Loss.binaryCrossEntropy());
    if (isForClasses && !data.isClassification()) {
      throw new UsageException(
          "--loss "
              + loss
              + " is for classes, but data "
              + DataSource.wholeName(data)
              + " has numbers to predict: use mse, l1 or huber");
    }
    return chosen;
  }

  /**
   * The network that suits the data.
   *
   * @param defaultHidden the sizes of the hidden layers if the user gives none
   * @throws UsageException when the sizes are none, or do not fit the data
   */
  MlpSpec specFor(Dataset data, Loss chosenLoss, List<Integer> defaultHidden, LearningRule rule) {
    Activation function = function(rule);
    boolean isPerceptron = rule == LearningRule.PERCEPTRON;
    if (function.isThreshold() && !isPerceptron) {
      throw new UsageException(
          "--activation "
              + activation
              + ": its derivative is 0, so nothing below it would learn; use --rule perceptron,"
              + " or another activation");
    }
    int[] sizes =
        layers != null
            ? givenLayers(data, chosenLoss)
            : sizes(data, chosenLoss, defaultHidden, rule);
    return parsed(
        "the network",
        () ->
            MlpSpec.of(
                function,
                isPerceptron ? function : Activation.IDENTITY,
                Layer.Bias.TRAINED,
                dropout,
                sizes));
  }

  private Activation function(LearningRule rule) {
    if (activation == null) {
      return rule == LearningRule.PERCEPTRON ? Activation.STEP : Activation.RELU;
    }
    return parsed("--activation", () -> Activation.of(activation));
  }

  private int[] sizes(
      Dataset data, Loss chosenLoss, List<Integer> defaultHidden, LearningRule rule) {
    int[] between =
        hidden == null
            ? defaultHidden.stream().mapToInt(Integer::intValue).toArray()
            : parseSizes("--hidden", hidden);
    int[] sizes = new int[between.length + 2];
    sizes[0] = data.inputs();
    System.arraycopy(between, 0, sizes, 1, between.length);
    sizes[sizes.length - 1] = isOneOutputEnough(data, chosenLoss, rule) ? 1 : data.outputs();
    return sizes;
  }

  private static boolean isOneOutputEnough(Dataset data, Loss chosenLoss, LearningRule rule) {
    return data.isClassification()
        && data.outputs() == 2
        && (chosenLoss.equals(Loss.binaryCrossEntropy()) || rule == LearningRule.PERCEPTRON);
  }

  private int[] givenLayers(Dataset data, Loss chosenLoss) {
    if (hidden != null) {
      throw new UsageException("--layers and --hidden exclude each other: give one of them");
    }
    int[] sizes = parseSizes("--layers", layers);
    if (sizes.length < 2) {
      throw new UsageException("--layers needs inputs and outputs at least, but is " + layers);
    }
    int outputs = sizes[sizes.length - 1];
    boolean oneForTwoClasses =
        data.isClassification() && data.outputs() == 2 && !chosenLoss.takesLabels() && outputs == 1;
    requireEqual("begins", sizes[0], data, data.inputs(), "features");
    if (!oneForTwoClasses) {
      String what = data.isClassification() ? "classes" : "targets";
      requireEqual("ends", outputs, data, data.outputs(), what);
    }
    return sizes;
  }

  private void requireEqual(String end, int size, Dataset data, int needed, String what) {
    if (size != needed) {
      throw new UsageException(
          String.format(
              "--layers %s %s with %d, but data %s has %d %s: make it %d, or give --hidden instead",
              layers, end, size, DataSource.wholeName(data), needed, what, needed));
    }
  }

  /**
   * Reads "512,256"; of --hidden also "none".
   *
   * @throws UsageException naming the option
   */
  static int[] parseSizes(String option, String text) {
    if (option.equals("--hidden") && text.equals("none")) {
      return new int[0];
    }
    if (!text.matches("[1-9]\\d{0,8}(,[1-9]\\d{0,8})*")) {
      throw new UsageException(
          option
              + " takes whole numbers above 0 with commas between, as in 512,256, but is '"
              + text
              + "'");
    }
    return Arrays.stream(text.split(",", -1)).mapToInt(Integer::parseInt).toArray();
  }

  /** How to draw the weights. */
  Initializer initializer(LearningRule rule) {
    if (init.equals("auto")) {
      return Initializer.suiting(function(rule));
    }
    for (Initializer each : Initializer.values()) {
      if (each.name().toLowerCase(Locale.ROOT).equals(init)) {
        return each;
      }
    }
    throw new UsageException("--init must be auto, he, xavier or pytorch, but is '" + init + "'");
  }

  /** As {@link #parsed}, of a check that gives nothing. */
  static void check(String what, Runnable check) {
    parsed(
        what,
        () -> {
          check.run();
          return what;
        });
  }

  /** What a value comes to; what core says against it becomes a usage error with its option. */
  static <T> T parsed(String option, Supplier<T> value) {
    try {
      return value.get();
    } catch (IllegalArgumentException refused) {
      throw new UsageException(option + ": " + refused.getMessage(), refused);
    }
  }
}
