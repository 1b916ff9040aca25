package dev.myelin.testkit;

import dev.myelin.Activation;
import dev.myelin.ElementLoss;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;

/**
 * Values of the activations and losses that another implementation computed in float64 (PyTorch
 * 1.13): resources with one line of numbers a name.
 */
final class GoldenValues {
  /** An activation and its name in the resource. */
  record GoldenActivation(String name, Activation function) {}

  /** A loss, its name in the resource, and how its mean is taken. */
  record GoldenLoss(String name, ElementLoss loss, double scale) {}

  static final int LOSS_ROWS = 7;
  static final int LOSS_COLUMNS = 5;

  private static final int LOSS_ELEMENTS = LOSS_ROWS * LOSS_COLUMNS;

  static final List<GoldenActivation> ACTIVATIONS =
      List.of(
          new GoldenActivation("identity", Activation.IDENTITY),
          new GoldenActivation("sigmoid", Activation.SIGMOID),
          new GoldenActivation("tanh", Activation.TANH),
          new GoldenActivation("relu", Activation.RELU),
          new GoldenActivation("leaky_relu(0.01)", Activation.leakyRelu(0.01f)),
          new GoldenActivation("elu(1.0)", Activation.elu(1)),
          new GoldenActivation("gelu", Activation.GELU),
          new GoldenActivation("gelu_tanh", Activation.GELU_TANH),
          new GoldenActivation("silu", Activation.SILU),
          new GoldenActivation("softplus", Activation.SOFTPLUS));

  static final List<GoldenLoss> ELEMENT_LOSSES =
      List.of(
          new GoldenLoss("mse_mean", ElementLoss.SQUARED_ERROR, 1.0 / LOSS_ELEMENTS),
          new GoldenLoss(
              "half_sum_of_squares_per_sample_mean", ElementLoss.SQUARED_ERROR, 0.5 / LOSS_ROWS),
          new GoldenLoss("sum_of_squares", ElementLoss.SQUARED_ERROR, 1),
          new GoldenLoss(
              "bce_with_logits_mean", ElementLoss.BINARY_CROSS_ENTROPY, 1.0 / LOSS_ELEMENTS),
          new GoldenLoss("l1_mean", ElementLoss.ABSOLUTE_ERROR, 1.0 / LOSS_ELEMENTS),
          new GoldenLoss("huber_mean(1.0)", ElementLoss.huber(1), 1.0 / LOSS_ELEMENTS));

  private final Properties lines = new Properties();

  private GoldenValues(String resource) {
    try (InputStream in = GoldenValues.class.getResourceAsStream(resource)) {
      lines.load(in);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  static GoldenValues activations() {
    return new GoldenValues("golden-activations.properties");
  }

  static GoldenValues losses() {
    return new GoldenValues("golden-losses.properties");
  }

  double[] numbers(String name) {
    String line = lines.getProperty(name);
    if (line == null) {
      throw new IllegalArgumentException("no golden values are called " + name);
    }
    return Arrays.stream(line.split(" ", -1)).mapToDouble(Double::parseDouble).toArray();
  }

  float[] floats(String name) {
    double[] numbers = numbers(name);
    float[] floats = new float[numbers.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) numbers[i];
    }
    return floats;
  }

  int[] ints(String name) {
    return Arrays.stream(numbers(name)).mapToInt(number -> (int) number).toArray();
  }

  /** The numbers, each as far off as its rounding to float32 may be. */
  Bounded[] rounded(String name) {
    return Arrays.stream(numbers(name)).mapToObj(Bounded::rounded).toArray(Bounded[]::new);
  }

  /** The golden numbers, with the bounds of a computation of the same. */
  Expected expected(String name, Bounded... computed) {
    return new Expected(numbers(name), Expected.of(computed).bounds());
  }
}
