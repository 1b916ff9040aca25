package consumer;

import dev.myelin.Activation;
import dev.myelin.Backend;
import dev.myelin.Backends;
import dev.myelin.data.GeneratedData;
import dev.myelin.data.Split;
import dev.myelin.nn.Initializer;
import dev.myelin.nn.Loss;
import dev.myelin.nn.Mlp;
import dev.myelin.nn.MlpSpec;
import dev.myelin.nn.Trainer;
import dev.myelin.nn.TrainingListener;
import dev.myelin.nn.TrainingOptions;
import dev.myelin.nn.TrainingResult;

/** Trains a small network on whichever device the class path has. */
public final class Moons {
  private Moons() {}

  /**
   * Prints the device and how well the network did.
   *
   * @param arguments the device, as "opencl"; none for the best
   */
  public static void main(String[] arguments) {
    Split points = GeneratedData.moons(2_000, 42).split(0.2, 42);
    MlpSpec spec = MlpSpec.of(Activation.TANH, 2, 32, 2);
    try (Backend backend = Backends.open(arguments.length == 0 ? "best" : arguments[0]);
        Mlp network = Mlp.create(backend, spec, Initializer.XAVIER, 42)) {
      System.out.println("device " + backend.device().id() + ": " + backend.device().name());
      TrainingOptions options = TrainingOptions.defaults(Loss.crossEntropy()).withEpochs(100);
      TrainingResult result =
          new Trainer(options).fit(network, points.train(), points.test(), TrainingListener.NONE);
      double accuracy = result.epochs().get(99).validation().accuracy();
      System.out.printf("accuracy %.1f%%%n", 100 * accuracy);
    }
  }
}
