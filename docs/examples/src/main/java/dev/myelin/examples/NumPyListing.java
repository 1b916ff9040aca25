package dev.myelin.examples;

import dev.myelin.Activation;
import dev.myelin.Backend;
import dev.myelin.Backends;
import dev.myelin.data.Dataset;
import dev.myelin.nn.EpochReport;
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

/**
 * The listing that trains two layers in NumPy: 64 x 1000 to 100 sigmoid to 10, no bias, sum of
 * squares, learning rate 1e-4, 2000 steps.
 */
public final class NumPyListing {
  private NumPyListing() {}

  public static void main(String[] arguments) {
    MlpSpec spec =
        MlpSpec.of(Activation.SIGMOID, Activation.IDENTITY, Layer.Bias.NONE, 0, 1000, 100, 10);
    List<NamedParameter> initial =
        List.of(
            new NamedParameter("0.weight", new int[] {100, 1000}, columns(20464, 1000, 100)),
            new NamedParameter("2.weight", new int[] {10, 100}, columns(20465, 100, 10)));
    List<String> names = List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
    Dataset data =
        Dataset.regression("listing", 1000, random(20462, 64_000), random(20463, 640), names);
    TrainingOptions options =
        TrainingOptions.defaults(Loss.meanSquaredError(Loss.Reduction.SUM))
            .withOptimizer(Optimizer.sgd(), 1e-4)
            .withBatchSize(64)
            .withEpochs(2000)
            .withShuffle(false);
    try (Backend backend = Backends.best();
        Mlp network = Mlp.of(backend, spec, initial)) {
      List<EpochReport> steps =
          new Trainer(options).fit(network, data, null, TrainingListener.NONE).epochs();
      for (int step : new int[] {0, 10, 100, 1000, 1999}) {
        System.out.println("step " + step + ": " + steps.get(step).loss());
      }
    }
  }

  /** In [-1, 1), in the place of NumPy's random numbers. */
  private static float[] random(long seed, int count) {
    float[] values = new float[count];
    long state = seed;
    for (int i = 0; i < count; i++) {
      state = (1103515245 * state + 12345) % (1L << 31);
      values[i] = (float) (state / 1073741824.0 - 1);
    }
    return values;
  }

  /** The listing multiplies by [rows, columns], and a layer has a row per neuron. */
  private static float[] columns(long seed, int rows, int columns) {
    float[] matrix = random(seed, rows * columns);
    float[] transposed = new float[matrix.length];
    for (int i = 0; i < matrix.length; i++) {
      transposed[i % columns * rows + i / columns] = matrix[i];
    }
    return transposed;
  }
}
