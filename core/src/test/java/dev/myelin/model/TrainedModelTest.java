package dev.myelin.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.Activation;
import dev.myelin.data.Standardizer;
import dev.myelin.io.InvalidModelException;
import dev.myelin.io.Json;
import dev.myelin.io.NamedFloats;
import dev.myelin.io.SafeTensors;
import dev.myelin.nn.Layer;
import dev.myelin.nn.Loss;
import dev.myelin.nn.MlpSpec;
import dev.myelin.nn.NamedParameter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainedModelTest {
  private static final MlpSpec SPEC =
      new MlpSpec(
          List.of(
              new Layer(2, 3, Activation.leakyRelu(0.1f), Layer.Bias.NONE, 0.25f),
              new Layer(3, 2, Activation.IDENTITY, Layer.Bias.TRAINED, 0)));
  private static final TrainedModel MODEL =
      new TrainedModel(
          SPEC,
          List.of(
              new NamedParameter("0.weight", new int[] {3, 2}, new float[] {1, 2, 3, 4, 5, 6}),
              new NamedParameter("3.weight", new int[] {2, 3}, new float[] {6, 5, 4, 3, 2, 1}),
              new NamedParameter("3.bias", new int[] {2}, new float[] {0.1f, -0f})),
          Loss.crossEntropy(0.1f),
          List.of("red", "white \"wine\""),
          List.of(),
          List.of("acid", "sugar"),
          Optional.of(new Standardizer(new double[] {1.5, 1 / 3.0}, new double[] {2, 0.1})),
          Optional.empty());

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void nameFile() {
    file = folder.resolve("model.safetensors");
  }

  @Test
  void load_givesBackWhatWasSaved() {
    MODEL.save(file);
    TrainedModel loaded = TrainedModel.load(file);
    assertEquals(SPEC, loaded.spec());
    assertEquals(MODEL.loss(), loaded.loss());
    assertEquals(MODEL.classNames(), loaded.classNames());
    assertEquals(MODEL.featureNames(), loaded.featureNames());
    assertArrayEquals(
        MODEL.features().orElseThrow().means(), loaded.features().orElseThrow().means());
    assertArrayEquals(
        MODEL.features().orElseThrow().scales(), loaded.features().orElseThrow().scales());
    assertTrue(loaded.targets().isEmpty());
    for (int i = 0; i < MODEL.parameters().size(); i++) {
      NamedParameter expected = MODEL.parameters().get(i);
      NamedParameter actual = loaded.parameters().get(i);
      assertEquals(expected.name(), actual.name());
      assertArrayEquals(expected.shape(), actual.shape());
      assertArrayEquals(expected.values(), actual.values());
    }
  }

  @Test
  void save_twice_givesTheSameBytes() throws Exception {
    MODEL.save(file);
    Path again = folder.resolve("again.safetensors");
    MODEL.save(again);
    assertArrayEquals(Files.readAllBytes(file), Files.readAllBytes(again));
  }

  @Test
  void load_ofAFileWithoutDescription_saysWhatIsMissing() {
    SafeTensors.write(file, List.of(new NamedFloats("0.weight", new float[1], 1, 1)), Map.of());
    assertLoadFails("the metadata has no entry 'myelin'");
  }

  @Test
  void load_ofParametersThatDoNotFitTheDescription_namesTheParameter() {
    writeWith(
        Json.write(ModelDescription.toJson(MODEL)),
        new NamedFloats("0.weight", new float[4], 2, 2));
    assertLoadFails("parameter 0.weight must be [3, 2], but is [2, 2]");
  }

  @Test
  void load_ofADamagedDescription_namesTheField() {
    String good = Json.write(ModelDescription.toJson(MODEL));
    assertDescriptionFails("{", "JSON");
    assertDescriptionFails("[]", "must be an object, but is []");
    assertDescriptionFails(good.replace("\"formatVersion\":1", "\"formatVersion\":2"), "version 2");
    assertDescriptionFails(good.replace("leaky_relu(0.1)", "mish"), "unknown activation 'mish'");
    assertDescriptionFails(
        good.replace("\"inputs\":2", "\"inputs\":\"2\""),
        "inputs must be a whole number, but is \"2\"");
    assertDescriptionFails(good.replace("\"inputs\":2", "\"inputs\":99999999999"), "overflow");
    assertDescriptionFails(good.replace("\"bias\":\"none\"", "\"bias\":\"maybe\""), "MAYBE");
    assertDescriptionFails(
        good.replace("\"loss\":", "\"loes\":"), "loss must be a string, but is missing");
    assertDescriptionFails(good.replace("\"red\",", ""), "at least two entries, but has one");
    assertDescriptionFails(
        good.replace("\"white \\\"wine\\\"\"", "\"red\""), "classNames has \"red\" twice");
    assertDescriptionFails(
        good.replace("\"red\",", "\"red\",\"rosé\","),
        "classNames has 3 entries where the network has 2");
    String numbers =
        good.replace("[\"red\",\"white \\\"wine\\\"\"]", "[]")
            .replace("\"targetNames\":[]", "\"targetNames\":[\"t\",\"u\"]");
    assertDescriptionFails(
        numbers, "loss cross_entropy(0.1) is for classes, but there are targetNames");
    assertDescriptionFails(
        numbers.replace("\"u\"", "\"t\"").replace("cross_entropy(0.1)", "mse"),
        "targetNames has \"t\" twice");
    assertDescriptionFails(
        good.replace("\"targetNames\":[]", "\"targetNames\":[\"t\"]"), "either class names or");
    assertDescriptionFails(good.replace("[2.0,0.1]", "[2.0]"), "scales");
  }

  @Test
  void load_ofOneLogitForTwoClasses_needsALossWithoutLabels() {
    MlpSpec spec = MlpSpec.of(Activation.RELU, 2, 1);
    List<NamedParameter> parameters =
        List.of(
            new NamedParameter("0.weight", new int[] {1, 2}, new float[2]),
            new NamedParameter("0.bias", new int[] {1}, new float[1]));
    for (Loss loss : List.of(Loss.binaryCrossEntropy(), Loss.crossEntropy())) {
      new TrainedModel(
              spec,
              parameters,
              loss,
              List.of("no", "yes"),
              List.of(),
              List.of(),
              Optional.empty(),
              Optional.empty())
          .save(file);
      if (loss.takesLabels()) {
        assertLoadFails("classNames has 2 entries where the network has 1");
      } else {
        assertEquals(List.of("no", "yes"), TrainedModel.load(file).classNames());
      }
    }
  }

  @Test
  void load_ofAFieldOfAnySize_givesAShortMessage() {
    String good = Json.write(ModelDescription.toJson(MODEL));
    String large = "[" + "1,".repeat(100_000) + "1]";
    writeWith(
        good.replace("\"leaky_relu(0.1)\"", large),
        new NamedFloats("0.weight", MODEL.parameters().get(0).values(), 3, 2));
    String message =
        assertThrows(InvalidModelException.class, () -> TrainedModel.load(file)).getMessage();
    assertTrue(message.contains("activation must be a string, but is [1,1,"), message);
    assertTrue(message.length() < 500, message.length() + " characters");
  }

  @Test
  void load_ofAParameterThatIsNotFinite_namesTensorAndElement() {
    for (float value : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      writeWith(
          Json.write(ModelDescription.toJson(MODEL)),
          new NamedFloats("0.weight", new float[] {1, 2, 3, value, 5, 6}, 3, 2));
      assertLoadFails(
          "tensor 0.weight: element 3 (counted from 0) must be a finite number, but is " + value);
    }
  }

  @Test
  void load_ofANetworkThatIsTooLarge_namesTheLayer() {
    String good = Json.write(ModelDescription.toJson(MODEL));
    assertDescriptionFails(
        good.replace("\"outputs\":3", "\"outputs\":2000000000")
            .replace("\"inputs\":3", "\"inputs\":2000000000"),
        "layer 0, from 2 inputs to 2000000000 outputs, makes the network too large");
  }

  private void assertDescriptionFails(String description, String expected) {
    writeWith(description, new NamedFloats("0.weight", MODEL.parameters().get(0).values(), 3, 2));
    assertLoadFails(expected);
  }

  private void writeWith(String description, NamedFloats firstWeight) {
    List<NamedFloats> tensors =
        List.of(
            firstWeight,
            new NamedFloats("3.weight", MODEL.parameters().get(1).values(), 2, 3),
            new NamedFloats("3.bias", MODEL.parameters().get(2).values(), 2));
    SafeTensors.write(file, tensors, Map.of("myelin", description));
  }

  private void assertLoadFails(String expected) {
    String message =
        assertThrows(InvalidModelException.class, () -> TrainedModel.load(file)).getMessage();
    assertTrue(message.startsWith(file.toString()), message);
    assertTrue(message.contains(expected), message);
  }
}
