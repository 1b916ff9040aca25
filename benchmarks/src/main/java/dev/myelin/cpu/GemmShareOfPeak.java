package dev.myelin.cpu;

import dev.myelin.random.Philox;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * How much of the machine's peak the matrix product reaches, with the peak measured in the same
 * run.
 *
 * <p>Slices of some milliseconds alternate: peak on all threads of the pool, then product, so that
 * a change of clock or a neighbour's load meets both. For each size and thread count: GFLOP/s as
 * median [min..max] over the rounds; the share of peak is the median of the rounds' ratios, and
 * beside it stands the best product slice over the best peak slice. The peak of t threads is
 * measured with t threads.
 *
 * <p>With one thread the clock is the thread's processor time, so that time taken by other programs
 * does not count; with several it is the wall clock. What a clock cannot take out is a neighbour on
 * the core's other hardware thread: it takes issue slots, of which the product needs nearly all and
 * the peak loop less than half. So each product stands between two runs of {@link IssueKernel}, and
 * the last column is the median of those rounds alone in which both say that the core was ours.
 *
 * <p>Arguments, all optional: {@code threads=1,2 rounds=101 kernel=vector|scalar only=PART_OF_NAME
 * commit=HASH}.
 */
public final class GemmShareOfPeak {
  private static final double SLICE_NANOS = 5e6;
  private static final double WARM_UP_NANOS = 1.5e9;

  /** About half a millisecond on a core of its own. */
  private static final int ISSUE_REPETITIONS = 300_000;

  /**
   * A round counts as alone if simple instructions ran, before and after the product, at this share
   * of their best rate or more; with a neighbour on the core they run at two thirds of it.
   */
  private static final double ALONE = 0.9;

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private record Shape(String name, int m, int n, int k, boolean transposeA, boolean transposeB) {
    double operations() {
      return 2.0 * m * n * k;
    }
  }

  private static volatile float sink;

  private final WorkerPool pool;
  private final Gemm gemm;
  private final int rounds;

  private GemmShareOfPeak(WorkerPool pool, String kernel, int rounds) {
    this.pool = pool;
    this.gemm = kernel.equals("scalar") ? new ScalarGemm(pool) : new VectorGemm(pool);
    this.rounds = rounds;
  }

  /** Prints the table to standard output. */
  public static void main(String[] arguments) {
    String threads = option(arguments, "threads", "1,2");
    int rounds = Integer.parseInt(option(arguments, "rounds", "101"));
    String kernel = option(arguments, "kernel", "vector");
    String only = option(arguments, "only", "");
    printConditions(option(arguments, "commit", "not given"), kernel, rounds);
    System.out.printf(
        Locale.ROOT,
        "%-22s %7s  %-24s %-24s %7s %7s  %s%n",
        "shape",
        "threads",
        "GFLOP/s",
        "peak GFLOP/s",
        "share",
        "best",
        "alone (rounds)");
    for (String count : threads.split(",", -1)) {
      try (WorkerPool pool = new WorkerPool(Integer.parseInt(count))) {
        GemmShareOfPeak measurement = new GemmShareOfPeak(pool, kernel, rounds);
        for (Shape shape : shapes()) {
          if (shape.name().contains(only)) {
            measurement.measure(shape);
          }
        }
      }
    }
  }

  private static void printConditions(String commit, String kernel, int rounds) {
    System.out.println("commit    " + commit);
    System.out.println("processor " + processor());
    System.out.println("jvm       " + System.getProperty("java.vm.name") + " " + Runtime.version());
    System.out.println("flags     " + ManagementFactory.getRuntimeMXBean().getInputArguments());
    System.out.println("vectors   " + VectorWidth.FLOATS.vectorBitSize() + " bits");
    System.out.println("kernel    " + kernel + ", " + rounds + " rounds");
    System.out.println("time      " + Instant.now());
    System.out.println(
        "load      " + ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    System.out.println();
  }

  private static String processor() {
    String name = System.getProperty("os.arch");
    int count = Runtime.getRuntime().availableProcessors();
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      name = lines.filter(line -> line.startsWith("model name")).findFirst().orElse(name);
    } catch (IOException e) {
      name = name + " (no /proc/cpuinfo)";
    }
    return name.replaceFirst(".*: ", "") + ", " + count + " visible to the JVM";
  }

  private static String option(String[] arguments, String name, String otherwise) {
    for (String argument : arguments) {
      if (argument.startsWith(name + "=")) {
        return argument.substring(name.length() + 1);
      }
    }
    return otherwise;
  }

  private static Shape[] shapes() {
    return new Shape[] {
      new Shape("64^3", 64, 64, 64, false, false),
      new Shape("128^3", 128, 128, 128, false, false),
      new Shape("256^3", 256, 256, 256, false, false),
      new Shape("512^3", 512, 512, 512, false, false),
      new Shape("1024^3", 1024, 1024, 1024, false, false),
      new Shape("1024^3 A^T", 1024, 1024, 1024, true, false),
      new Shape("1024^3 B^T", 1024, 1024, 1024, false, true),
      new Shape("2048^3", 2048, 2048, 2048, false, false),
      new Shape("128x512x784 B^T", 128, 512, 784, false, true),
      new Shape("512x784x128 A^T", 512, 784, 128, true, false),
      new Shape("128x512x512", 128, 512, 512, false, false),
      new Shape("128x10x512 B^T", 128, 10, 512, false, true),
      new Shape("10x512x128 A^T", 10, 512, 128, true, false),
      new Shape("128x512x10", 128, 512, 10, false, false),
      new Shape("64x100x784 B^T", 64, 100, 784, false, true),
      new Shape("1x512x784 B^T", 1, 512, 784, false, true),
    };
  }

  private void measure(Shape shape) {
    float[] a = random(shape.m() * shape.k(), 1);
    float[] b = random(shape.k() * shape.n(), 2);
    float[] c = new float[shape.m() * shape.n()];
    double productNanos = warmUp(shape, a, b, c);
    int products = (int) Math.max(1, SLICE_NANOS / productNanos);
    // As long as the product's slice: what takes the processor away for a while then meets both
    // alike.
    double peakNanos = Math.max(SLICE_NANOS, productNanos);
    int repetitions = (int) (peakNanos * 90 / FmaKernel.operations(1));
    peakGflops(repetitions);
    double[] peak = new double[rounds];
    double[] speed = new double[rounds];
    double[] share = new double[rounds];
    double[] issue = new double[rounds];
    for (int round = 0; round < rounds; round++) {
      double before = peakGflops(repetitions);
      double issueBefore = instructionsPerNano();
      speed[round] = productGflops(shape, a, b, c, products);
      issue[round] = Math.min(issueBefore, instructionsPerNano());
      peak[round] = (before + peakGflops(repetitions)) / 2;
      share[round] = speed[round] / peak[round];
    }
    double[] alone = sharesAlone(share, issue);
    Arrays.sort(peak);
    Arrays.sort(speed);
    Arrays.sort(share);
    System.out.printf(
        Locale.ROOT,
        "%-22s %7d  %-24s %-24s %6.1f%% %6.1f%%  %s%n",
        shape.name(),
        pool.threads(),
        spread(speed),
        spread(peak),
        100 * share[rounds / 2],
        100 * speed[rounds - 1] / peak[rounds - 1],
        alone.length == 0
            ? "-"
            : String.format(Locale.ROOT, "%.1f%% (%d)", 100 * median(alone), alone.length));
  }

  /** The shares of the rounds in which the core was ours alone, before and after the product. */
  private static double[] sharesAlone(double[] share, double[] issue) {
    double best = Arrays.stream(issue).max().orElse(0);
    return IntStream.range(0, share.length)
        .filter(round -> issue[round] > ALONE * best)
        .mapToDouble(round -> share[round])
        .toArray();
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private static String spread(double[] sorted) {
    return String.format(
        Locale.ROOT,
        "%.1f [%.1f..%.1f]",
        sorted[sorted.length / 2],
        sorted[0],
        sorted[sorted.length - 1]);
  }

  private static float[] random(int length, long stream) {
    Philox generator = new Philox(1, stream);
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) generator.nextGaussian();
    }
    return values;
  }

  private double warmUp(Shape shape, float[] a, float[] b, float[] c) {
    long start = System.nanoTime();
    double nanosEach = 0;
    for (int products = 1; System.nanoTime() - start < WARM_UP_NANOS; products = products * 2) {
      nanosEach = shape.operations() / productGflops(shape, a, b, c, products);
    }
    return nanosEach;
  }

  private double productGflops(Shape shape, float[] a, float[] b, float[] c, int products) {
    long start = clockNanos();
    for (int i = 0; i < products; i++) {
      gemm.multiply(
          shape.m(),
          shape.n(),
          shape.k(),
          a,
          0,
          shape.transposeA(),
          b,
          0,
          shape.transposeB(),
          false,
          c,
          0,
          null);
    }
    return shape.operations() * products / (clockNanos() - start);
  }

  private double peakGflops(int repetitions) {
    long start = clockNanos();
    pool.forEach(pool.threads(), (chunk, worker) -> sink = FmaKernel.run(repetitions));
    double operations = (double) FmaKernel.operations(repetitions) * pool.threads();
    return operations / (clockNanos() - start);
  }

  private double instructionsPerNano() {
    long start = clockNanos();
    pool.forEach(pool.threads(), (chunk, worker) -> sink = IssueKernel.run(ISSUE_REPETITIONS));
    long instructions = (long) IssueKernel.INSTRUCTIONS * ISSUE_REPETITIONS * pool.threads();
    return (double) instructions / (clockNanos() - start);
  }

  private long clockNanos() {
    return pool.threads() == 1 ? THREADS.getCurrentThreadCpuTime() : System.nanoTime();
  }
}
