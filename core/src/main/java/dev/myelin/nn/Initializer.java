package dev.myelin.nn;

import dev.myelin.Activation;
import dev.myelin.random.Philox;

/** How weights and biases are drawn before training. All draws come from one seed. */
public enum Initializer {
  /**
   * Weights normal with variance 2 / inputs, biases zero: keeps the variance of signals through
   * ReLU layers. He, Zhang, Ren, Sun, 2015.
   */
  HE {
    @Override
    void draw(Layer layer, Philox random, float[] weight, float[] bias) {
      double deviation = StrictMath.sqrt(2.0 / layer.inputs());
      for (int i = 0; i < weight.length; i++) {
        weight[i] = (float) (deviation * random.nextGaussian());
      }
    }
  },
  /**
   * Weights uniform in +-sqrt(6 / (inputs + outputs)), biases zero: keeps variances through layers
   * that are linear around zero, as tanh is. Glorot and Bengio, 2010.
   */
  XAVIER {
    @Override
    void draw(Layer layer, Philox random, float[] weight, float[] bias) {
      double bound = StrictMath.sqrt(6.0 / ((double) layer.inputs() + layer.outputs()));
      uniform(random, bound, weight);
    }
  },
  /** Weights and biases uniform in +-1 / sqrt(inputs): the default of PyTorch's nn.Linear. */
  PYTORCH {
    @Override
    void draw(Layer layer, Philox random, float[] weight, float[] bias) {
      double bound = 1 / StrictMath.sqrt(layer.inputs());
      uniform(random, bound, weight);
      uniform(random, bound, bias);
    }
  };

  /**
   * Fills a layer's parameters.
   *
   * @param weight [rows, inputs]; see {@link Layer#rows}
   * @param bias [rows], zeros on entry; empty when the layer has none
   */
  abstract void draw(Layer layer, Philox random, float[] weight, float[] bias);

  /** He for the ReLU family and maxout, Xavier for everything else. */
  public static Initializer suiting(Activation hidden) {
    return switch (hidden.kind()) {
      case RELU, LEAKY_RELU, ELU, GELU, GELU_TANH, SILU, MAXOUT -> HE;
      case IDENTITY, SIGMOID, TANH, SOFTPLUS, STEP, SIGN -> XAVIER;
    };
  }

  private static void uniform(Philox random, double bound, float[] values) {
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(-bound, bound);
    }
  }
}
