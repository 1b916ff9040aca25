package dev.myelin.cpu;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The peak of one core in fused multiply-adds, the number that {@link GemmShareOfPeak} compares
 * with. The counter {@code operations} is in floating-point operations per nanosecond: GFLOP/s.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class FmaPeak {
  private static final int REPETITIONS = 100_000;

  /** Counts floating-point operations. */
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  @State(Scope.Thread)
  public static class Counter {
    /** Multiplications and additions done. */
    public long operations;
  }

  /** Twelve independent sums, nothing loaded. */
  @Benchmark
  public float fma(Counter counter) {
    counter.operations += FmaKernel.operations(REPETITIONS);
    return FmaKernel.run(REPETITIONS);
  }
}
