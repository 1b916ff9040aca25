package dev.myelin.benchmarks;

import dev.myelin.Activation;
import dev.myelin.Backend;
import dev.myelin.Backends;
import dev.myelin.data.Dataset;
import dev.myelin.nn.Initializer;
import dev.myelin.nn.Loss;
import dev.myelin.nn.Mlp;
import dev.myelin.nn.MlpSpec;
import dev.myelin.nn.Trainer;
import dev.myelin.nn.TrainingListener;
import dev.myelin.nn.TrainingOptions;
import dev.myelin.random.Philox;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The shortest program that trains: one step of 784-128-10 on 64 random samples, on the device that
 * its argument names. Prints when the step was done, in milliseconds since 1970.
 */
public final class FirstStep {
  private static final int BATCH = 64;
  private static final int INPUTS = 784;
  private static final int CLASSES = 10;

  private FirstStep() {}

  /** Trains one step. */
  public static void main(String[] arguments) {
    TrainingOptions options =
        TrainingOptions.defaults(Loss.crossEntropy()).withBatchSize(BATCH).withEpochs(1);
    MlpSpec spec = MlpSpec.of(Activation.RELU, INPUTS, 128, CLASSES);
    try (Backend backend = Backends.open(arguments[0]);
        Mlp mlp = Mlp.create(backend, spec, Initializer.HE, 1)) {
      new Trainer(options).fit(mlp, data(), null, TrainingListener.NONE);
      System.out.println(System.currentTimeMillis());
    }
  }

  private static Dataset data() {
    Philox random = new Philox(1, 0);
    float[] features = new float[BATCH * INPUTS];
    for (int i = 0; i < features.length; i++) {
      features[i] = random.nextInt() * 0x1p-31f;
    }
    int[] labels = new int[BATCH];
    Arrays.setAll(labels, i -> random.nextInt(CLASSES));
    List<String> names = IntStream.range(0, CLASSES).mapToObj(Integer::toString).toList();
    return Dataset.classification("random", INPUTS, features, labels, names);
  }
}
