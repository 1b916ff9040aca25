package dev.myelin.cli.bench;

import dev.myelin.Activation;
import dev.myelin.cli.bench.OperationLoop.Tensors;
import dev.myelin.data.Dataset;
import dev.myelin.nn.Loss;
import dev.myelin.nn.MlpSpec;
import dev.myelin.nn.Optimizer;
import dev.myelin.nn.TrainingOptions;
import dev.myelin.random.Philox;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A network to be trained on random samples, by AdamW and cross-entropy.
 *
 * @param spec the network
 * @param batch samples a step
 */
public record Net(MlpSpec spec, int batch) {
  /** The small one: what an operation costs beside its arithmetic counts for most. */
  public static final Net S = of(Activation.RELU, 64, 784, 128, 10);

  public static final Net M = of(Activation.RELU, 128, 784, 512, 256, 10);

  /** The large one: bound by its products. */
  public static final Net L = of(Activation.RELU, 512, 1024, 2048, 2048, 10);

  /** With sigmoids, as textbooks begin. */
  public static final Net SIGMOID = of(Activation.SIGMOID, 64, 1000, 100, 10);

  private static final int BATCHES = 64;

  /** 64 MB: more than a cache holds, as real data are, and quickly made. */
  private static final int MOST_FEATURES = 1 << 24;

  /**
   * A network with one activation in all hidden layers.
   *
   * @param sizes inputs, hidden layers, classes
   */
  public static Net of(Activation hidden, int batch, int... sizes) {
    return new Net(MlpSpec.of(hidden, sizes), batch);
  }

  /** Its training steps. */
  public Workload workload() {
    Dataset[] made = new Dataset[1];
    return new Workload(
        "step",
        text(),
        Cost.ofSamples(batch, flops()),
        backend -> {
          // Once for all devices, and not before it is needed.
          made[0] = made[0] == null ? data() : made[0];
          return new TrainingSteps(backend, spec, options(), made[0]);
        });
  }

  /** "784-128-10 relu, batch 64". */
  public String text() {
    String sizes =
        Arrays.stream(spec.sizes()).mapToObj(Integer::toString).collect(Collectors.joining("-"));
    return sizes + " " + spec.layers().get(0).activation().text() + ", batch " + batch;
  }

  /** Of the products alone: forwards, for the weights' gradients, and for the inputs'. */
  double flops() {
    int[] sizes = spec.sizes();
    double flops = 0;
    for (int i = 0; i + 1 < sizes.length; i++) {
      // The first layer's inputs are the data, which need no gradient.
      flops += (i == 0 ? 4.0 : 6.0) * batch * sizes[i] * sizes[i + 1];
    }
    return flops;
  }

  private TrainingOptions options() {
    return TrainingOptions.defaults(Loss.crossEntropy())
        .withOptimizer(Optimizer.adamw(0.01f), 1e-3)
        .withBatchSize(batch);
  }

  Dataset data() {
    int inputs = spec.inputs();
    int classes = spec.outputs();
    int batches = (int) Math.max(1, Math.min(BATCHES, MOST_FEATURES / ((long) batch * inputs)));
    int samples = batch * batches;
    Philox random = new Philox(2, 0);
    int[] labels = new int[samples];
    Arrays.setAll(labels, i -> random.nextInt(classes));
    List<String> names = IntStream.range(0, classes).mapToObj(Integer::toString).toList();
    float[] features = Tensors.randomValues(3, Math.multiplyExact(samples, inputs));
    return Dataset.classification("random", inputs, features, labels, names);
  }
}
