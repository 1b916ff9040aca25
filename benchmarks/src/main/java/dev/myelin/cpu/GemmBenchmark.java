package dev.myelin.cpu;

import dev.myelin.random.Philox;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
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
 * The matrix product at square sizes and at the shapes of a network's layers. The counter {@code
 * operations} is in floating-point operations per nanosecond: GFLOP/s.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class GemmBenchmark {
  /** m x n x k. */
  @Param({
    "64x64x64",
    "128x128x128",
    "256x256x256",
    "512x512x512",
    "1024x1024x1024",
    "2048x2048x2048",
    "128x512x784",
    "512x784x128",
    "128x512x512",
    "128x10x512",
    "10x512x128",
    "128x512x10",
    "1x512x784"
  })
  public String shape;

  /** Which operands lie transposed in memory: N or T for A, then for B. */
  @Param({"NN", "NT", "TN", "TT"})
  public String transposed;

  /** Threads of the pool. */
  @Param({"1", "2"})
  public int poolThreads;

  /** vector or scalar. */
  @Param({"vector"})
  public String kernel;

  private int m;
  private int n;
  private int k;
  private float[] a;
  private float[] b;
  private float[] c;
  private WorkerPool pool;
  private Gemm gemm;

  /** Counts floating-point operations. */
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  @State(Scope.Thread)
  public static class Counter {
    /** Multiplications and additions done. */
    public long operations;
  }

  /** Fills A and B and starts the pool. */
  @Setup
  public void prepare() {
    String[] sizes = shape.split("x", -1);
    m = Integer.parseInt(sizes[0]);
    n = Integer.parseInt(sizes[1]);
    k = Integer.parseInt(sizes[2]);
    a = random(m * k, 1);
    b = random(k * n, 2);
    c = new float[m * n];
    pool = new WorkerPool(poolThreads);
    gemm = kernel.equals("scalar") ? new ScalarGemm(pool) : new VectorGemm(pool);
  }

  private static float[] random(int length, long stream) {
    Philox generator = new Philox(1, stream);
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) generator.nextGaussian();
    }
    return values;
  }

  /** Ends the pool's threads. */
  @TearDown
  public void close() {
    pool.close();
  }

  /** C = op(A) op(B). */
  @Benchmark
  public float[] multiply(Counter counter) {
    boolean transposeA = transposed.charAt(0) == 'T';
    boolean transposeB = transposed.charAt(1) == 'T';
    gemm.multiply(m, n, k, a, 0, transposeA, b, 0, transposeB, false, c, 0, null);
    counter.operations += 2L * m * n * k;
    return c;
  }
}
