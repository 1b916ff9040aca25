package dev.myelin.examples;

import dev.myelin.Activation;
import dev.myelin.Backend;
import dev.myelin.Backends;
import dev.myelin.nn.Initializer;
import dev.myelin.nn.Mlp;
import dev.myelin.nn.MlpSpec;
import dev.myelin.nn.NamedParameter;
import java.util.Arrays;

/** Layers are matrices, z = W x + b, a row of W a neuron; any number of them. */
public final class LayersAsMatrices {
  private LayersAsMatrices() {}

  public static void main(String[] arguments) {
    MlpSpec spec = MlpSpec.of(Activation.TANH, 4, 5, 3, 6, 2);
    System.out.println("network " + spec + ", " + spec.parameters() + " parameters");
    try (Backend backend = Backends.best();
        Mlp network = Mlp.create(backend, spec, Initializer.XAVIER, 1)) {
      for (NamedParameter parameter : network.stateDict()) {
        System.out.println(parameter.name() + " " + Arrays.toString(parameter.shape()));
      }
    }
  }
}
