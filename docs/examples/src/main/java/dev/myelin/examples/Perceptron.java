package dev.myelin.examples;

import dev.myelin.Activation;
import dev.myelin.Backend;
import dev.myelin.Backends;
import dev.myelin.data.Dataset;
import dev.myelin.nn.Layer;
import dev.myelin.nn.LearningRule;
import dev.myelin.nn.Mlp;
import dev.myelin.nn.MlpSpec;
import dev.myelin.nn.NamedParameter;
import dev.myelin.nn.Trainer;
import dev.myelin.nn.TrainingListener;
import dev.myelin.nn.TrainingOptions;
import dev.myelin.nn.TrainingResult;
import java.util.List;

/**
 * Rosenblatt's perceptron: weights and bias move by +-x and +-1 on each mistake until none is left.
 * XOR has no such line.
 */
public final class Perceptron {
  private Perceptron() {}

  public static void main(String[] arguments) {
    try (Backend backend = Backends.best()) {
      learn(backend, "AND", 0, 0, 0, 1);
      learn(backend, "OR", 0, 1, 1, 1);
      learn(backend, "XOR", 0, 1, 1, 0);
    }
  }

  private static void learn(Backend backend, String name, int... truth) {
    MlpSpec spec = MlpSpec.of(Activation.STEP, Activation.STEP, Layer.Bias.TRAINED, 0, 2, 1);
    List<NamedParameter> zeros =
        List.of(
            new NamedParameter("0.weight", new int[] {1, 2}, new float[2]),
            new NamedParameter("0.bias", new int[] {1}, new float[1]));
    float[] corners = {0, 0, 0, 1, 1, 0, 1, 1};
    Dataset data = Dataset.classification(name, 2, corners, truth, List.of("false", "true"));
    try (Mlp unit = Mlp.of(backend, spec, zeros)) {
      TrainingResult result =
          new Trainer(TrainingOptions.perceptron().withEpochs(100))
              .fit(unit, data, null, TrainingListener.NONE);
      int epochs = result.epochs().size();
      boolean isSeparated = result.end() == TrainingResult.End.NO_MISTAKE_LEFT;
      long mistakes = LearningRule.mistakes(result.epochs().get(epochs - 1), spec);
      System.out.println(
          isSeparated
              ? name + ": no mistake in epoch " + epochs
              : name + ": not separable by a line in " + epochs + " epochs, mistakes " + mistakes);
    }
  }
}
