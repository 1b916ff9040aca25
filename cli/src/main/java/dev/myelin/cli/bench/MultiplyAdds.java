package dev.myelin.cli.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Fused multiply-adds about as fast as the processor does them, on several threads: chains of 8 on
 * values that lie in the nearest cache. The JVM's compiler makes vectors of neighbours, and the
 * processor works on as many chains at once as it takes to keep its units busy. Longer chains and
 * shorter arrays are slower; twelve sums kept in registers, which takes the Vector API, are faster
 * by an eighth on an EPYC with AVX2.
 */
final class MultiplyAdds implements Contender {
  private static final int CHAIN = 8;
  private static final int VALUES = 4096;
  private static final int PASSES = 32;

  private final ExecutorService threads;
  private final List<float[]> values = new ArrayList<>();

  MultiplyAdds(int threadCount) {
    this.threads =
        Executors.newFixedThreadPool(
            threadCount,
            task -> {
              Thread thread = new Thread(task, "myelin-multiply-adds");
              thread.setDaemon(true);
              return thread;
            });
    for (int i = 0; i < threadCount; i++) {
      values.add(new float[VALUES]);
    }
  }

  /** Of one operation: a fused multiply-add counts as two. */
  double flops() {
    return 2.0 * CHAIN * VALUES * PASSES * values.size();
  }

  @Override
  public String name() {
    return "multiply-adds";
  }

  @Override
  public void run(int repetitions) {
    List<Callable<Void>> tasks = new ArrayList<>();
    for (float[] own : values) {
      tasks.add(
          () -> {
            for (int i = 0; i < repetitions * PASSES; i++) {
              pass(own, 0.5f, 0.25f);
            }
            return null;
          });
    }
    try {
      for (Future<Void> done : threads.invokeAll(tasks)) {
        done.get();
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while multiply-adds are timed", interrupted);
    } catch (ExecutionException failure) {
      throw new IllegalStateException(failure.getCause());
    }
  }

  /** Each value grows by 1/8 a step until rounding stops it: nothing overflows or is subnormal. */
  private static void pass(float[] values, float a, float b) {
    for (int i = 0; i < values.length; i++) {
      float sum = values[i];
      sum = Math.fma(a, b, sum);
      sum = Math.fma(a, b, sum);
      sum = Math.fma(a, b, sum);
      sum = Math.fma(a, b, sum);
      sum = Math.fma(a, b, sum);
      sum = Math.fma(a, b, sum);
      sum = Math.fma(a, b, sum);
      sum = Math.fma(a, b, sum);
      values[i] = sum;
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
