package dev.myelin.nn;

import dev.myelin.Activation;
import dev.myelin.ShapeMismatchException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The shape of a multilayer perceptron, without its weights.
 *
 * @param layers first to last; each takes what the one before gives
 */
public record MlpSpec(List<Layer> layers) {

  /**
   * @throws IllegalArgumentException when there is no layer, two neighbours do not fit, the last
   *     layer drops outputs, or there are more than 2^31 - 1 parameters
   */
  public MlpSpec {
    layers = List.copyOf(layers);
    if (layers.isEmpty()) {
      throw new IllegalArgumentException("a network needs at least one layer");
    }
    for (int i = 1; i < layers.size(); i++) {
      if (layers.get(i).inputs() != layers.get(i - 1).outputs()) {
        throw new IllegalArgumentException(
            String.format(
                "layer %d takes %d inputs, but layer %d gives %d outputs",
                i, layers.get(i).inputs(), i - 1, layers.get(i - 1).outputs()));
      }
    }
    if (layers.get(layers.size() - 1).dropout() != 0) {
      throw new IllegalArgumentException(
          "the last layer's outputs are the result: no dropout there");
    }
    ParameterLayout.requireOneBlock(layers);
  }

  /** Hidden layers with one activation, a linear last layer, trained biases, no dropout. */
  public static MlpSpec of(Activation hidden, int... sizes) {
    return of(hidden, Activation.IDENTITY, Layer.Bias.TRAINED, 0, sizes);
  }

  /**
   * Layers that differ in size only, but for the last one's activation.
   *
   * @param hidden the activation of all layers but the last
   * @param last the activation of the last layer; IDENTITY for losses on logits
   * @param bias of all layers
   * @param dropout after each hidden layer
   * @param sizes inputs, then each layer's outputs: 784, 128, 10
   */
  public static MlpSpec of(
      Activation hidden, Activation last, Layer.Bias bias, float dropout, int... sizes) {
    if (sizes.length < 2) {
      throw new IllegalArgumentException(
          "a network needs at least two sizes, inputs and outputs, but has " + sizes.length);
    }
    List<Layer> layers = new ArrayList<>();
    for (int i = 0; i + 1 < sizes.length; i++) {
      boolean isLast = i + 2 == sizes.length;
      layers.add(
          new Layer(sizes[i], sizes[i + 1], isLast ? last : hidden, bias, isLast ? 0 : dropout));
    }
    return new MlpSpec(layers);
  }

  public int inputs() {
    return layers.get(0).inputs();
  }

  public int outputs() {
    return layers.get(layers.size() - 1).outputs();
  }

  /** The last layer's. */
  public Activation outputActivation() {
    return layers.get(layers.size() - 1).activation();
  }

  /** How many parameters all layers have together. */
  public long parameters() {
    return layers.stream().mapToLong(Layer::parameters).sum();
  }

  /**
   * Makes sure that these are the network's parameters: each one once, under its name and in its
   * shape.
   *
   * @return the same, layer by layer, each weight before its bias
   * @throws ShapeMismatchException naming the first that is missing, unknown, given twice or of
   *     another shape
   */
  public List<NamedParameter> requireParameters(List<NamedParameter> stateDict) {
    List<NamedParameter> ordered = new ArrayList<>();
    new ParameterLayout(this)
        .byEntry(stateDict).entrySet().stream()
            .sorted(Comparator.comparingInt(found -> found.getKey().layer()))
            .forEach(found -> ordered.add(found.getValue()));
    return ordered;
  }

  /** Inputs, then each layer's outputs. */
  public int[] sizes() {
    int[] sizes = new int[layers.size() + 1];
    sizes[0] = inputs();
    for (int i = 0; i < layers.size(); i++) {
      sizes[i + 1] = layers.get(i).outputs();
    }
    return sizes;
  }

  /** "784-128-10". */
  @Override
  public String toString() {
    return inputs()
        + "-"
        + layers.stream().map(l -> String.valueOf(l.outputs())).collect(Collectors.joining("-"));
  }
}
