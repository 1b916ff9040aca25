package dev.myelin.examples;

import dev.myelin.Activation;
import dev.myelin.Backend;
import dev.myelin.Backends;
import dev.myelin.data.Dataset;
import dev.myelin.nn.Layer;
import dev.myelin.nn.Loss;
import dev.myelin.nn.Mlp;
import dev.myelin.nn.MlpSpec;
import dev.myelin.nn.NamedParameter;
import dev.myelin.nn.Optimizer;
import dev.myelin.nn.Trainer;
import dev.myelin.nn.TrainingListener;
import dev.myelin.nn.TrainingOptions;
import java.util.List;
import java.util.Locale;

/**
 * A threshold theta is a bias of -theta: one neuron trained in the form of thresholds, by hand, and
 * in the form of biases, by the library.
 */
public final class ThresholdsAreBiases {
  private ThresholdsAreBiases() {}

  public static void main(String[] arguments) {
    double w = 0.5;
    double theta = 0.3;
    for (int step = 0; step < 100; step++) {
      double y = 1 / (1 + Math.exp(-(w * 2 - theta)));
      double g = (1 - y) * y * (1 - y);
      w += 0.5 * g * 2;
      theta -= 0.5 * g;
    }
    System.out.printf(Locale.ROOT, "thresholds: w = %.5f, -theta = %.5f%n", w, -theta);
    List<NamedParameter> initial =
        List.of(
            new NamedParameter("0.weight", new int[] {1, 1}, new float[] {0.5f}),
            new NamedParameter("0.bias", new int[] {1}, new float[] {-0.3f}));
    MlpSpec spec = MlpSpec.of(Activation.SIGMOID, Activation.SIGMOID, Layer.Bias.TRAINED, 0, 1, 1);
    TrainingOptions options =
        TrainingOptions.defaults(Loss.meanSquaredError(Loss.Reduction.HALF_SUM))
            .withOptimizer(Optimizer.sgd(), 0.5)
            .withEpochs(100);
    try (Backend backend = Backends.best();
        Mlp neuron = Mlp.of(backend, spec, initial)) {
      Dataset data = Dataset.regression("one", 1, new float[] {2}, new float[] {1}, List.of("t"));
      new Trainer(options).fit(neuron, data, null, TrainingListener.NONE);
      float weight = neuron.stateDict().get(0).values()[0];
      float bias = neuron.stateDict().get(1).values()[0];
      System.out.printf(Locale.ROOT, "biases: w = %.5f, b = %.5f%n", weight, bias);
    }
  }
}
