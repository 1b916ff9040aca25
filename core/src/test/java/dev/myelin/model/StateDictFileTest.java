package dev.myelin.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.Activation;
import dev.myelin.io.InvalidModelException;
import dev.myelin.nn.Layer;
import dev.myelin.nn.Loss;
import dev.myelin.nn.NamedParameter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StateDictFileTest {
  @TempDir private Path folder;

  /** One tensor whose elements count on from 1, all of which every type here holds. */
  private record Stored(String name, String type, List<Integer> shape) {
    int elements() {
      return shape.stream().reduce(1, Math::multiplyExact);
    }

    int elementBytes() {
      return switch (type) {
        case "F64" -> 8;
        case "F32" -> 4;
        default -> 2;
      };
    }

    ByteBuffer bytes() {
      ByteBuffer bytes = ByteBuffer.allocate(elements() * elementBytes());
      bytes.order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 1; i <= elements(); i++) {
        switch (type) {
          case "F64" -> bytes.putDouble(i);
          case "F32" -> bytes.putFloat(i);
          case "BF16" -> bytes.putShort((short) (Float.floatToIntBits(i) >> 16));
          default -> {
            int exponent = 31 - Integer.numberOfLeadingZeros(i);
            int fraction = (i << 10 >> exponent) & 0x3ff;
            bytes.putShort((short) ((exponent + 15) << 10 | fraction));
          }
        }
      }
      return bytes.flip();
    }
  }

  /** As safetensors.torch.save_file lays it out: wide types first, then by name. */
  private Path write(Stored... tensors) throws IOException {
    List<Stored> sorted = new ArrayList<>(List.of(tensors));
    sorted.sort(Comparator.comparing(Stored::elementBytes).reversed().thenComparing(Stored::name));
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    StringBuilder header = new StringBuilder("{\"__metadata__\":{\"format\":\"pt\"}");
    for (Stored tensor : sorted) {
      int begin = data.size();
      data.write(tensor.bytes().array());
      String shape = tensor.shape.stream().map(String::valueOf).collect(Collectors.joining(","));
      header.append(
          ",\"%s\":{\"dtype\":\"%s\",\"shape\":[%s],\"data_offsets\":[%d,%d]}"
              .formatted(tensor.name, tensor.type, shape, begin, data.size()));
    }
    header.append('}');
    while (header.length() % 8 != 0) {
      header.append(' ');
    }
    byte[] text = header.toString().getBytes(StandardCharsets.UTF_8);
    ByteBuffer file = ByteBuffer.allocate(8 + text.length + data.size());
    file.order(ByteOrder.LITTLE_ENDIAN).putLong(text.length).put(text).put(data.toByteArray());
    return Files.write(folder.resolve("torch.safetensors"), file.array());
  }

  private static Stored f32(String name, int... shape) {
    return new Stored(name, "F32", Arrays.stream(shape).boxed().toList());
  }

  private Path threeLayers() throws IOException {
    return write(
        f32("net.0.weight", 4, 3),
        f32("net.0.bias", 4),
        f32("net.2.weight", 4, 4),
        f32("net.10.weight", 2, 4),
        f32("net.10.bias", 2));
  }

  private void requireFault(String message, Stored... tensors) throws IOException {
    Path file = write(tensors);
    String found =
        assertThrows(InvalidModelException.class, () -> StateDictFile.read(file)).getMessage();
    assertEquals(file + ": " + message, found);
  }

  @Test
  void layers_comeInTheOrderOfTheirNumbers_notOfTheFile() throws IOException {
    StateDictFile file = StateDictFile.read(threeLayers());
    assertEquals(3, file.layers());
    assertArrayEquals(new int[] {3, 4, 4, 2}, file.sizes());
    TrainedModel model =
        file.withActivations(List.of(Activation.RELU, Activation.IDENTITY), Loss.crossEntropy());
    assertEquals(
        List.of(
            new Layer(3, 4, Activation.RELU, Layer.Bias.TRAINED, 0),
            new Layer(4, 4, Activation.IDENTITY, Layer.Bias.NONE, 0),
            new Layer(4, 2, Activation.IDENTITY, Layer.Bias.TRAINED, 0)),
        model.spec().layers());
    assertEquals(
        List.of("0.weight", "0.bias", "2.weight", "3.weight", "3.bias"),
        model.parameters().stream().map(NamedParameter::name).toList());
    assertEquals(model.parameters(), model.spec().requireParameters(model.parameters()));
    assertArrayEquals(new float[] {1, 2, 3, 4}, model.parameters().get(1).values());
    assertEquals(List.of("0", "1"), model.classNames());
  }

  @Test
  void activations_areOneForAll_orOneEach_orOneMore() throws IOException {
    StateDictFile file = StateDictFile.read(threeLayers());
    Activation tanh = Activation.TANH;
    Activation relu = Activation.RELU;
    assertEquals(List.of(tanh, tanh, Activation.IDENTITY), activations(file, List.of(tanh)));
    assertEquals(List.of(tanh, relu, Activation.IDENTITY), activations(file, List.of(tanh, relu)));
    assertEquals(List.of(tanh, relu, tanh), activations(file, List.of(tanh, relu, tanh)));
    assertEquals(
        folder.resolve("torch.safetensors")
            + " has 3 layers, 3-4-4-2, but there are 4 activations: give one for all but the last,"
            + " or one for each of these, or one for each layer",
        assertThrows(
                IllegalArgumentException.class,
                () -> activations(file, List.of(tanh, tanh, tanh, tanh)))
            .getMessage());
  }

  private static List<Activation> activations(StateDictFile file, List<Activation> given) {
    return file.withActivations(given, Loss.crossEntropy()).spec().layers().stream()
        .map(Layer::activation)
        .toList();
  }

  @Test
  void loss_saysWhatTheOutputsAre() throws IOException {
    StateDictFile one = StateDictFile.read(write(f32("weight", 1, 2), f32("bias", 1)));
    List<Activation> none = List.of(Activation.IDENTITY);
    TrainedModel binary = one.withActivations(none, Loss.binaryCrossEntropy());
    assertEquals(List.of("0", "1"), binary.classNames());
    TrainedModel number = one.withActivations(none, Loss.of("mse"));
    assertEquals(List.of("0"), number.targetNames());
    assertFalse(number.isClassification());
    assertEquals(
        "loss cross_entropy needs two outputs at least, but the network has one",
        assertThrows(
                IllegalArgumentException.class,
                () -> one.withActivations(none, Loss.crossEntropy()))
            .getMessage());
  }

  @ParameterizedTest
  @CsvSource({"F64", "F32", "F16", "BF16"})
  void types_areWidenedOrRounded(String type) throws IOException {
    Path file = write(new Stored("0.weight", type, List.of(2, 3)), f32("0.bias", 2));
    TrainedModel model =
        StateDictFile.read(file).withActivations(List.of(Activation.IDENTITY), Loss.crossEntropy());
    assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6}, model.parameters().get(0).values());
  }

  @Test
  void names_withoutNumbers_areOrderedByShape_whereThatLeavesNoChoice() throws IOException {
    StateDictFile file =
        StateDictFile.read(
            write(
                f32("out.weight", 2, 4),
                f32("fc1.weight", 4, 3),
                f32("fc2.weight", 4, 4),
                f32("fc10.weight", 4, 4)));
    assertArrayEquals(new int[] {3, 4, 4, 4, 2}, file.sizes());
    requireFault(
        "the order of the layers [a.weight [3, 3], b.weight [3, 3]] cannot be told from their names"
            + " and shapes: number them, as the state dict of an nn.Sequential does (0.weight,"
            + " 2.weight, ...)",
        f32("a.weight", 3, 3),
        f32("b.weight", 3, 3));
  }

  @Test
  void hundredsOfLayersWithoutNumbers_endInAMessage() throws IOException {
    Stored[] layers = new Stored[40];
    for (int i = 0; i < layers.length; i++) {
      String name = Character.toString((char) ('a' + i / 10)) + (char) ('a' + i % 10);
      layers[i] = i == 0 ? f32(name + ".weight", 5, 7) : f32(name + ".weight", 3, 3);
    }
    Path file = write(layers);
    String message =
        assertThrows(InvalidModelException.class, () -> StateDictFile.read(file)).getMessage();
    assertTrue(message.contains("cannot be told"), message);
  }

  @Test
  void shapes_thatDoNotChain_areRefused() throws IOException {
    requireFault(
        "no order of the layers [0.weight [4, 3], 2.weight [2, 5]] lets each take what the one"
            + " before gives, with rising numbers in their names",
        f32("0.weight", 4, 3),
        f32("2.weight", 2, 5));
    requireFault(
        "no order of the layers [0.weight [2, 4], 1.weight [4, 3]] lets each take what the one"
            + " before gives, with rising numbers in their names",
        f32("0.weight", 2, 4),
        f32("1.weight", 4, 3));
  }

  @Test
  void tensors_ofOtherModules_areRefusedByName() throws IOException {
    String rest =
        " is not of a Linear module, whose weight is [out, in] and bias [out]; only networks of"
            + " Linear modules with activations between them can be read";
    requireFault("tensor 1.weight [4]" + rest, f32("0.weight", 4, 3), f32("1.weight", 4));
    requireFault(
        "tensor 1.running_mean [4]" + rest, f32("0.weight", 4, 3), f32("1.running_mean", 4));
    requireFault("tensor 1.bias [4]" + rest, f32("0.weight", 4, 3), f32("1.bias", 4));
    requireFault("tensor 0.weight [4, 3, 1]" + rest, f32("0.weight", 4, 3, 1));
    requireFault("tensor 0.weight [0, 3]" + rest, f32("0.weight", 0, 3));
    requireFault(
        "tensor 0.bias must be [4], one for each row of 0.weight [4, 3], but is [3]",
        f32("0.weight", 4, 3),
        f32("0.bias", 3));
    requireFault("there is no tensor that ends in .weight, so no layer");
  }

  @Test
  void parameters_exported_areReadAgain() throws IOException {
    TrainedModel model =
        StateDictFile.read(threeLayers())
            .withActivations(List.of(Activation.SILU), Loss.crossEntropy());
    Path file = folder.resolve("exported.safetensors");
    ExportFormat.SAFETENSORS.write(model, file);
    assertFalse(TrainedModel.isDescribedIn(file));
    TrainedModel again =
        StateDictFile.read(file).withActivations(List.of(Activation.SILU), Loss.crossEntropy());
    assertEquals(model.spec(), again.spec());
    for (int i = 0; i < model.parameters().size(); i++) {
      assertEquals(model.parameters().get(i).name(), again.parameters().get(i).name());
      assertArrayEquals(model.parameters().get(i).values(), again.parameters().get(i).values());
    }
    model.save(file);
    assertTrue(TrainedModel.isDescribedIn(file));
  }
}
