package dev.myelin.testkit;

import dev.myelin.nn.NamedParameter;
import java.util.ArrayList;
import java.util.List;

/**
 * A network of logistic neurons in float64 with loops over single neurons, as a textbook writes it:
 * E = sum (t - o)^2 / 2, one sample a step.
 */
final class SigmoidNetwork {
  /** Per layer, neuron, input. */
  final double[][][] weights;

  /** Per layer, neuron. */
  final double[][] biases;

  /**
   * @param stateDict weight and bias of each layer
   */
  SigmoidNetwork(List<NamedParameter> stateDict) {
    weights = new double[stateDict.size() / 2][][];
    biases = new double[weights.length][];
    for (int layer = 0; layer < weights.length; layer++) {
      NamedParameter weight = stateDict.get(2 * layer);
      int inputs = weight.shape()[1];
      weights[layer] = new double[weight.shape()[0]][inputs];
      biases[layer] = new double[weight.shape()[0]];
      for (int j = 0; j < weights[layer].length; j++) {
        biases[layer][j] = stateDict.get(2 * layer + 1).values()[j];
        for (int i = 0; i < inputs; i++) {
          weights[layer][j][i] = weight.values()[j * inputs + i];
        }
      }
    }
  }

  /** What each layer gives, the input first. */
  double[][] outputs(double... x) {
    double[][] outputs = new double[weights.length + 1][];
    outputs[0] = x;
    for (int layer = 0; layer < weights.length; layer++) {
      outputs[layer + 1] = new double[weights[layer].length];
      for (int j = 0; j < weights[layer].length; j++) {
        double z = biases[layer][j];
        for (int i = 0; i < outputs[layer].length; i++) {
          z += weights[layer][j][i] * outputs[layer][i];
        }
        outputs[layer + 1][j] = 1 / (1 + Math.exp(-z));
      }
    }
    return outputs;
  }

  double loss(double[] x, double[] t) {
    double[] o = outputs(x)[weights.length];
    double sum = 0;
    for (int j = 0; j < o.length; j++) {
      sum += (t[j] - o[j]) * (t[j] - o[j]) / 2;
    }
    return sum;
  }

  /**
   * One update.
   *
   * @param errorsAlone whether errors go back by the weights alone, not by the chain rule
   */
  void step(double[] x, double[] t, double learningRate, boolean errorsAlone) {
    double[][] outputs = outputs(x);
    double[] error = new double[t.length];
    for (int j = 0; j < t.length; j++) {
      error[j] = outputs[weights.length][j] - t[j];
    }
    for (int layer = weights.length - 1; layer >= 0; layer--) {
      double[] below = new double[outputs[layer].length];
      for (int j = 0; j < error.length; j++) {
        double y = outputs[layer + 1][j];
        double delta = error[j] * y * (1 - y);
        for (int i = 0; i < below.length; i++) {
          below[i] += weights[layer][j][i] * (errorsAlone ? error[j] : delta);
          weights[layer][j][i] -= learningRate * delta * outputs[layer][i];
        }
        biases[layer][j] -= learningRate * delta;
      }
      error = below;
    }
  }

  /** All parameters in the order of a state dict. */
  List<double[]> parameters() {
    List<double[]> parameters = new ArrayList<>();
    for (int layer = 0; layer < weights.length; layer++) {
      int inputs = weights[layer][0].length;
      double[] flat = new double[weights[layer].length * inputs];
      for (int i = 0; i < flat.length; i++) {
        flat[i] = weights[layer][i / inputs][i % inputs];
      }
      parameters.add(flat);
      parameters.add(biases[layer].clone());
    }
    return parameters;
  }
}
