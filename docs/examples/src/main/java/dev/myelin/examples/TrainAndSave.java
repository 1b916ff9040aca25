package dev.myelin.examples;

import dev.myelin.Activation;
import dev.myelin.Backend;
import dev.myelin.Backends;
import dev.myelin.data.GeneratedData;
import dev.myelin.data.Split;
import dev.myelin.model.TrainedModel;
import dev.myelin.nn.Initializer;
import dev.myelin.nn.Loss;
import dev.myelin.nn.Mlp;
import dev.myelin.nn.MlpSpec;
import dev.myelin.nn.Trainer;
import dev.myelin.nn.TrainingListener;
import dev.myelin.nn.TrainingOptions;
import java.nio.file.Path;
import java.util.Arrays;

/** A quick start: a network is trained, saved, loaded and used. The README shows the body. */
public final class TrainAndSave {
  private TrainAndSave() {}

  /** Prints the probabilities of both classes for two points. */
  public static void main(String[] arguments) {
    Path file = Path.of("moons.safetensors");
    Split points = GeneratedData.moons(2_000, 42).split(0.2, 42);
    MlpSpec spec = MlpSpec.of(Activation.TANH, 2, 32, 2);
    try (Backend backend = Backends.best();
        Mlp network = Mlp.create(backend, spec, Initializer.XAVIER, 42)) {
      TrainingOptions options = TrainingOptions.defaults(Loss.crossEntropy()).withEpochs(100);
      new Trainer(options).fit(network, points.train(), points.test(), TrainingListener.NONE);
      TrainedModel.of(network, options.loss(), points.train()).save(file);

      TrainedModel model = TrainedModel.load(file);
      float[][] probabilities = model.predict(backend, new float[][] {{0, 1}, {1, -0.5f}});
      System.out.println(model.classNames() + " " + Arrays.deepToString(probabilities));
    }
  }
}
