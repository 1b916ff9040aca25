package dev.myelin.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.Activation;
import dev.myelin.ShapeMismatchException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MlpSpecTest {
  private static Layer layer(
      int inputs, int outputs, Activation f, Layer.Bias bias, float dropout) {
    return new Layer(inputs, outputs, f, bias, dropout);
  }

  @Test
  void of_sizes_givesHiddenLayersAndALinearLast() {
    MlpSpec spec = MlpSpec.of(Activation.RELU, 784, 128, 10);
    assertEquals("784-128-10", spec.toString());
    assertArrayEquals(new int[] {784, 128, 10}, spec.sizes());
    assertEquals(784 * 128 + 128 + 128 * 10 + 10, spec.parameters());
    assertEquals(Activation.RELU, spec.layers().get(0).activation());
    assertEquals(Activation.IDENTITY, spec.layers().get(1).activation());
  }

  @Test
  void parameterNames_areThoseOfPyTorchsSequential() {
    // Sequential(Linear, ReLU, Dropout, Linear, Linear, Tanh, Linear): identity and no dropout are
    // no modules.
    MlpSpec spec =
        new MlpSpec(
            List.of(
                layer(4, 3, Activation.RELU, Layer.Bias.TRAINED, 0.5f),
                layer(3, 3, Activation.IDENTITY, Layer.Bias.NONE, 0),
                layer(3, 2, Activation.TANH, Layer.Bias.FIXED, 0),
                layer(2, 2, Activation.IDENTITY, Layer.Bias.TRAINED, 0)));
    List<String> names = new ArrayList<>();
    for (ParameterLayout.Entry entry : new ParameterLayout(spec).entries()) {
      names.add(entry.name());
    }
    assertEquals(
        List.of("0.weight", "0.bias", "3.weight", "4.weight", "6.weight", "6.bias", "4.bias"),
        names);
  }

  @Test
  void layout_putsFixedBiasesBehindWhatIsTrained_andAlignsEverything() {
    MlpSpec spec =
        new MlpSpec(
            List.of(
                layer(3, 5, Activation.RELU, Layer.Bias.FIXED, 0),
                layer(5, 7, Activation.IDENTITY, Layer.Bias.TRAINED, 0)));
    ParameterLayout layout = new ParameterLayout(spec);
    int end = 0;
    for (ParameterLayout.Entry entry : layout.entries()) {
      assertEquals(0, entry.offset() % 16, entry.name());
      assertTrue(entry.offset() >= end, entry.name());
      assertEquals(
          !entry.name().equals("0.bias"), entry.offset() < layout.trainedElements(), entry.name());
      end = entry.offset() + entry.elements();
    }
    assertTrue(layout.elements() >= end);
  }

  @Test
  void layersThatDoNotFit_areRefused() {
    List<Layer> gap =
        List.of(
            layer(4, 3, Activation.RELU, Layer.Bias.TRAINED, 0),
            layer(2, 1, Activation.RELU, Layer.Bias.TRAINED, 0));
    String message =
        assertThrows(IllegalArgumentException.class, () -> new MlpSpec(gap)).getMessage();
    assertEquals("layer 1 takes 2 inputs, but layer 0 gives 3 outputs", message);
    assertThrows(IllegalArgumentException.class, () -> new MlpSpec(List.of()));
    assertThrows(IllegalArgumentException.class, () -> MlpSpec.of(Activation.RELU, 3));
    assertThrows(IllegalArgumentException.class, () -> MlpSpec.of(Activation.RELU, 3, 0, 1));
    List<Layer> droppedResult = List.of(layer(4, 3, Activation.RELU, Layer.Bias.TRAINED, 0.1f));
    assertThrows(IllegalArgumentException.class, () -> new MlpSpec(droppedResult));
  }

  @Test
  void network_ofMoreParametersThanABlockHolds_isRefusedWithTheLayer() {
    String message =
        assertThrows(
                ShapeMismatchException.class,
                () -> MlpSpec.of(Activation.RELU, 2, 70_000, 70_000, 2))
            .getMessage();
    assertTrue(
        message.startsWith("layer 1, from 70000 inputs to 70000 outputs, makes the network too"),
        message);
    // 16-float gaps included: 140,000 + 70,000 + 70,000^2 + 70,000.
    assertTrue(message.contains("it would have 4900280000 parameters so far"), message);
    // One layer of the largest size there is, so that nothing overflows on the way.
    assertThrows(
        ShapeMismatchException.class,
        () -> MlpSpec.of(Activation.RELU, Integer.MAX_VALUE, Integer.MAX_VALUE));
    MlpSpec largest = MlpSpec.of(Activation.RELU, 46_340, 46_339);
    assertEquals(46_340L * 46_339 + 46_339, largest.parameters());
  }

  @Test
  void requireParameters_namesTheFirstThatIsWrong() {
    MlpSpec spec = MlpSpec.of(Activation.RELU, 2, 1);
    NamedParameter weight = new NamedParameter("0.weight", new int[] {1, 2}, new float[2]);
    NamedParameter bias = new NamedParameter("0.bias", new int[] {1}, new float[1]);
    spec.requireParameters(List.of(bias, weight));
    assertMismatch(spec, List.of(weight), "parameter 0.bias must be [1], but is missing");
    NamedParameter turned = new NamedParameter("0.weight", new int[] {2, 1}, new float[2]);
    assertMismatch(spec, List.of(turned, bias), "0.weight must be [1, 2], but is [2, 1]");
    NamedParameter unknown = new NamedParameter("1.bias", new int[] {1}, new float[1]);
    assertMismatch(spec, List.of(weight, bias, unknown), "has no parameter [1.bias]");
    assertMismatch(spec, List.of(weight, bias, bias), "0.bias is given twice");
  }

  private static void assertMismatch(MlpSpec spec, List<NamedParameter> given, String expected) {
    String message =
        assertThrows(ShapeMismatchException.class, () -> spec.requireParameters(given))
            .getMessage();
    assertTrue(message.contains(expected), message);
  }
}
