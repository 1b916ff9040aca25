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
import dev.myelin.nn.Predictor;
import dev.myelin.nn.Trainer;
import dev.myelin.nn.TrainingListener;
import dev.myelin.nn.TrainingOptions;
import java.util.Arrays;
import java.util.List;

/**
 * Two inputs, two hidden and two output neurons, all logistic; one sample, learning rate 0.5, E =
 * sum (t - o)^2 / 2; biases that stay as they are. One update, then 9,999 more.
 */
public final class StepByStepTwoOutputs {
  private StepByStepTwoOutputs() {}

  public static void main(String[] arguments) {
    MlpSpec spec = MlpSpec.of(Activation.SIGMOID, Activation.SIGMOID, Layer.Bias.FIXED, 0, 2, 2, 2);
    List<NamedParameter> initial =
        List.of(
            new NamedParameter("0.weight", new int[] {2, 2}, new float[] {.15f, .2f, .25f, .3f}),
            new NamedParameter("0.bias", new int[] {2}, new float[] {.35f, .35f}),
            new NamedParameter("2.weight", new int[] {2, 2}, new float[] {.4f, .45f, .5f, .55f}),
            new NamedParameter("2.bias", new int[] {2}, new float[] {.6f, .6f}));
    float[] x = {.05f, .1f};
    Dataset data = Dataset.regression("A", 2, x, new float[] {.01f, .99f}, List.of("o1", "o2"));
    TrainingOptions options =
        TrainingOptions.defaults(Loss.meanSquaredError(Loss.Reduction.HALF_SUM))
            .withOptimizer(Optimizer.sgd(), 0.5);
    try (Backend backend = Backends.best();
        Mlp network = Mlp.of(backend, spec, initial);
        Predictor predictor = new Predictor(network, 1)) {
      System.out.println("o = " + Arrays.toString(predictor.predict(x)));
      Trainer once = new Trainer(options.withEpochs(1));
      System.out.println(
          "E = " + once.fit(network, data, null, TrainingListener.NONE).epochs().get(0).loss());
      System.out.println("W2 = " + Arrays.toString(network.stateDict().get(2).values()));
      System.out.println("W1 = " + Arrays.toString(network.stateDict().get(0).values()));
      new Trainer(options.withEpochs(9_999)).fit(network, data, null, TrainingListener.NONE);
      System.out.println("o = " + Arrays.toString(predictor.predict(x)));
    }
  }
}
