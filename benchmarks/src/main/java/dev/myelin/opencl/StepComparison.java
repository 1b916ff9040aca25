package dev.myelin.opencl;

import dev.myelin.Activation;
import dev.myelin.Backend;
import dev.myelin.Backends;
import dev.myelin.data.Dataset;
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
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Whole training steps (gather, forward, loss, backward, AdamW) of the OpenCL backend, of the same
 * with CLBlast's matrix product, and of the CPU backend, in turns. For each net: samples per second
 * by the wall clock as median [worst..best] of the rounds, the ratio to CLBlast's and to the CPU's
 * as the median of the rounds' ratios, and the loss of the last step's epoch, which must agree.
 *
 * <p>Arguments, all optional: {@code rounds=7 commit=HASH only=PART_OF_NAME}.
 */
public final class StepComparison {
  private record Net(String name, MlpSpec spec, int batch, int steps) {
    static Net of(String name, Activation activation, int batch, int steps, int... sizes) {
      return new Net(name, MlpSpec.of(activation, sizes), batch, steps);
    }

    Dataset data() {
      int samples = batch * steps;
      int inputs = spec.inputs();
      int classes = spec.outputs();
      Philox random = new Philox(5, 1);
      float[] features = new float[samples * inputs];
      for (int i = 0; i < features.length; i++) {
        features[i] = (float) random.nextDouble();
      }
      int[] labels = new int[samples];
      for (int i = 0; i < samples; i++) {
        labels[i] = random.nextInt(classes);
      }
      List<String> names = IntStream.range(0, classes).mapToObj(Integer::toString).toList();
      return Dataset.classification(name, inputs, features, labels, names);
    }
  }

  private static final List<Net> NETS =
      List.of(
          Net.of("784-128-10 x 64", Activation.RELU, 64, 60, 784, 128, 10),
          Net.of("784-512-256-10 x 128", Activation.RELU, 128, 20, 784, 512, 256, 10),
          Net.of("1000-100-10 sigmoid x 64", Activation.SIGMOID, 64, 60, 1000, 100, 10),
          Net.of("1024-2048-2048-10 x 512", Activation.RELU, 512, 1, 1024, 2048, 2048, 10));

  private StepComparison() {}

  /** Prints the table to standard output. */
  public static void main(String[] arguments) {
    int rounds = Integer.parseInt(option(arguments, "rounds", "7"));
    String only = option(arguments, "only", "");
    try (Backend openCl = Backends.open("opencl");
        Backend clBlast = Backends.open(ClBlastBackend.NAME);
        Backend cpu = Backends.open("cpu")) {
      System.out.println("commit    " + option(arguments, "commit", "not given"));
      System.out.println("opencl    " + openCl.device().name() + ", " + openCl.device().detail());
      System.out.println("cpu       " + cpu.device().name() + ", " + cpu.device().detail());
      System.out.println(
          "jvm       " + System.getProperty("java.vm.name") + " " + Runtime.version());
      System.out.println(
          "load      " + ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
      System.out.println("rounds    " + rounds);
      System.out.println();
      Map<String, Backend> contenders = new LinkedHashMap<>();
      contenders.put("myelin opencl", openCl);
      contenders.put("with clblast 1.5.2", clBlast);
      contenders.put("myelin cpu", cpu);
      for (Net net : NETS) {
        if (net.name().contains(only)) {
          measure(net, contenders, rounds);
        }
      }
    }
  }

  private static String option(String[] arguments, String name, String otherwise) {
    for (String argument : arguments) {
      if (argument.startsWith(name + "=")) {
        return argument.substring(name.length() + 1);
      }
    }
    return otherwise;
  }

  private static void measure(Net net, Map<String, Backend> contenders, int rounds) {
    Dataset data = net.data();
    String[] names = contenders.keySet().toArray(String[]::new);
    double[][] speed = new double[names.length][rounds];
    double[] loss = new double[names.length];
    // The rounds before 0 warm up.
    for (int round = -2; round < rounds; round++) {
      for (int i = 0; i < names.length; i++) {
        EpochReport report = secondEpoch(net, data, contenders.get(names[i]));
        loss[i] = report.loss();
        if (round >= 0) {
          speed[i][round] = report.samplesPerSecond();
        }
      }
    }
    for (int i = 0; i < names.length; i++) {
      double[] sorted = speed[i].clone();
      Arrays.sort(sorted);
      System.out.printf(
          Locale.ROOT,
          "%-26s %-20s %9.0f [%.0f..%.0f] samples/s  %5.2f of clblast's  %5.2f of the cpu's  loss"
              + " %.5f%n",
          net.name(),
          names[i],
          sorted[rounds / 2],
          sorted[0],
          sorted[rounds - 1],
          medianRatio(speed[i], speed[1]),
          medianRatio(speed[i], speed[2]),
          loss[i]);
    }
  }

  private static double medianRatio(double[] ours, double[] theirs) {
    double[] ratios = new double[ours.length];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = ours[i] / theirs[i];
    }
    Arrays.sort(ratios);
    return ratios[ratios.length / 2];
  }

  /** The first epoch of a fresh network meets compilers and cold caches; the second is timed. */
  private static EpochReport secondEpoch(Net net, Dataset data, Backend backend) {
    TrainingOptions options =
        TrainingOptions.defaults(Loss.crossEntropy())
            .withOptimizer(Optimizer.adamw(0.01f), 1e-3)
            .withBatchSize(net.batch())
            .withEpochs(2);
    try (Mlp mlp = Mlp.create(backend, net.spec(), Initializer.XAVIER, 1)) {
      return new Trainer(options).fit(mlp, data, null, TrainingListener.NONE).epochs().get(1);
    }
  }
}
