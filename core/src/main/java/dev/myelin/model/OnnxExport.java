package dev.myelin.model;

import dev.myelin.Activation;
import dev.myelin.data.Standardizer;
import dev.myelin.io.Json;
import dev.myelin.io.NamedFloats;
import dev.myelin.io.OnnxGraph;
import dev.myelin.io.OnnxGraph.ElementType;
import dev.myelin.nn.Layer;
import dev.myelin.nn.Loss;
import dev.myelin.nn.NamedParameter;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A {@link TrainedModel} as an ONNX graph, from features as they are in the data to predictions.
 *
 * <p>Input: {@code features}, [batch, inputs]. Outputs of a classification: {@code label}, int64
 * [batch], and {@code probabilities}, [batch, classes] ({@code scores} where the loss does not make
 * the network's outputs logits). Output of a regression: {@code values}, [batch, outputs], in the
 * unit of the data. Names of classes, targets and features are JSON arrays in the metadata.
 */
final class OnnxExport {
  private static final String FEATURES = "features";

  private final TrainedModel model;
  private final OnnxGraph graph;

  private OnnxExport(TrainedModel model) {
    this.model = model;
    this.graph = new OnnxGraph("mlp " + model.spec());
  }

  static void write(TrainedModel model, Path file) {
    OnnxExport export = new OnnxExport(model);
    export.build();
    Map<String, String> metadata = new HashMap<>();
    metadata.put("loss", model.loss().text());
    putNames(metadata, "class_names", model.classNames());
    putNames(metadata, "target_names", model.targetNames());
    putNames(metadata, "feature_names", model.featureNames());
    export.graph.write(file, metadata);
  }

  private static void putNames(Map<String, String> metadata, String key, List<String> names) {
    if (!names.isEmpty()) {
      metadata.put(key, Json.write(names));
    }
  }

  private void build() {
    String x = graph.input(FEATURES, ElementType.FLOAT, model.spec().inputs());
    if (model.features().isPresent()) {
      x = standardized(x, model.features().get());
    }
    Deque<NamedParameter> parameters =
        new ArrayDeque<>(model.spec().requireParameters(model.parameters()));
    List<Layer> layers = model.spec().layers();
    for (int i = 0; i < layers.size(); i++) {
      x = layer(x, i, layers.get(i), parameters);
    }
    if (model.isClassification()) {
      classes(x);
    } else {
      values(x);
    }
  }

  /** In float64, as {@link Standardizer#apply(float[])}: 1e6 + 0.01 is no float. */
  private String standardized(String x, Standardizer standardizer) {
    String wide = cast("features.float64", x, ElementType.DOUBLE);
    String means = graph.constant("features.means", standardizer.means());
    String scales = graph.constant("features.scales", standardizer.scales());
    String centred = graph.node("Sub", "features.centred", List.of(wide, means));
    String scaled = graph.node("Div", "features.scaled", List.of(centred, scales));
    return cast("features.standardized", scaled, ElementType.FLOAT);
  }

  private String layer(String x, int index, Layer layer, Deque<NamedParameter> parameters) {
    String weight = constant(parameters.removeFirst());
    // A bias is optional, but onnxruntime 1.8 loses Gemm without one when it fuses activations.
    String bias =
        layer.bias() == Layer.Bias.NONE
            ? graph.constant("zero", 0f)
            : constant(parameters.removeFirst());
    List<String> inputs = List.of(x, weight, bias);
    String z = graph.node("Gemm", "layer" + index + ".z", inputs, Map.of("transB", 1));
    return activated(z, "layer" + index + ".", layer);
  }

  private String constant(NamedParameter parameter) {
    return graph.constant(new NamedFloats(parameter.name(), parameter.values(), parameter.shape()));
  }

  /**
   * @param prefix of all names in the layer
   */
  private String activated(String z, String prefix, Layer layer) {
    Activation f = layer.activation();
    String y = prefix + "y";
    return switch (f.kind()) {
      case IDENTITY -> z;
      case SIGMOID -> graph.node("Sigmoid", y, List.of(z));
      case TANH -> graph.node("Tanh", y, List.of(z));
      case RELU -> graph.node("Relu", y, List.of(z));
      case LEAKY_RELU -> graph.node("LeakyRelu", y, List.of(z), Map.of("alpha", f.parameter()));
      case ELU -> graph.node("Elu", y, List.of(z), Map.of("alpha", f.parameter()));
      case SOFTPLUS -> graph.node("Softplus", y, List.of(z));
      case STEP -> step(y, z, prefix);
      case SIGN -> {
        String twice = times(prefix + "twice", step(prefix + "step", z, prefix), "two", 2);
        yield graph.node("Sub", y, List.of(twice, graph.constant("one", 1f)));
      }
      case MAXOUT -> maxout(y, z, prefix, layer);
      case SILU -> product(y, z, graph.node("Sigmoid", prefix + "sigmoid", List.of(z)));
      case GELU -> {
        String scaled = times(prefix + "scaled", z, "sqrtHalf", (float) Math.sqrt(0.5));
        yield gelu(z, prefix, graph.node("Erf", prefix + "erf", List.of(scaled)));
      }
      case GELU_TANH -> {
        String cube = product(prefix + "cube", z, product(prefix + "square", z, z));
        String bent = times(prefix + "bent", cube, "geluCubic", 0.044715f);
        String sum = graph.node("Add", prefix + "sum", List.of(z, bent));
        String scaled = times(prefix + "scaled", sum, "geluScale", (float) Math.sqrt(2 / Math.PI));
        yield gelu(z, prefix, graph.node("Tanh", prefix + "tanh", List.of(scaled)));
      }
    };
  }

  /** 1 for z > 0, else 0; unlike a comparison it hands NaN on. */
  private String step(String y, String z, String prefix) {
    return graph.node("Relu", y, List.of(graph.node("Sign", prefix + "signum", List.of(z))));
  }

  /** The largest of the pieces, which lie side by side in z. */
  private String maxout(String y, String z, String prefix, Layer layer) {
    String axis = graph.constantInteger(prefix + "axis", 1);
    List<String> pieces = new ArrayList<>();
    for (int i = 0; i < layer.activation().pieces(); i++) {
      String name = prefix + "piece" + i;
      String from = graph.constantInteger(name + ".from", (long) i * layer.outputs());
      String to = graph.constantInteger(name + ".to", (i + 1L) * layer.outputs());
      pieces.add(graph.node("Slice", name, List.of(z, from, to, axis)));
    }
    return graph.node("Max", y, pieces);
  }

  /** z (1 + s) / 2. The operator Gelu came with set 20, in 2023. */
  private String gelu(String z, String prefix, String s) {
    String one = graph.constant("one", 1f);
    String weight = times(prefix + "phi", graph.node("Add", prefix + "plusOne", List.of(s, one)));
    return product(prefix + "y", z, weight);
  }

  private String times(String result, String in) {
    return times(result, in, "half", 0.5f);
  }

  private String times(String result, String in, String constant, float value) {
    return product(result, in, graph.constant(constant, value));
  }

  private String product(String result, String a, String b) {
    return graph.node("Mul", result, List.of(a, b));
  }

  private void classes(String outputs) {
    boolean hasProbabilities = model.loss().outputFunction() != Loss.OutputFunction.IDENTITY;
    String name = hasProbabilities ? "probabilities" : "scores";
    boolean isOneLogit = model.spec().outputs() == 1;
    if (isOneLogit) {
      String second = predicted(outputs, "second");
      if (model.spec().outputActivation().kind() == Activation.Kind.SIGN) {
        String plusOne =
            graph.node("Add", "signPlusOne", List.of(second, graph.constant("one", 1f)));
        second = times("secondOfSign", plusOne);
      }
      String first = graph.node("Sub", "first", List.of(graph.constant("one", 1f), second));
      graph.node("Concat", name, List.of(first, second), Map.of("axis", 1));
      labelOfOne(outputs);
    } else {
      predicted(outputs, name);
      // Of the logits: probabilities may round to the same number.
      graph.node("ArgMax", "label", List.of(outputs), Map.of("axis", 1, "keepdims", 0));
    }
    graph.output("label", ElementType.INT64);
    graph.output(name, ElementType.FLOAT, model.classNames().size());
  }

  private String predicted(String outputs, String result) {
    return switch (model.loss().outputFunction()) {
      case SOFTMAX -> graph.node("Softmax", result, List.of(outputs), Map.of("axis", 1));
      case SIGMOID -> graph.node("Sigmoid", result, List.of(outputs));
      case IDENTITY -> graph.node("Identity", result, List.of(outputs));
    };
  }

  private void labelOfOne(String output) {
    String threshold = graph.constant("threshold", model.loss().decisionThreshold());
    String isSecond = graph.node("Greater", "isSecond", List.of(output, threshold));
    String column = cast("labelColumn", isSecond, ElementType.INT64);
    graph.node("Squeeze", "label", List.of(column, graph.constantInteger("columnAxis", 1)));
  }

  private void values(String outputs) {
    if (model.targets().isPresent()) {
      Standardizer standardizer = model.targets().get();
      String wide = cast("targets.float64", outputs, ElementType.DOUBLE);
      String scales = graph.constant("targets.scales", standardizer.scales());
      String means = graph.constant("targets.means", standardizer.means());
      String scaled = product("targets.scaled", wide, scales);
      String moved = graph.node("Add", "targets.moved", List.of(scaled, means));
      cast("values", moved, ElementType.FLOAT);
    } else {
      graph.node("Identity", "values", List.of(outputs));
    }
    graph.output("values", ElementType.FLOAT, model.spec().outputs());
  }

  private String cast(String result, String in, ElementType type) {
    return graph.node("Cast", result, List.of(in), Map.of("to", type.number()));
  }
}
