package dev.myelin.examples;

import dev.myelin.Activation;
import dev.myelin.Backend;
import dev.myelin.Backends;
import dev.myelin.data.Dataset;
import dev.myelin.nn.Initializer;
import dev.myelin.nn.LearningRateSchedule;
import dev.myelin.nn.Loss;
import dev.myelin.nn.Mlp;
import dev.myelin.nn.MlpSpec;
import dev.myelin.nn.Optimizer;
import dev.myelin.nn.Predictor;
import dev.myelin.nn.Trainer;
import dev.myelin.nn.TrainingListener;
import dev.myelin.nn.TrainingOptions;
import java.util.List;

/** Universal approximation: one hidden layer comes within 0.02 of sin x on [-pi, pi]. */
public final class SineByOneHiddenLayer {
  private SineByOneHiddenLayer() {}

  public static void main(String[] arguments) {
    TrainingOptions options =
        TrainingOptions.defaults(Loss.meanSquaredError(Loss.Reduction.MEAN))
            .withOptimizer(Optimizer.adam(), 0.06)
            .withSchedule(LearningRateSchedule.cosine())
            .withBatchSize(256)
            .withEpochs(1000);
    try (Backend backend = Backends.best();
        Mlp network =
            Mlp.create(backend, MlpSpec.of(Activation.TANH, 1, 16, 1), Initializer.PYTORCH, 2);
        Predictor predictor = new Predictor(network, 1)) {
      new Trainer(options).fit(network, sine(), null, TrainingListener.NONE);
      double largest = 0;
      for (int i = -1000; i <= 1000; i++) {
        float x = (float) (Math.PI * i / 1000);
        double error = predictor.predict(new float[] {x})[0] - Math.sin(x);
        largest = Math.max(largest, Math.abs(error));
      }
      System.out.println("largest error below 0.02: " + (largest < 0.02));
    }
  }

  private static Dataset sine() {
    float[] x = new float[256];
    float[] y = new float[256];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) (Math.PI * (2 * i / 255.0 - 1));
      y[i] = (float) Math.sin(x[i]);
    }
    return Dataset.regression("sine", 1, x, y, List.of("sin x"));
  }
}
