package dev.myelin.soak;

import dev.myelin.Activation;
import dev.myelin.Backend;
import dev.myelin.Backends;
import dev.myelin.data.Dataset;
import dev.myelin.data.GeneratedData;
import dev.myelin.model.TrainedModel;
import dev.myelin.nn.Initializer;
import dev.myelin.nn.Loss;
import dev.myelin.nn.Mlp;
import dev.myelin.nn.MlpSpec;
import dev.myelin.nn.Trainer;
import dev.myelin.nn.TrainingListener;
import dev.myelin.nn.TrainingOptions;
import java.nio.file.Path;

/**
 * What all threads use at once. It is immutable, and so needs no turns: data sets, a trained model
 * on the host, its file.
 *
 * @param moons a few samples of two features
 * @param digits few samples of many features
 * @param model what {@link TrainedModel#load} gives for the file
 * @param file that holds the model
 */
record SharedThings(Dataset moons, Dataset digits, TrainedModel model, Path file) {
  private static final int MOONS = 200;
  private static final int DIGITS = 256;
  private static final int SAMPLES = 50;

  /** Trains the model on the processor and saves it. */
  static SharedThings make(Path folder) {
    Dataset moons = GeneratedData.moons(MOONS, 1);
    Path file = folder.resolve("model.safetensors");
    try (Backend cpu = Backends.open("cpu");
        Mlp network =
            Mlp.create(cpu, MlpSpec.of(Activation.TANH, 2, 24, 2), Initializer.XAVIER, 2)) {
      TrainingOptions options = TrainingOptions.defaults(Loss.crossEntropy());
      new Trainer(options).fit(network, moons, null, TrainingListener.NONE);
      TrainedModel.of(network, options.loss(), moons).save(file);
    }
    Dataset digits = GeneratedData.digits(DIGITS, 3);
    return new SharedThings(moons, digits, TrainedModel.load(file), file);
  }

  /** To predict from. */
  float[][] samples() {
    float[][] samples = new float[SAMPLES][moons.inputs()];
    for (int i = 0; i < SAMPLES; i++) {
      moons.readFeatures(i, samples[i], 0);
    }
    return samples;
  }
}
