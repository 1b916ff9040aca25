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
import dev.myelin.nn.TrainingResult;
import java.util.Arrays;
import java.util.List;

/**
 * Two inputs, two hidden neurons, one output, all logistic; one sample, learning rate 0.1, L = (a -
 * y)^2 / 2. One update.
 */
public final class StepByStepOneOutput {
  private StepByStepOneOutput() {}

  public static void main(String[] arguments) {
    MlpSpec spec =
        MlpSpec.of(Activation.SIGMOID, Activation.SIGMOID, Layer.Bias.TRAINED, 0, 2, 2, 1);
    List<NamedParameter> initial =
        List.of(
            new NamedParameter("0.weight", new int[] {2, 2}, new float[] {.1f, .2f, .3f, .4f}),
            new NamedParameter("0.bias", new int[] {2}, new float[] {.1f, .2f}),
            new NamedParameter("2.weight", new int[] {1, 2}, new float[] {.5f, .6f}),
            new NamedParameter("2.bias", new int[] {1}, new float[] {.3f}));
    float[] x = {.5f, .1f};
    Dataset data = Dataset.regression("B", 2, x, new float[] {1}, List.of("y"));
    TrainingOptions options =
        TrainingOptions.defaults(Loss.meanSquaredError(Loss.Reduction.HALF_SUM))
            .withOptimizer(Optimizer.sgd(), 0.1)
            .withEpochs(1);
    try (Backend backend = Backends.best();
        Mlp network = Mlp.of(backend, spec, initial);
        Predictor predictor = new Predictor(network, 1)) {
      System.out.println("a2 = " + Arrays.toString(predictor.predict(x)));
      TrainingResult result = new Trainer(options).fit(network, data, null, TrainingListener.NONE);
      System.out.println("L = " + result.epochs().get(0).loss());
      for (NamedParameter parameter : network.stateDict()) {
        System.out.println(parameter.name() + " " + Arrays.toString(parameter.values()));
      }
    }
  }
}
