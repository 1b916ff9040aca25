package dev.myelin.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnxruntime.OrtException;
import dev.myelin.Activation;
import dev.myelin.Backend;
import dev.myelin.Backends;
import dev.myelin.data.Standardizer;
import dev.myelin.model.ExportFormat;
import dev.myelin.model.TrainedModel;
import dev.myelin.nn.Initializer;
import dev.myelin.nn.Layer;
import dev.myelin.nn.Loss;
import dev.myelin.nn.Mlp;
import dev.myelin.nn.MlpSpec;
import dev.myelin.nn.NamedParameter;
import dev.myelin.nn.Predictions;
import dev.myelin.nn.Predictor;
import dev.myelin.random.Philox;
import dev.myelin.testkit.Bounded;
import dev.myelin.testkit.ReferenceFunctions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What onnxruntime makes of an exported model, beside what it is and what we make of it. */
class OnnxExportTest {
  private static final int INPUTS = 5;
  private static final int SAMPLES = 37;

  /** Where float32 has a spacing of 1/16, four times the features' deviation from it. */
  private static final float FAR = 1 << 20;

  @TempDir Path directory;

  /** A network drawn at random, with biases, and data that are far from standardized. */
  private static TrainedModel model(
      Loss loss, Layer.Bias bias, int classes, int outputs, Activation... activations) {
    List<Layer> layers = new ArrayList<>();
    int inputs = INPUTS;
    for (int i = 0; i < activations.length; i++) {
      int neurons = i == activations.length - 1 ? outputs : 7 - i;
      layers.add(new Layer(inputs, neurons, activations[i], bias, 0));
      inputs = neurons;
    }
    MlpSpec spec = new MlpSpec(layers);
    return new TrainedModel(
        spec,
        parameters(spec),
        loss,
        names("class \u00e9 ", classes),
        names("target ", classes == 0 ? outputs : 0),
        names("feature ", INPUTS),
        Optional.of(standardizer(INPUTS)),
        classes == 0 ? Optional.of(standardizer(outputs)) : Optional.empty());
  }

  private static List<NamedParameter> parameters(MlpSpec spec) {
    try (Backend backend = Backends.open("cpu");
        Mlp mlp = Mlp.create(backend, spec, Initializer.PYTORCH, 3)) {
      return mlp.stateDict();
    }
  }

  private static List<String> names(String what, int count) {
    return IntStream.range(0, count).mapToObj(i -> what + i).toList();
  }

  private static Standardizer standardizer(int columns) {
    double[] means = new double[columns];
    double[] scales = new double[columns];
    Arrays.setAll(means, i -> i == 0 ? FAR + 0.03 : 0.1 * i);
    Arrays.setAll(scales, i -> 0.25 + i);
    return new Standardizer(means, scales);
  }

  /** Standardized, some three times standard normal: activations bend and saturate. */
  private static float[] features() {
    Philox random = new Philox(11, 0);
    float[] features = new float[SAMPLES * INPUTS];
    for (int i = 0; i < features.length; i++) {
      float deviation = 3 * (float) random.nextGaussian();
      int column = i % INPUTS;
      features[i] = column == 0 ? FAR + 0.25f * deviation : 0.1f * column + deviation;
    }
    return features;
  }

  private static float[] outputs(TrainedModel model, float[] features) {
    try (Backend backend = Backends.open("cpu");
        Mlp mlp = model.on(backend);
        Predictor predictor = new Predictor(mlp, SAMPLES)) {
      return predictor.predict(model.features().orElseThrow().apply(features));
    }
  }

  private OnnxSession.Outputs onnx(TrainedModel model, float[] features) throws OrtException {
    Path file = directory.resolve("model.onnx");
    ExportFormat.ONNX.write(model, file);
    try (OnnxSession session = new OnnxSession(file)) {
      return session.run(features, model.spec().inputs());
    }
  }

  /** The network's outputs for one sample in float64, and how far float32 may be off. */
  private static Bounded[] reference(TrainedModel model, float[] sample) {
    Bounded[] x = Bounded.exact(model.features().orElseThrow().apply(sample));
    int parameter = 0;
    for (Layer layer : model.spec().layers()) {
      float[] weight = model.parameters().get(parameter++).values();
      boolean hasBias = layer.bias() != Layer.Bias.NONE;
      float[] bias = hasBias ? model.parameters().get(parameter++).values() : null;
      Bounded[] z = new Bounded[layer.rows()];
      for (int i = 0; i < z.length; i++) {
        int from = i * layer.inputs();
        Bounded[] row = Bounded.exact(Arrays.copyOfRange(weight, from, from + layer.inputs()));
        z[i] = Bounded.dot(x, row);
        z[i] = hasBias ? z[i].plus(Bounded.exact(bias[i])) : z[i];
      }
      x = activated(layer, z);
    }
    return x;
  }

  private static Bounded[] activated(Layer layer, Bounded[] z) {
    Bounded[] y = new Bounded[layer.outputs()];
    for (int i = 0; i < z.length; i++) {
      if (layer.activation().kind() != Activation.Kind.MAXOUT) {
        y[i] = ReferenceFunctions.activation(layer.activation(), z[i]);
      } else {
        int j = i % y.length;
        y[j] = y[j] == null ? z[i] : y[j].max(z[i]);
      }
    }
    return y;
  }

  private static Bounded[] predictions(TrainedModel model, Bounded[] outputs) {
    Bounded[] predictions =
        switch (model.loss().outputFunction()) {
          case SOFTMAX -> softmax(outputs);
          case SIGMOID ->
              Arrays.stream(outputs)
                  .map(it -> ReferenceFunctions.activation(Activation.SIGMOID, it))
                  .toArray(Bounded[]::new);
          case IDENTITY -> outputs;
        };
    if (!model.isClassification()) {
      return inverted(model.targets().orElseThrow(), predictions);
    }
    if (model.spec().outputActivation().kind() == Activation.Kind.SIGN) {
      predictions[0] = Bounded.HALF.times(predictions[0].plus(Bounded.ONE));
    }
    return predictions.length > 1
        ? predictions
        : new Bounded[] {Bounded.ONE.minus(predictions[0]), predictions[0]};
  }

  private static Bounded[] softmax(Bounded[] logits) {
    Bounded largest = Arrays.stream(logits).reduce(logits[0], Bounded::max);
    Bounded[] powers =
        Arrays.stream(logits).map(z -> z.minus(largest).exp()).toArray(Bounded[]::new);
    Bounded sum = Bounded.sum(powers);
    return Arrays.stream(powers).map(power -> power.over(sum)).toArray(Bounded[]::new);
  }

  /** In float64, so that only the result is rounded. */
  private static Bounded[] inverted(Standardizer targets, Bounded[] outputs) {
    Bounded[] values = new Bounded[outputs.length];
    for (int i = 0; i < values.length; i++) {
      double value = outputs[i].value() * targets.scales()[i] + targets.means()[i];
      double error = outputs[i].error() * targets.scales()[i];
      values[i] = new Bounded(value, error + Bounded.rounded(value).error());
    }
    return values;
  }

  /** Every prediction of onnxruntime within the bound, every label the one that we give. */
  private void requireSamePredictions(TrainedModel model) throws OrtException {
    float[] features = features();
    OnnxSession.Outputs onnx = onnx(model, features);
    float[] ours = outputs(model, features);
    int width = model.spec().outputs();
    assertEquals(SAMPLES, onnx.values().length);
    for (int i = 0; i < SAMPLES; i++) {
      Bounded[] outputs =
          reference(model, Arrays.copyOfRange(features, i * INPUTS, (i + 1) * INPUTS));
      Bounded[] expected = predictions(model, outputs);
      assertEquals(expected.length, onnx.values()[i].length);
      for (int j = 0; j < expected.length; j++) {
        assertEquals(expected[j].value(), onnx.values()[i][j], expected[j].error(), "sample " + i);
      }
      if (model.isClassification()) {
        float threshold = model.loss().decisionThreshold();
        assertEquals(Predictions.predictedClass(ours, i, width, threshold), onnx.labels()[i]);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "identity",
        "sigmoid",
        "tanh",
        "relu",
        "leaky_relu(0.03)",
        "elu(1.3)",
        "gelu",
        "gelu_tanh",
        "silu",
        "softplus",
        "step",
        "sign",
        "maxout(3)"
      })
  void activations_giveTheSame_hiddenAndLast(String name) throws OrtException {
    Activation f = Activation.of(name);
    requireSamePredictions(
        model(Loss.crossEntropy(), Layer.Bias.TRAINED, 3, 3, f, f, Activation.IDENTITY));
    requireSamePredictions(model(Loss.l1(), Layer.Bias.NONE, 0, 2, f, f));
  }

  @Test
  void activations_areAllTested() throws Exception {
    String[] tested =
        OnnxExportTest.class
            .getDeclaredMethod("activations_giveTheSame_hiddenAndLast", String.class)
            .getAnnotation(ValueSource.class)
            .strings();
    assertArrayEquals(
        Arrays.stream(Activation.Kind.values()).toArray(),
        Arrays.stream(tested).map(name -> Activation.of(name).kind()).sorted().toArray());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cross_entropy",
        "cross_entropy(0.1)",
        "bce",
        "mse",
        "mse_half_sum",
        "mse_sum",
        "l1",
        "huber(0.5)"
      })
  void losses_giveTheSame_forClassesAndNumbers(String name) throws OrtException {
    Loss loss = Loss.of(name);
    Activation f = Activation.TANH;
    requireSamePredictions(model(loss, Layer.Bias.TRAINED, 3, 3, f, Activation.IDENTITY));
    requireSamePredictions(model(loss, Layer.Bias.FIXED, 2, 2, f, Activation.IDENTITY));
    if (!loss.takesLabels()) {
      requireSamePredictions(model(loss, Layer.Bias.TRAINED, 2, 1, f, Activation.IDENTITY));
    }
    if (loss.outputFunction() == Loss.OutputFunction.IDENTITY) {
      requireSamePredictions(model(loss, Layer.Bias.TRAINED, 0, 1, f, Activation.IDENTITY));
      requireSamePredictions(model(loss, Layer.Bias.TRAINED, 0, 4, f, Activation.IDENTITY));
    }
  }

  @Test
  void unitOfSignOrStep_isAClassOfTwo() throws OrtException {
    for (Activation f : List.of(Activation.SIGN, Activation.STEP)) {
      requireSamePredictions(model(Loss.of("mse"), Layer.Bias.TRAINED, 2, 1, Activation.TANH, f));
    }
  }

  @Test
  void model_ofOneLayerWithoutBias_givesTheSame() throws OrtException {
    requireSamePredictions(model(Loss.crossEntropy(), Layer.Bias.NONE, 3, 3, Activation.IDENTITY));
  }

  @Test
  void batch_ofAnySize_isTaken() throws OrtException {
    TrainedModel model =
        model(Loss.crossEntropy(), Layer.Bias.TRAINED, 3, 3, Activation.RELU, Activation.IDENTITY);
    float[] features = features();
    for (int samples : new int[] {1, 2, SAMPLES}) {
      float[] some = Arrays.copyOf(features, samples * INPUTS);
      assertEquals(samples, onnx(model, some).labels().length);
    }
  }

  @Test
  void parameters_inAnyOrder_giveTheSameFile() throws IOException {
    TrainedModel model =
        model(Loss.crossEntropy(), Layer.Bias.TRAINED, 3, 3, Activation.RELU, Activation.IDENTITY);
    List<NamedParameter> reversed = new ArrayList<>(model.parameters());
    Collections.reverse(reversed);
    TrainedModel other =
        new TrainedModel(
            model.spec(),
            reversed,
            model.loss(),
            model.classNames(),
            model.targetNames(),
            model.featureNames(),
            model.features(),
            model.targets());
    ExportFormat.ONNX.write(model, directory.resolve("a.onnx"));
    ExportFormat.ONNX.write(other, directory.resolve("b.onnx"));
    assertEquals(-1, Files.mismatch(directory.resolve("a.onnx"), directory.resolve("b.onnx")));
  }

  @Test
  void metadata_nameClassesAndFeatures() throws Exception {
    TrainedModel model = model(Loss.crossEntropy(), Layer.Bias.TRAINED, 2, 2, Activation.IDENTITY);
    Path file = directory.resolve("model.onnx");
    ExportFormat.ONNX.write(model, file);
    try (OnnxSession onnx = new OnnxSession(file)) {
      assertEquals("Myelin", onnx.session().getMetadata().getProducerName());
      assertEquals(
          Map.of(
              "loss", "cross_entropy",
              "class_names", "[\"class \u00e9 0\",\"class \u00e9 1\"]",
              "feature_names",
                  "[\"feature 0\",\"feature 1\",\"feature 2\",\"feature 3\",\"feature 4\"]"),
          onnx.session().getMetadata().getCustomMetadata());
      assertEquals(List.of("features"), List.copyOf(onnx.session().getInputNames()));
      assertEquals(List.of("label", "probabilities"), List.copyOf(onnx.session().getOutputNames()));
    }
  }

  @ParameterizedTest
  @EnumSource(Activation.Kind.class)
  void features_thatAreNaN_giveNaN_inTheirSampleAlone(Activation.Kind kind) throws OrtException {
    Activation f =
        kind == Activation.Kind.MAXOUT
            ? Activation.maxout(2)
            : Activation.of(kind.name().toLowerCase(Locale.ROOT));
    float[] features = features();
    features[3] = Float.NaN;
    for (String loss : List.of("cross_entropy", "bce", "mse")) {
      OnnxSession.Outputs onnx =
          onnx(model(Loss.of(loss), Layer.Bias.TRAINED, 3, 3, f, f, Activation.IDENTITY), features);
      for (int i = 0; i < SAMPLES; i++) {
        for (float value : onnx.values()[i]) {
          assertEquals(i == 0, Float.isNaN(value), loss + ", sample " + i);
        }
      }
    }
  }
}
