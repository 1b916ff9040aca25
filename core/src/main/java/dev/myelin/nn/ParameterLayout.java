package dev.myelin.nn;

import dev.myelin.Activation;
import dev.myelin.ShapeMismatchException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where each parameter of a network lies in its one block, and what PyTorch calls it.
 *
 * <p>Trained parameters come first, so that the optimizer's launch covers one range; fixed biases
 * follow. Every parameter begins at a multiple of {@value #ALIGNMENT} elements; the gaps are zero
 * and stay zero. Names are those of PyTorch's nn.Sequential of Linear, activation (none for
 * identity) and Dropout (none for 0) modules.
 */
final class ParameterLayout {
  /** 64 bytes: a cache line, and enough for any vector load. */
  private static final int ALIGNMENT = 16;

  /** One parameter. */
  static final class Entry {
    private final String name;
    private final int layer;
    private final int offset;
    private final int[] shape;

    private Entry(String name, int layer, int offset, int... shape) {
      this.name = name;
      this.layer = layer;
      this.offset = offset;
      this.shape = shape;
    }

    /** As PyTorch has it: "0.weight". */
    String name() {
      return name;
    }

    /** The number of its layer. */
    int layer() {
      return layer;
    }

    /** Of its first element in the block. */
    int offset() {
      return offset;
    }

    /** [out, in] of a weight, [out] of a bias. */
    int[] shape() {
      return shape;
    }

    int elements() {
      return shape.length == 2 ? shape[0] * shape[1] : shape[0];
    }

    boolean isWeight() {
      return shape.length == 2;
    }
  }

  private final MlpSpec spec;
  private final List<Entry> entries = new ArrayList<>();
  private final int trainedElements;
  private int elements;

  ParameterLayout(MlpSpec spec) {
    this.spec = spec;
    int module = 0;
    List<Entry> fixed = new ArrayList<>();
    for (int i = 0; i < spec.layers().size(); i++) {
      Layer layer = spec.layers().get(i);
      entries.add(place(module + ".weight", i, layer.rows(), layer.inputs()));
      Entry bias = new Entry(module + ".bias", i, 0, layer.rows());
      if (layer.bias() == Layer.Bias.TRAINED) {
        entries.add(place(bias.name(), i, bias.shape()));
      } else if (layer.bias() == Layer.Bias.FIXED) {
        fixed.add(bias);
      }
      boolean hasActivation = layer.activation().kind() != Activation.Kind.IDENTITY;
      module += 1 + (hasActivation ? 1 : 0) + (layer.dropout() > 0 ? 1 : 0);
    }
    trainedElements = elements;
    for (Entry bias : fixed) {
      entries.add(place(bias.name(), bias.layer(), bias.shape()));
    }
  }

  private Entry place(String name, int layer, int... shape) {
    Entry entry = new Entry(name, layer, elements, shape);
    elements += (int) padded(entry.elements());
    return entry;
  }

  private static long padded(long elements) {
    return (elements + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  /**
   * Makes sure that one block holds all parameters.
   *
   * @throws ShapeMismatchException naming the first layer that does not fit any more
   */
  static void requireOneBlock(List<Layer> layers) {
    long elements = 0;
    for (int i = 0; i < layers.size(); i++) {
      Layer layer = layers.get(i);
      elements += padded((long) layer.inputs() * layer.rows());
      elements += layer.bias() == Layer.Bias.NONE ? 0 : padded(layer.rows());
      if (elements > Integer.MAX_VALUE) {
        throw new ShapeMismatchException(
            String.format(
                "layer %d, from %d inputs to %d outputs, makes the network too large: it would"
                    + " have %d parameters so far, and at most 2^31 - 1 fit into its one block",
                i, layer.inputs(), layer.outputs(), elements));
      }
    }
  }

  /** In the order of the block. */
  List<Entry> entries() {
    return entries;
  }

  /**
   * Finds each parameter's values.
   *
   * @throws ShapeMismatchException naming the first that is missing, unknown, given twice or of
   *     another shape
   */
  Map<Entry, NamedParameter> byEntry(List<NamedParameter> stateDict) {
    Map<String, NamedParameter> given = new LinkedHashMap<>();
    for (NamedParameter parameter : stateDict) {
      if (given.put(parameter.name(), parameter) != null) {
        throw new ShapeMismatchException("parameter " + parameter.name() + " is given twice");
      }
    }
    Map<Entry, NamedParameter> found = new LinkedHashMap<>();
    for (Entry entry : entries) {
      NamedParameter parameter = given.remove(entry.name());
      if (parameter == null
          || !Arrays.equals(parameter.shape(), entry.shape())
          || parameter.values().length != entry.elements()) {
        throw new ShapeMismatchException(
            String.format(
                "network %s: parameter %s must be %s, but is %s",
                spec,
                entry.name(),
                Arrays.toString(entry.shape()),
                parameter == null ? "missing" : Arrays.toString(parameter.shape())));
      }
      found.put(entry, parameter);
    }
    if (!given.isEmpty()) {
      throw new ShapeMismatchException("network " + spec + " has no parameter " + given.keySet());
    }
    return found;
  }

  /** How many elements the block has, gaps included. */
  int elements() {
    return elements;
  }

  /** How many elements at the block's beginning the optimizer moves. */
  int trainedElements() {
    return trainedElements;
  }
}
