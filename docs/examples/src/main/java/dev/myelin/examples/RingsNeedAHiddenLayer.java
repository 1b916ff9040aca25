package dev.myelin.examples;

import dev.myelin.Activation;
import dev.myelin.Backend;
import dev.myelin.Backends;
import dev.myelin.data.Dataset;
import dev.myelin.data.GeneratedData;
import dev.myelin.nn.Initializer;
import dev.myelin.nn.Loss;
import dev.myelin.nn.Mlp;
import dev.myelin.nn.MlpSpec;
import dev.myelin.nn.Optimizer;
import dev.myelin.nn.Predictor;
import dev.myelin.nn.Trainer;
import dev.myelin.nn.TrainingListener;
import dev.myelin.nn.TrainingOptions;
import dev.myelin.nn.TrainingResult;

/**
 * Two rings, one in the other: no line separates them, a hidden layer does; with a picture of where
 * the network says "outer".
 */
public final class RingsNeedAHiddenLayer {
  private RingsNeedAHiddenLayer() {}

  public static void main(String[] arguments) {
    TrainingOptions options =
        TrainingOptions.defaults(Loss.crossEntropy())
            .withOptimizer(Optimizer.adam(), 0.02)
            .withEpochs(40);
    Dataset rings = GeneratedData.rings(1000, 1);
    try (Backend backend = Backends.best();
        Mlp line = Mlp.create(backend, MlpSpec.of(Activation.TANH, 2, 2), Initializer.XAVIER, 1);
        Mlp hidden =
            Mlp.create(backend, MlpSpec.of(Activation.TANH, 2, 16, 2), Initializer.XAVIER, 1)) {
      Dataset test = GeneratedData.rings(500, 2);
      double byLine = fit(options, line, rings, test);
      double byHidden = fit(options, hidden, rings, test);
      System.out.println("linear model near chance: " + (byLine < 0.67));
      System.out.println("hidden layer above 99%: " + (byHidden > 0.99));
      System.out.print(picture(hidden));
    }
  }

  private static double fit(TrainingOptions options, Mlp network, Dataset data, Dataset test) {
    TrainingResult result = new Trainer(options).fit(network, data, test, TrainingListener.NONE);
    return result.epochs().get(options.epochs() - 1).validation().accuracy();
  }

  /** A sign per point of [-1.2, 1.2] x [-1.2, 1.2]. */
  private static String picture(Mlp network) {
    StringBuilder picture = new StringBuilder();
    try (Predictor predictor = new Predictor(network, 1)) {
      for (int row = 0; row <= 12; row++) {
        for (int column = 0; column <= 24; column++) {
          float[] logits = predictor.predict(new float[] {column / 10f - 1.2f, 1.2f - row / 5f});
          picture.append(logits[0] > logits[1] ? 'o' : '.');
        }
        picture.append(System.lineSeparator());
      }
    }
    return picture.toString();
  }
}
