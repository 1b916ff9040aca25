package dev.myelin.examples;

import dev.myelin.Activation;
import dev.myelin.Backend;
import dev.myelin.Backends;
import dev.myelin.nn.Layer;
import dev.myelin.nn.Mlp;
import dev.myelin.nn.MlpSpec;
import dev.myelin.nn.NamedParameter;
import dev.myelin.nn.Predictor;
import java.util.Arrays;
import java.util.List;

/**
 * The activations, at -1 and at 2; maxout, the larger of x and -x; and what layers are without any:
 * one layer, their product.
 */
public final class ActivationsInUse {
  private ActivationsInUse() {}

  public static void main(String[] arguments) {
    try (Backend backend = Backends.best()) {
      for (String name :
          List.of("sigmoid", "tanh", "relu", "leaky_relu(0.1)", "elu(1)", "step", "sign")) {
        float[] y = layer(backend, Activation.of(name), new float[] {1}, -1, 2);
        System.out.println(name + ": " + Arrays.toString(y));
      }
      float[] absolute = layer(backend, Activation.maxout(2), new float[] {1, -1}, -1, 2);
      System.out.println("maxout: " + Arrays.toString(absolute));
      float[] stack = {4, 5, 6};
      for (float w : new float[] {2, -3, 0.5f}) {
        stack = layer(backend, Activation.IDENTITY, new float[] {w}, stack);
      }
      float[] product = layer(backend, Activation.IDENTITY, new float[] {2 * -3 * 0.5f}, 4, 5, 6);
      System.out.println("stack of linear layers: " + Arrays.toString(stack));
      System.out.println("their product: " + Arrays.toString(product));
    }
  }

  /** One neuron without a bias; a weight a piece. */
  private static float[] layer(Backend backend, Activation f, float[] weights, float... x) {
    MlpSpec spec = MlpSpec.of(f, f, Layer.Bias.NONE, 0, 1, 1);
    NamedParameter weight = new NamedParameter("0.weight", new int[] {weights.length, 1}, weights);
    try (Mlp network = Mlp.of(backend, spec, List.of(weight));
        Predictor predictor = new Predictor(network, x.length)) {
      return predictor.predict(x);
    }
  }
}
