package dev.myelin.model;

import dev.myelin.Activation;
import dev.myelin.io.InvalidModelException;
import dev.myelin.io.SafeTensors;
import dev.myelin.io.TensorInfo;
import dev.myelin.nn.Layer;
import dev.myelin.nn.Loss;
import dev.myelin.nn.MlpSpec;
import dev.myelin.nn.NamedParameter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A state dict of PyTorch as a safetensors file: the layers of a chain of Linear modules. What
 * stands between them, the file does not say; {@link #withActivations} does.
 *
 * <p>A layer is a tensor PREFIX.weight, [out, in], and, unless the module has none, PREFIX.bias,
 * [out]. Prefixes may be any; {@link LayerOrder} tells how the layers follow each other. Immutable,
 * so any number of threads may share one.
 */
public final class StateDictFile {
  private static final String WEIGHT = "weight";
  private static final String BIAS = "bias";

  private final Path file;
  private final List<LinearLayer> layers;
  private final Map<String, float[]> values;

  private StateDictFile(Path file, List<LinearLayer> layers, Map<String, float[]> values) {
    this.file = file;
    this.layers = layers;
    this.values = values;
  }

  /**
   * One Linear module of the file.
   *
   * @param prefix of its tensors' names, with the dot; "" when they have none
   */
  record LinearLayer(String prefix, int inputs, int outputs, boolean hasBias) {
    @Override
    public String toString() {
      return "%s%s [%d, %d]".formatted(prefix, WEIGHT, outputs, inputs);
    }
  }

  /**
   * Reads a file of F32, F64, F16 or BF16 tensors.
   *
   * @throws InvalidModelException when the file is damaged, holds something else than the tensors
   *     of Linear modules that make one chain, a value that is not finite, or when names and shapes
   *     do not tell the layers' order
   */
  public static StateDictFile read(Path file) {
    try (SafeTensors tensors = SafeTensors.open(file)) {
      if (tensors.metadata().containsKey(CheckpointFile.DESCRIPTION_KEY)) {
        // Its parameters alone would be used without standardization and names of classes.
        throw new InvalidModelException(
            file
                + ": is a checkpoint of Myelin, not a model: go on from it with 'myelin train"
                + " --checkpoint FOLDER --resume', which saves one");
      }
      Map<String, LinearLayer> layers = new TreeMap<>();
      for (TensorInfo tensor : tensors.tensors()) {
        if (tensor.name().endsWith(WEIGHT)) {
          LinearLayer layer = layer(file, tensors, tensor);
          layers.put(layer.prefix(), layer);
        }
      }
      Map<String, float[]> values = new LinkedHashMap<>();
      for (TensorInfo tensor : tensors.tensors()) {
        requireOfALayer(tensor, layers);
        float[] floats = tensors.floats(tensor.name());
        ModelFile.requireFinite(tensor.name(), floats);
        values.put(tensor.name(), floats);
      }
      return new StateDictFile(file, LayerOrder.of(List.copyOf(layers.values())), values);
    } catch (ModelDescription.Fault fault) {
      throw new InvalidModelException(file + ": " + fault.getMessage(), fault);
    }
  }

  private static LinearLayer layer(Path file, SafeTensors tensors, TensorInfo weight) {
    String prefix = prefix(weight.name(), WEIGHT);
    int[] shape = ModelFile.shape(file, weight);
    if (prefix == null || shape.length != 2 || weight.elements() == 0) {
      throw notOfALayer(weight);
    }
    boolean hasBias = tensors.tensors().stream().anyMatch(it -> it.name().equals(prefix + BIAS));
    return new LinearLayer(prefix, shape[1], shape[0], hasBias);
  }

  /** "net.0." of "net.0.weight", "" of "weight", null of "net.0.running_mean" and "0.xweight". */
  private static String prefix(String name, String last) {
    String prefix = name.endsWith(last) ? name.substring(0, name.length() - last.length()) : null;
    return prefix == null || prefix.isEmpty() || prefix.endsWith(".") ? prefix : null;
  }

  private static void requireOfALayer(TensorInfo tensor, Map<String, LinearLayer> layers) {
    if (prefix(tensor.name(), WEIGHT) != null) {
      return;
    }
    String prefix = prefix(tensor.name(), BIAS);
    LinearLayer layer = prefix == null ? null : layers.get(prefix);
    if (layer == null) {
      throw notOfALayer(tensor);
    }
    if (!tensor.shape().equals(List.of((long) layer.outputs()))) {
      throw new ModelDescription.Fault(
          "tensor %s must be [%d], one for each row of %s, but is %s"
              .formatted(tensor.name(), layer.outputs(), layer, tensor.shape()));
    }
  }

  private static ModelDescription.Fault notOfALayer(TensorInfo tensor) {
    return new ModelDescription.Fault(
        "tensor %s %s is not of a Linear module, whose weight is [out, in] and bias [out]; only"
                .formatted(tensor.name(), tensor.shape())
            + " networks of Linear modules with activations between them can be read");
  }

  /** How many Linear modules there are. */
  public int layers() {
    return layers.size();
  }

  /** Inputs, then each layer's outputs. */
  public int[] sizes() {
    return IntStream.concat(
            IntStream.of(layers.get(0).inputs()), layers.stream().mapToInt(LinearLayer::outputs))
        .toArray();
  }

  /**
   * The model, its classes, or the numbers that it predicts, named by their index: "0", "1", ...
   * Nothing is standardized.
   *
   * @param activations one for all layers but the last, which then has none; or one for each of
   *     these; or one for each layer
   * @param loss that it was trained with: classes for cross-entropy and, for binary cross-entropy,
   *     one per output, or two for a single output; numbers for the others
   * @throws IllegalArgumentException when the number of activations is none of these, or one is
   *     maxout, which PyTorch does not have
   */
  public TrainedModel withActivations(List<Activation> activations, Loss loss) {
    List<Layer> described = new ArrayList<>();
    List<Activation> each = oneEach(activations);
    if (each.stream().anyMatch(it -> it.kind() == Activation.Kind.MAXOUT)) {
      throw new IllegalArgumentException("maxout is no module of PyTorch's");
    }
    for (int i = 0; i < layers.size(); i++) {
      LinearLayer layer = layers.get(i);
      Layer.Bias bias = layer.hasBias() ? Layer.Bias.TRAINED : Layer.Bias.NONE;
      described.add(new Layer(layer.inputs(), layer.outputs(), each.get(i), bias, 0));
    }
    int outputs = layers.get(layers.size() - 1).outputs();
    boolean isClassification = loss.outputFunction() != Loss.OutputFunction.IDENTITY;
    if (loss.takesLabels() && outputs == 1) {
      throw new IllegalArgumentException(
          "loss " + loss.text() + " needs two outputs at least, but the network has one");
    }
    List<String> names = indices(isClassification && outputs == 1 ? 2 : outputs);
    return new TrainedModel(
        new MlpSpec(described),
        renamed(described),
        loss,
        isClassification ? names : List.of(),
        isClassification ? List.of() : names,
        List.of(),
        Optional.empty(),
        Optional.empty());
  }

  private List<Activation> oneEach(List<Activation> given) {
    int hidden = layers.size() - 1;
    List<Activation> each = new ArrayList<>(given);
    if (given.size() == 1 && hidden > 0) {
      while (each.size() < hidden) {
        each.add(given.get(0));
      }
    }
    if (each.size() == hidden) {
      each.add(Activation.IDENTITY);
    }
    if (each.size() != layers.size()) {
      throw new IllegalArgumentException(
          file
              + " has %d layers, %s, but there are %d activations: give one for all but the last,"
                  .formatted(layers.size(), joinedSizes(), given.size())
              + " or one for each of these, or one for each layer");
    }
    return each;
  }

  private String joinedSizes() {
    return IntStream.of(sizes()).mapToObj(String::valueOf).collect(Collectors.joining("-"));
  }

  private static List<String> indices(int count) {
    return IntStream.range(0, count).mapToObj(String::valueOf).toList();
  }

  /** Under the names that our own nn.Sequential of the layers has. */
  private List<NamedParameter> renamed(List<Layer> described) {
    List<NamedParameter> parameters = new ArrayList<>();
    int module = 0;
    for (int i = 0; i < layers.size(); i++) {
      LinearLayer layer = layers.get(i);
      int[] shape = {layer.outputs(), layer.inputs()};
      parameters.add(
          new NamedParameter(module + "." + WEIGHT, shape, values.get(layer.prefix() + WEIGHT)));
      if (layer.hasBias()) {
        parameters.add(
            new NamedParameter(
                module + "." + BIAS,
                new int[] {layer.outputs()},
                values.get(layer.prefix() + BIAS)));
      }
      module += described.get(i).activation().kind() == Activation.Kind.IDENTITY ? 1 : 2;
    }
    return parameters;
  }
}
