package dev.myelin.nn;

import java.util.ArrayList;
import java.util.List;

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

  /**
   * One parameter.
   *
   * @param name as PyTorch has it: "0.weight"
   * @param layer the number of its layer
   * @param offset of its first element in the block
   * @param shape [out, in] of a weight, [out] of a bias
   */
  record Entry(String name, int layer, long offset, int[] shape) {
    int elements() {
      return shape.length == 2 ? Math.multiplyExact(shape[0], shape[1]) : shape[0];
    }

    boolean isWeight() {
      return shape.length == 2;
    }
  }

  private final List<Entry> entries = new ArrayList<>();
  private final long trainedElements;
  private long elements;

  ParameterLayout(MlpSpec spec) {
    int module = 0;
    List<Entry> fixed = new ArrayList<>();
    for (int i = 0; i < spec.layers().size(); i++) {
      Layer layer = spec.layers().get(i);
      entries.add(place(module + ".weight", i, layer.outputs(), layer.inputs()));
      Entry bias = new Entry(module + ".bias", i, 0, new int[] {layer.outputs()});
      if (layer.bias() == Layer.Bias.TRAINED) {
        entries.add(place(bias.name(), i, bias.shape()));
      } else if (layer.bias() == Layer.Bias.FIXED) {
        fixed.add(bias);
      }
      boolean hasActivation = layer.activation().kind() != dev.myelin.Activation.Kind.IDENTITY;
      module += 1 + (hasActivation ? 1 : 0) + (layer.dropout() > 0 ? 1 : 0);
    }
    trainedElements = elements;
    for (Entry bias : fixed) {
      entries.add(place(bias.name(), bias.layer(), bias.shape()));
    }
  }

  private Entry place(String name, int layer, int... shape) {
    Entry entry = new Entry(name, layer, elements, shape);
    elements += (entry.elements() + ALIGNMENT - 1L) / ALIGNMENT * ALIGNMENT;
    return entry;
  }

  /** In the order of the block. */
  List<Entry> entries() {
    return entries;
  }

  /** How many elements the block has, gaps included. */
  long elements() {
    return elements;
  }

  /** How many elements at the block's beginning the optimizer moves. */
  long trainedElements() {
    return trainedElements;
  }
}
