package dev.myelin.cuda;

import dev.myelin.Activation;
import dev.myelin.Backend;
import dev.myelin.BackendOptions;
import dev.myelin.Backends;
import dev.myelin.CapturedWork;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Matrix products and whole training steps on one device, in every precision that it has, as lines
 * of JSON that gpu-kit/pytorch_peer.py writes of PyTorch, too: what, its shape, and the median time
 * of one in microseconds by {@link DeviceClock}, over rounds of 30 ms at least or of an epoch. In
 * TF32 and BF16 a product starts from f32 operands, which are rounded and packed each time.
 *
 * <p>Arguments, all optional: device, the largest side of a square product (below 8192 there is
 * nothing but such products). With {@code -Dmyelin.benchmark.rehearse=true} each measurement that a
 * simulated device can do within seconds is done once, for nobody to read.
 */
public final class GpuBenchmark {
  private static final int LARGEST = 8192;
  private static final boolean IS_REHEARSAL = Boolean.getBoolean("myelin.benchmark.rehearse");
  private static final int ROUNDS = IS_REHEARSAL ? 1 : 11;
  private static final double ROUND_SECONDS = IS_REHEARSAL ? 0 : 0.03;
  private static final long MULTIPLY_ADDS_OF_REHEARSAL = 10_000_000;

  /** Enough for the networks, and a third of their data. */
  private static final long STREAMING_BYTES = 64 << 20;

  private static final Map<Long, float[]> SEQUENCES = new HashMap<>();

  private GpuBenchmark() {}

  /** Prints a line for each measurement to standard output. */
  public static void main(String[] arguments) {
    String device = arguments.length > 0 ? arguments[0] : "cuda";
    int largest = arguments.length > 1 ? Integer.parseInt(arguments[1]) : LARGEST;
    Backends.Selection selection = Backends.select(device);
    boolean isFirst = true;
    for (Precision precision : selection.device().precisions()) {
      try (Backend backend = selection.open(BackendOptions.DEFAULT.withPrecision(precision))) {
        if (isFirst) {
          print(deviceLine(backend));
          isFirst = false;
        }
        measure(backend, precision, largest);
      }
    }
    if (largest == LARGEST) {
      measureStreaming(selection);
    }
  }

  /** Training on data that pass through the device in chunks, uploaded beside the steps. */
  private static void measureStreaming(Backends.Selection selection) {
    BackendOptions little = BackendOptions.DEFAULT.withMemoryBudgetBytes(STREAMING_BYTES);
    try (Backend backend = selection.open(little)) {
      attemptTraining(backend, "myelin f32 streamed", 64, 784, 128, 10);
      attemptTraining(backend, "myelin f32 streamed", 128, 784, 512, 256, 10);
    }
  }

  private static Map<String, Object> deviceLine(Backend backend) {
    try (DeviceClock clock = DeviceClock.of(backend)) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("what", "device");
      line.put("id", backend.device().id());
      line.put("name", backend.device().name());
      line.put("detail", backend.device().detail());
      line.put("clock", clock.name());
      return line;
    }
  }

  private static void measure(Backend backend, Precision precision, int largest) {
    String how = "myelin " + precision.text();
    // Packed operands look the same, however they lay before; and time on a GPU is short.
    Transpose[] orientations =
        precision == Precision.F32 ? Transpose.values() : new Transpose[] {Transpose.NO};
    for (int size = 256; size <= largest; size *= 2) {
      for (Transpose a : orientations) {
        for (Transpose b : orientations) {
          attemptProduct(backend, how, size, size, size, a, b);
        }
      }
    }
    if (largest < LARGEST) {
      return;
    }
    attemptProduct(backend, how, 64, 128, 784, Transpose.NO, Transpose.YES);
    attemptProduct(backend, how, 128, 784, 64, Transpose.YES, Transpose.NO);
    attemptProduct(backend, how, 512, 784, 65536, Transpose.YES, Transpose.NO);
    attemptTraining(backend, how, 64, 784, 128, 10);
    attemptTraining(backend, how, 128, 784, 512, 256, 10);
    attemptTraining(backend, how, 1024, 784, 2048, 2048, 10);
  }

  private static void attemptProduct(
      Backend backend, String how, int m, int n, int k, Transpose ta, Transpose tb) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("what", "matmul");
    line.put("shape", List.of(m, n, k));
    line.put("transposed", (ta == Transpose.NO ? "n" : "t") + (tb == Transpose.NO ? "n" : "t"));
    line.put("how", how);
    attempt(line, () -> measureProduct(backend, line, m, n, k, ta, tb));
  }

  private static void attemptTraining(Backend backend, String how, int batch, int... sizes) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("what", "training step");
    line.put("shape", Arrays.stream(sizes).boxed().toList());
    line.put("batch", batch);
    line.put("how", how);
    attempt(line, () -> measureTraining(backend, line, batch, sizes));
  }

  /** What fails is written as a line, so that it does not hide what else there is to measure. */
  private static void attempt(Map<String, Object> line, Runnable measurement) {
    try {
      measurement.run();
    } catch (RuntimeException failure) {
      line.put("failure", failure.toString());
      print(line);
    }
  }

  private static void measureProduct(
      Backend backend, Map<String, Object> line, int m, int n, int k, Transpose ta, Transpose tb) {
    if (isTooLong((long) m * n * k)) {
      return;
    }
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
        line.put("medianMicros", micros);
        line.put("tflops", 2.0 * m * n * k / micros / 1e6);
        print(line);
      }
    }
  }

  private static double medianMicros(Backend backend, CapturedWork work) {
    try (DeviceClock clock = DeviceClock.of(backend)) {
      int repetitions = 1;
      do {
        repetitions *= 2;
      } while (seconds(clock, work, repetitions) < ROUND_SECONDS);
      double[] micros = new double[ROUNDS];
      for (int round = 0; round < ROUNDS; round++) {
        micros[round] = seconds(clock, work, repetitions) / repetitions * 1e6;
      }
      return median(micros);
    }
  }

  private static double seconds(DeviceClock clock, CapturedWork work, int repetitions) {
    clock.begin();
    for (int i = 0; i < repetitions; i++) {
      work.replay();
    }
    clock.end();
    return clock.elapsedSeconds();
  }

  private static double median(double[] values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }

  private static boolean isTooLong(long multiplyAdds) {
    return IS_REHEARSAL && multiplyAdds > MULTIPLY_ADDS_OF_REHEARSAL;
  }

  /** Times the steps of an epoch after its first, epoch by epoch. */
  private static final class StepClock implements TrainingListener {
    private final DeviceClock clock;
    private final List<Double> micros = new ArrayList<>();

    StepClock(DeviceClock clock) {
      this.clock = clock;
    }

    @Override
    public void stepDone(int epoch, int step, int steps) {
      if (step == 1) {
        clock.begin();
      } else if (step == steps) {
        clock.end();
        micros.add(clock.elapsedSeconds() / (steps - 1) * 1e6);
      }
    }

    /** The first epoch warms up. */
    double medianMicros() {
      return median(micros.stream().skip(1).mapToDouble(Double::doubleValue).toArray());
    }
  }

  /**
   * A step is all of it: gather, forward, loss, backward, AdamW, counters. What an epoch takes
   * besides its steps, shuffling above all, is in wallMicros alone.
   */
  private static void measureTraining(
      Backend backend, Map<String, Object> line, int batch, int... sizes) {
    int inputs = sizes[0];
    int classes = sizes[sizes.length - 1];
    int samples = IS_REHEARSAL ? 3 * batch : 64 * 1024;
    int stepsPerEpoch = samples / batch;
    int epochs = IS_REHEARSAL ? 2 : Math.max(7, 2000 / stepsPerEpoch);
    long weights =
        IntStream.range(1, sizes.length).mapToLong(i -> (long) sizes[i - 1] * sizes[i]).sum();
    if (isTooLong(weights * batch)) {
      return;
    }
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
    try (Mlp mlp = Mlp.create(backend, MlpSpec.of(Activation.RELU, sizes), Initializer.HE, 1);
        DeviceClock clock = DeviceClock.of(backend)) {
      StepClock steps = new StepClock(clock);
      double[] wallMicros =
          new Trainer(options)
              .fit(mlp, data, null, steps).epochs().stream()
                  .skip(1)
                  .mapToDouble(epoch -> microsPerStep(epoch, stepsPerEpoch))
                  .toArray();
      line.put("medianMicros", steps.medianMicros());
      line.put("wallMicros", median(wallMicros));
      print(line);
    }
  }

  private static double microsPerStep(EpochReport epoch, int steps) {
    return epoch.elapsedNanos() / 1e3 / steps;
  }

  /** The beginning of a sequence, which is made once for as long as anybody has asked for. */
  private static float[] random(long seed, int count) {
    float[] values = SEQUENCES.get(seed);
    if (values == null || values.length < count) {
      Philox random = new Philox(seed, 0);
      values = new float[count];
      for (int i = 0; i < count; i++) {
        values[i] = random.nextInt() * 0x1p-31f;
      }
      SEQUENCES.put(seed, values);
    }
    return Arrays.copyOf(values, count);
  }

  private static void print(Map<String, Object> line) {
    System.out.println(Json.write(line));
  }
}
