package dev.myelin.examples;

import dev.myelin.Activation;
import dev.myelin.Backend;
import dev.myelin.Backends;
import dev.myelin.nn.Layer;
import dev.myelin.nn.Mlp;
import dev.myelin.nn.MlpSpec;
import dev.myelin.nn.NamedParameter;
import dev.myelin.nn.Predictor;
import java.util.List;

/**
 * A neuron that fires where 6 x1 + 2 x2 + 2 x3 + 1 exceeds 5; and sigmoids of slope k, which are
 * the same neuron with weights and bias times k.
 */
public final class ThresholdNeuron {
  private ThresholdNeuron() {}

  public static void main(String[] arguments) {
    try (Backend backend = Backends.best()) {
      System.out.println("x = [1, 0, 0]: " + neuron(backend, Activation.STEP, 1, 1, 0, 0));
      System.out.println("x = [0, 1, 1]: " + neuron(backend, Activation.STEP, 1, 0, 1, 1));
      for (int k : new int[] {1, 10, 100}) {
        // The sum is 5.1 here.
        float y = neuron(backend, Activation.SIGMOID, k, 4.1f / 6, 0, 0);
        System.out.println("slope " + k + ": " + y);
      }
    }
  }

  private static float neuron(Backend backend, Activation activation, int k, float... x) {
    MlpSpec spec = MlpSpec.of(activation, activation, Layer.Bias.TRAINED, 0, 3, 1);
    List<NamedParameter> parameters =
        List.of(
            new NamedParameter("0.weight", new int[] {1, 3}, new float[] {6 * k, 2 * k, 2 * k}),
            new NamedParameter("0.bias", new int[] {1}, new float[] {(1 - 5) * k}));
    try (Mlp network = Mlp.of(backend, spec, parameters);
        Predictor predictor = new Predictor(network, 1)) {
      return predictor.predict(x)[0];
    }
  }
}
