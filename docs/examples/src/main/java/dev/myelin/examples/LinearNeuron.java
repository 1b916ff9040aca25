package dev.myelin.examples;

import dev.myelin.Activation;
import dev.myelin.Backend;
import dev.myelin.Backends;
import dev.myelin.data.Dataset;
import dev.myelin.nn.Initializer;
import dev.myelin.nn.Loss;
import dev.myelin.nn.Mlp;
import dev.myelin.nn.MlpSpec;
import dev.myelin.nn.Optimizer;
import dev.myelin.nn.Trainer;
import dev.myelin.nn.TrainingListener;
import dev.myelin.nn.TrainingOptions;
import dev.myelin.random.Philox;
import java.util.Arrays;
import java.util.List;

/** One linear neuron y = w1 x1 + w2 x2 + b finds the parameters that its data were made with. */
public final class LinearNeuron {
  private LinearNeuron() {}

  public static void main(String[] arguments) {
    Philox random = new Philox(1, 0);
    float[] x = new float[2 * 64];
    float[] y = new float[64];
    for (int i = 0; i < y.length; i++) {
      x[2 * i] = (float) random.nextGaussian();
      x[2 * i + 1] = (float) random.nextGaussian();
      y[i] = 2 * x[2 * i] - 3 * x[2 * i + 1] + 0.5f;
    }
    TrainingOptions options =
        TrainingOptions.defaults(Loss.meanSquaredError(Loss.Reduction.MEAN))
            .withOptimizer(Optimizer.sgd(), 0.1)
            .withEpochs(200);
    try (Backend backend = Backends.best();
        Mlp neuron =
            Mlp.create(backend, MlpSpec.of(Activation.IDENTITY, 2, 1), Initializer.XAVIER, 1)) {
      Dataset data = Dataset.regression("line", 2, x, y, List.of("y"));
      new Trainer(options).fit(neuron, data, null, TrainingListener.NONE);
      System.out.println("w = " + Arrays.toString(neuron.stateDict().get(0).values()));
      System.out.println("b = " + Arrays.toString(neuron.stateDict().get(1).values()));
    }
  }
}
