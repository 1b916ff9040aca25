package dev.myelin.examples;

import dev.myelin.Activation;
import dev.myelin.Backend;
import dev.myelin.Backends;
import dev.myelin.data.Dataset;
import dev.myelin.nn.Evaluator;
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
 * A logistic neuron, o = sigmoid(w . x + b) with E = (t - o)^2 / 2: its gradient by the chain rule
 * and by central differences.
 */
public final class LogisticNeuron {
  private LogisticNeuron() {}

  private static final MlpSpec SPEC =
      MlpSpec.of(Activation.SIGMOID, Activation.SIGMOID, Layer.Bias.TRAINED, 0, 2, 1);

  public static void main(String[] arguments) {
    float[] w = {0.4f, -0.3f};
    TrainingOptions options =
        TrainingOptions.defaults(Loss.meanSquaredError(Loss.Reduction.HALF_SUM))
            .withOptimizer(Optimizer.sgd(), 1)
            .withEpochs(1);
    Dataset data = Dataset.regression("one", 2, new float[] {1, 2}, new float[] {1}, List.of("t"));
    try (Backend backend = Backends.best();
        Mlp neuron = Mlp.of(backend, SPEC, parameters(w[0], w[1]))) {
      new Trainer(options).fit(neuron, data, null, TrainingListener.NONE);
      // At a learning rate of 1 the step is the gradient.
      float[] moved = neuron.stateDict().get(0).values();
      for (int i = 0; i < 2; i++) {
        float step = 0.01f;
        double above = loss(backend, data, w[0] + (1 - i) * step, w[1] + i * step);
        double below = loss(backend, data, w[0] - (1 - i) * step, w[1] - i * step);
        System.out.printf(
            Locale.ROOT,
            "dE/dw%d = %.4f, by differences %.4f%n",
            i + 1,
            w[i] - moved[i],
            (above - below) / (2 * step));
      }
    }
  }

  private static double loss(Backend backend, Dataset data, float w1, float w2) {
    Loss loss = Loss.meanSquaredError(Loss.Reduction.HALF_SUM);
    try (Mlp neuron = Mlp.of(backend, SPEC, parameters(w1, w2));
        Evaluator evaluator = new Evaluator(neuron, data, loss, 1)) {
      return evaluator.evaluate().loss();
    }
  }

  private static List<NamedParameter> parameters(float w1, float w2) {
    return List.of(
        new NamedParameter("0.weight", new int[] {1, 2}, new float[] {w1, w2}),
        new NamedParameter("0.bias", new int[] {1}, new float[] {0.1f}));
  }
}
