package dev.myelin.model;

import dev.myelin.Activation;
import dev.myelin.data.InvalidDataException;
import dev.myelin.data.Standardizer;
import dev.myelin.io.Json;
import dev.myelin.nn.Layer;
import dev.myelin.nn.Loss;
import dev.myelin.nn.MlpSpec;
import dev.myelin.nn.NamedParameter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A {@link TrainedModel} without its parameters, as a JSON document. */
final class ModelDescription {
  private static final long FORMAT_VERSION = 1;

  /** The document is not what {@link #toJson} writes; the message says where and what. */
  static final class Fault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Fault(String message) {
      super(message);
    }
  }

  private ModelDescription() {}

  static Map<String, Object> toJson(TrainedModel model) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("formatVersion", FORMAT_VERSION);
    List<Object> layers = new ArrayList<>();
    for (Layer layer : model.spec().layers()) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("inputs", layer.inputs());
      entry.put("outputs", layer.outputs());
      entry.put("activation", layer.activation().text());
      entry.put("bias", layer.bias().name().toLowerCase(Locale.ROOT));
      entry.put("dropout", layer.dropout());
      layers.add(entry);
    }
    document.put("layers", layers);
    document.put("loss", model.loss().text());
    document.put("classNames", model.classNames());
    document.put("targetNames", model.targetNames());
    document.put("featureNames", model.featureNames());
    model.features().ifPresent(it -> document.put("featureStandardizer", toJson(it)));
    model.targets().ifPresent(it -> document.put("targetStandardizer", toJson(it)));
    return document;
  }

  private static Map<String, Object> toJson(Standardizer standardizer) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("means", Arrays.stream(standardizer.means()).boxed().toList());
    entry.put("scales", Arrays.stream(standardizer.scales()).boxed().toList());
    return entry;
  }

  static TrainedModel fromJson(Object json, List<NamedParameter> parameters) {
    JsonFields document = new JsonFields("the model's description", json);
    long version = document.integer("formatVersion");
    if (version != FORMAT_VERSION) {
      throw new Fault(
          "format version " + version + " is not " + FORMAT_VERSION + ", the one known");
    }
    try {
      List<Layer> layers = new ArrayList<>();
      for (JsonFields entry : document.objects("layers")) {
        layers.add(layer(entry));
      }
      TrainedModel model =
          new TrainedModel(
              new MlpSpec(layers),
              parameters,
              Loss.of(document.text("loss")),
              document.texts("classNames"),
              document.texts("targetNames"),
              document.texts("featureNames"),
              standardizer(document, "featureStandardizer"),
              standardizer(document, "targetStandardizer"));
      requireConsistent(model);
      return model;
    } catch (IllegalArgumentException | ArithmeticException | InvalidDataException outOfRange) {
      throw new Fault("the model's description: " + outOfRange.getMessage());
    }
  }

  private static Layer layer(JsonFields entry) {
    return new Layer(
        Math.toIntExact(entry.integer("inputs")),
        Math.toIntExact(entry.integer("outputs")),
        Activation.of(entry.text("activation")),
        Layer.Bias.valueOf(entry.text("bias").toUpperCase(Locale.ROOT)),
        (float) entry.number("dropout"));
  }

  private static Optional<Standardizer> standardizer(JsonFields document, String key) {
    return document
        .object(key)
        .map(entry -> new Standardizer(entry.numbers("means"), entry.numbers("scales")));
  }

  private static void requireConsistent(TrainedModel model) {
    int inputs = model.spec().inputs();
    int outputs = model.spec().outputs();
    if (model.isClassification() == !model.targetNames().isEmpty()) {
      throw new Fault("the model must have either class names or target names");
    }
    if (model.isClassification() && model.classNames().size() < 2) {
      throw new Fault("classNames must have at least two entries, but has one");
    }
    requireDifferent("classNames", model.classNames());
    requireDifferent("targetNames", model.targetNames());
    if (model.loss().takesLabels() && !model.isClassification()) {
      throw new Fault("loss " + model.loss().text() + " is for classes, but there are targetNames");
    }
    boolean oneLogit =
        outputs == 1 && model.classNames().size() == 2 && !model.loss().takesLabels();
    requireCount("classNames", model.classNames().size(), oneLogit ? 2 : outputs);
    requireCount("targetNames", model.targetNames().size(), outputs);
    requireCount("featureNames", model.featureNames().size(), inputs);
    model.features().ifPresent(it -> requireCount("featureStandardizer", it.columns(), inputs));
    model.targets().ifPresent(it -> requireCount("targetStandardizer", it.columns(), outputs));
  }

  private static void requireDifferent(String what, List<String> names) {
    Set<String> seen = new HashSet<>();
    for (String name : names) {
      if (!seen.add(name)) {
        throw new Fault(what + " has " + Json.excerpt(name) + " twice");
      }
    }
  }

  private static void requireCount(String what, int count, int expected) {
    if (count != 0 && count != expected) {
      throw new Fault(what + " has " + count + " entries where the network has " + expected);
    }
  }
}
