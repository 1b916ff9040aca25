package dev.myelin.cuda;

import dev.myelin.Activation;
import dev.myelin.Backend;
import dev.myelin.BackendOptions;
import dev.myelin.Backends;
import dev.myelin.CapturedWork;
import dev.myelin.DeviceInfo;
import dev.myelin.Precision;
import dev.myelin.Tensor;
import dev.myelin.TensorArena;
import dev.myelin.Transpose;
import dev.myelin.WriteMode;
import dev.myelin.data.Dataset;
import dev.myelin.io.Json;
import dev.myelin.nn.EpochReport;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Matrix products and whole training steps on one device, in every precision that it has, as lines
 * of JSON that gpu-kit/pytorch_peer.py writes of PyTorch, too: what, its shape, and the median time
 * of one in microseconds by the wall clock, over repetitions that are long enough for the clock and
 * for waiting at the end not to count. In TF32 and BF16 a product starts from f32 operands, which
 * are rounded and packed each time.
 *
 * <p>Arguments, all optional: device, the largest side of a square product (below 8192 there is
 * nothing but such products).
 */
public final class GpuBenchmark {
  private static final int LARGEST = 8192;
  private static final int ROUNDS = 15;
  private static final double ROUND_SECONDS = 0.05;

  private GpuBenchmark() {}

  /** Prints a line for each measurement to standard output. */
  public static void main(String[] arguments) {
    String device = arguments.length > 0 ? arguments[0] : "cuda";
    int largest = arguments.length > 1 ? Integer.parseInt(arguments[1]) : LARGEST;
    Backends.Selection selection = Backends.select(device);
    DeviceInfo info = selection.device();
    print(Map.of("what", "device", "name", info.name(), "detail", info.detail()));
    for (Precision precision : info.precisions()) {
      String how = "myelin " + precision.text();
      try (Backend backend = selection.open(BackendOptions.DEFAULT.withPrecision(precision))) {
        measure(backend, how, largest);
      }
    }
  }

  private static void measure(Backend backend, String how, int largest) {
    for (int size = 256; size <= largest; size *= 2) {
      for (Transpose a : Transpose.values()) {
        for (Transpose b : Transpose.values()) {
          measureProduct(backend, how, size, size, size, a, b);
        }
      }
    }
    if (largest < LARGEST) {
      return;
    }
    measureProduct(backend, how, 64, 128, 784, Transpose.NO, Transpose.YES);
    measureProduct(backend, how, 128, 784, 64, Transpose.YES, Transpose.NO);
    measureProduct(backend, how, 512, 784, 65536, Transpose.YES, Transpose.NO);
    measureTraining(backend, how, 64, 784, 128, 10);
    measureTraining(backend, how, 128, 784, 512, 256, 10);
    measureTraining(backend, how, 1024, 784, 2048, 2048, 10);
  }

  private static void measureProduct(
      Backend backend, String how, int m, int n, int k, Transpose ta, Transpose tb) {
    try (TensorArena arena = new TensorArena(backend, "product")) {
      Tensor a =
          ta == Transpose.NO
              ? arena.upload("a", random(1, m * k), m, k)
              : arena.upload("a", random(1, m * k), k, m);
      Tensor b =
          tb == Transpose.NO
              ? arena.upload("b", random(2, k * n), k, n)
              : arena.upload("b", random(2, k * n), n, k);
      Tensor out = arena.allocate("out", m, n);
      try (CapturedWork product =
          backend.capture(() -> backend.ops().matmul(a, ta, b, tb, WriteMode.OVERWRITE, out))) {
        double micros = medianMicros(backend, product);
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("what", "matmul");
        line.put("shape", List.of(m, n, k));
        line.put("transposed", (ta == Transpose.NO ? "n" : "t") + (tb == Transpose.NO ? "n" : "t"));
        line.put("how", how);
        line.put("medianMicros", micros);
        line.put("tflops", 2.0 * m * n * k / micros / 1e6);
        print(line);
      }
    }
  }

  private static double medianMicros(Backend backend, CapturedWork work) {
    int repetitions = 1;
    double seconds = 0;
    while (seconds < ROUND_SECONDS) {
      repetitions *= 2;
      seconds = seconds(backend, work, repetitions);
    }
    double[] micros = new double[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      micros[round] = seconds(backend, work, repetitions) / repetitions * 1e6;
    }
    Arrays.sort(micros);
    return micros[ROUNDS / 2];
  }

  private static double seconds(Backend backend, CapturedWork work, int repetitions) {
    backend.synchronize();
    long begunNanos = System.nanoTime();
    for (int i = 0; i < repetitions; i++) {
      work.replay();
    }
    backend.synchronize();
    return (System.nanoTime() - begunNanos) / 1e9;
  }

  /** A step is all of it: gather, forward, loss, backward, AdamW, counters. */
  private static void measureTraining(Backend backend, String how, int batch, int... sizes) {
    int steps = 2000;
    int inputs = sizes[0];
    int classes = sizes[sizes.length - 1];
    int samples = 64 * 1024;
    int stepsPerEpoch = samples / batch;
    int epochs = Math.max(5, steps / stepsPerEpoch);
    int[] labels = new int[samples];
    Philox random = new Philox(3, 0);
    Arrays.setAll(labels, i -> Integer.remainderUnsigned(random.nextInt(), classes));
    List<String> names = IntStream.range(0, classes).mapToObj(i -> "class" + i).toList();
    Dataset data =
        Dataset.classification("random", inputs, random(4, samples * inputs), labels, names);
    TrainingOptions options =
        TrainingOptions.defaults(Loss.crossEntropy())
            .withOptimizer(Optimizer.adamw(0.01f), 1e-3)
            .withBatchSize(batch)
            .withEpochs(epochs);
    try (Mlp mlp = Mlp.create(backend, MlpSpec.of(Activation.RELU, sizes), Initializer.HE, 1)) {
      double[] micros =
          new Trainer(options)
              .fit(mlp, data, null, TrainingListener.NONE).epochs().stream()
                  .skip(1)
                  .mapToDouble(epoch -> microsPerStep(epoch, stepsPerEpoch))
                  .sorted()
                  .toArray();
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("what", "training step");
      line.put("shape", Arrays.stream(sizes).boxed().toList());
      line.put("batch", batch);
      line.put("how", how);
      line.put("medianMicros", micros[micros.length / 2]);
      print(line);
    }
  }

  private static double microsPerStep(EpochReport epoch, int steps) {
    return epoch.elapsedNanos() / 1e3 / steps;
  }

  private static float[] random(long seed, int count) {
    Philox random = new Philox(seed, 0);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextInt() * 0x1p-31f;
    }
    return values;
  }

  private static void print(Map<String, Object> line) {
    System.out.println(Json.write(line));
  }
}
