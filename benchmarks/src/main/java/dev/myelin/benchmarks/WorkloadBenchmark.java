package dev.myelin.benchmarks;

import dev.myelin.Backend;
import dev.myelin.BackendOptions;
import dev.myelin.Backends;
import dev.myelin.Precision;
import dev.myelin.cli.bench.Contender;
import dev.myelin.cli.bench.Workload;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A piece of work on a device, through core's boundary. JMH's own score counts turns, of so many
 * operations that waiting for the device at the end does not count; the speed is in the counters.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "-XX:+UseParallelGC"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public abstract class WorkloadBenchmark {
  private static final double TURN_NANOS = 10e6;
  private static final int MOST_REPETITIONS = 1 << 20;

  /** As 'myelin devices' names it. */
  @Param("cpu")
  public String device;

  /** Processor threads; 0 for one a core. */
  @Param("0")
  public int poolThreads;

  /** How matrix products round their operands. */
  @Param("F32")
  public Precision precision;

  private Workload workload;
  private Backend backend;
  private Contender contender;
  private int repetitions = 1;

  abstract Workload workload();

  /** Opens the device. */
  @Setup
  public void open() {
    workload = workload();
    backend =
        Backends.open(
            device, BackendOptions.DEFAULT.withThreads(poolThreads).withPrecision(precision));
    contender = workload.open(backend);
    contender.run(1);
  }

  /** Anew for each iteration: as the JVM compiles, a turn holds more and more operations. */
  @Setup(Level.Iteration)
  public void findRepetitions() {
    long start = System.nanoTime();
    contender.run(repetitions);
    double nanos = (double) (System.nanoTime() - start) / repetitions;
    repetitions = (int) Math.max(1, Math.min(MOST_REPETITIONS, TURN_NANOS / nanos));
  }

  /** One turn. */
  @Benchmark
  public void turn(Amounts amounts) {
    contender.run(repetitions);
    amounts.add(workload.cost(), repetitions);
  }

  /** Closes the device. */
  @TearDown
  public void close() {
    contender.close();
    backend.close();
  }
}
