package dev.myelin.examples;

import static dev.myelin.examples.Printed.assertPrints;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Runs the examples of the README's table "Worked examples" and compares what they print with the
 * numbers of an independent computation in float64.
 */
class WorkedExamplesTest {
  @Test
  void linearNeuron_printsTheNumbers() {
    assertPrints(
        """
        w = [2.0000, -3.0000]
        b = [0.5000]
        """,
        LinearNeuron::main);
  }

  @Test
  void logisticNeuron_printsTheNumbers() {
    assertPrints(
        """
        dE/dw1 = -0.1309, by differences -0.1309
        dE/dw2 = -0.2618, by differences -0.2618
        """,
        LogisticNeuron::main);
  }

  @Test
  void ringsNeedAHiddenLayer_separatesThemAndDrawsTheBorder() {
    List<String> lines = Printed.run(RingsNeedAHiddenLayer::main).lines().toList();
    assertEquals("linear model near chance: true", lines.get(0));
    assertEquals("hidden layer above 99%: true", lines.get(1));
    // Each sign is a tenth wide and a fifth high; the border lies between radius 0.5 and 1.
    for (int row = 0; row <= 12; row++) {
      for (int column = 0; column <= 24; column++) {
        double radius = Math.hypot(column / 10.0 - 1.2, 1.2 - row / 5.0);
        char sign = lines.get(2 + row).charAt(column);
        assertTrue(radius > 0.5 || sign == 'o', () -> String.join("\n", lines));
        assertTrue(radius < 1 || sign == '.', () -> String.join("\n", lines));
      }
    }
  }

  @Test
  void sineByOneHiddenLayer_printsTheNumbers() {
    assertPrints(
        """
        largest error below 0.02: true
        """,
        SineByOneHiddenLayer::main);
  }

  @Test
  void stepByStepTwoOutputs_printsTheNumbers() {
    assertPrints(
        """
        o = [0.751365, 0.772928]
        E = 0.298371
        W2 = [0.358916, 0.408666, 0.511301, 0.561370]
        W1 = [0.149781, 0.199561, 0.249751, 0.299502]
        o = [0.01591, 0.98406]
        """,
        StepByStepTwoOutputs::main);
  }

  @Test
  void thresholdNeuron_printsTheNumbers() {
    assertPrints(
        """
        x = [1, 0, 0]: 1.0
        x = [0, 1, 1]: 0.0
        slope 1: 0.524979
        slope 10: 0.731059
        slope 100: 0.999955
        """,
        ThresholdNeuron::main);
  }

  @Test
  void layersAsMatrices_printsTheNumbers() {
    assertPrints(
        """
        network 4-5-3-6-2, 81 parameters
        0.weight [5, 4]
        0.bias [5]
        2.weight [3, 5]
        2.bias [3]
        4.weight [6, 3]
        4.bias [6]
        6.weight [2, 6]
        6.bias [2]
        """,
        LayersAsMatrices::main);
  }

  @Test
  void twoLosses_printsTheNumbers() {
    assertPrints(
        """
        E = 0.298371
        dE/do = [0.741365, -0.217072]
        cross-entropy = 0.682424
        gradient = [0.494609, -0.494609]
        """,
        TwoLosses::main);
  }

  @Test
  void stepByStepOneOutput_printsTheNumbers() {
    assertPrints(
        """
        a2 = [0.716866]
        L = 0.040082
        0.weight [0.100357, 0.200071, 0.300415, 0.400083]
        0.bias [0.100713, 0.200830]
        2.weight [0.503117, 0.603427]
        2.bias [0.305747]
        """,
        StepByStepOneOutput::main);
  }

  @Test
  void perceptron_printsTheNumbers() {
    assertPrints(
        """
        AND: no mistake in epoch 6
        OR: no mistake in epoch 4
        XOR: not separable by a line in 100 epochs, mistakes 4
        """,
        Perceptron::main);
  }

  @Test
  void threeLayerNetwork_printsTheNumbers() {
    assertPrints(
        """
        X = [0.550000, 0.600000, 0.610000]
        O = [0.634136, 0.645656, 0.647941]
        """,
        ThreeLayerNetwork::main);
  }

  @Test
  void errorsByWeightsAlone_printsTheNumbers() {
    assertPrints(
        """
        gradient
        W1 = [0.149781, 0.199561, 0.249751, 0.299502]
        W2 = [0.358916, 0.408666, 0.511301, 0.561370]
        E = 0.291028
        backward-errors
        W1 = [0.148866, 0.197732, 0.248711, 0.297423]
        W2 = [0.358916, 0.408666, 0.511301, 0.561370]
        E = 0.291024
        """,
        ErrorsByWeightsAlone::main);
  }

  @Test
  void thresholdsAreBiases_printsTheNumbers() {
    assertPrints(
        """
        thresholds: w = 1.41412, -theta = 0.15706
        biases: w = 1.41412, b = 0.15706
        """,
        ThresholdsAreBiases::main);
  }

  @Test
  void numPyListing_printsTheNumbers() {
    assertPrints(
        """
        step 0: 10926.6
        step 10: 3323.66
        step 100: 504.36
        step 1000: 1.394
        step 1999: 0.0345
        """,
        NumPyListing::main);
  }

  @Test
  void activationsInUse_printsTheNumbers() {
    assertPrints(
        """
        sigmoid: [0.268941, 0.880797]
        tanh: [-0.761594, 0.964028]
        relu: [0.0, 2.0]
        leaky_relu(0.1): [-0.1, 2.0]
        elu(1): [-0.632121, 2.0]
        step: [0.0, 1.0]
        sign: [-1.0, 1.0]
        maxout: [1.0, 2.0]
        stack of linear layers: [-12.0, -15.0, -18.0]
        their product: [-12.0, -15.0, -18.0]
        """,
        ActivationsInUse::main);
  }
}
