package dev.myelin.examples;

import dev.myelin.Activation;
import dev.myelin.Backend;
import dev.myelin.Backends;
import dev.myelin.data.Dataset;
import dev.myelin.nn.Layer;
import dev.myelin.nn.LearningRule;
import dev.myelin.nn.Loss;
import dev.myelin.nn.Mlp;
import dev.myelin.nn.MlpSpec;
import dev.myelin.nn.NamedParameter;
import dev.myelin.nn.Optimizer;
import dev.myelin.nn.Trainer;
import dev.myelin.nn.TrainingListener;
import dev.myelin.nn.TrainingOptions;
import dev.myelin.nn.TrainingResult;
import java.util.Arrays;
import java.util.List;

/**
 * Errors sent back by the weights alone, e = W^T e, beside the gradient, on the 2-2-2 network: the
 * last layer moves alike, the first one five times as far.
 */
public final class ErrorsByWeightsAlone {
  private ErrorsByWeightsAlone() {}

  public static void main(String[] arguments) {
    try (Backend backend = Backends.best()) {
      for (LearningRule rule : List.of(LearningRule.GRADIENT, LearningRule.BACKWARD_ERRORS)) {
        learn(backend, rule);
      }
    }
  }

  private static void learn(Backend backend, LearningRule rule) {
    MlpSpec spec = MlpSpec.of(Activation.SIGMOID, Activation.SIGMOID, Layer.Bias.FIXED, 0, 2, 2, 2);
    List<NamedParameter> initial =
        List.of(
            new NamedParameter("0.weight", new int[] {2, 2}, new float[] {.15f, .2f, .25f, .3f}),
            new NamedParameter("0.bias", new int[] {2}, new float[] {.35f, .35f}),
            new NamedParameter("2.weight", new int[] {2, 2}, new float[] {.4f, .45f, .5f, .55f}),
            new NamedParameter("2.bias", new int[] {2}, new float[] {.6f, .6f}));
    Dataset data =
        Dataset.regression(
            "A", 2, new float[] {.05f, .1f}, new float[] {.01f, .99f}, List.of("o1", "o2"));
    TrainingOptions options =
        TrainingOptions.defaults(Loss.meanSquaredError(Loss.Reduction.HALF_SUM))
            .withOptimizer(Optimizer.sgd(), 0.5)
            .withRule(rule);
    try (Mlp network = Mlp.of(backend, spec, initial)) {
      new Trainer(options.withEpochs(1)).fit(network, data, null, TrainingListener.NONE);
      System.out.println(rule.text());
      System.out.println("W1 = " + Arrays.toString(network.stateDict().get(0).values()));
      System.out.println("W2 = " + Arrays.toString(network.stateDict().get(2).values()));
      TrainingResult rest =
          new Trainer(options.withEpochs(1)).fit(network, data, null, TrainingListener.NONE);
      System.out.println("E = " + rest.epochs().get(0).loss());
    }
  }
}
