package dev.myelin.benchmarks;

import dev.myelin.cli.bench.Shape;
import dev.myelin.cli.bench.Workload;
import dev.myelin.cli.bench.Workloads;
import org.openjdk.jmh.annotations.Param;

/** Softmax with cross-entropy and its gradient in one pass. */
public class LossBenchmark extends WorkloadBenchmark {
  /** There is one. */
  @Param("softmax-cross-entropy")
  public String operation;

  /** Samples x classes. */
  @Param({"64x10", "128x10", "512x10", "128x1000", "512x32768"})
  public String shape;

  @Override
  Workload workload() {
    return Workloads.of(operation, Shape.of(shape)).get(0);
  }
}
