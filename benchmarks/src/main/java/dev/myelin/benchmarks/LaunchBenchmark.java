package dev.myelin.benchmarks;

import dev.myelin.cli.bench.Shape;
import dev.myelin.cli.bench.Workload;
import dev.myelin.cli.bench.Workloads;
import org.openjdk.jmh.annotations.Param;

/** What it costs to call an operation on one element, and to wait for it. */
public class LaunchBenchmark extends WorkloadBenchmark {
  /** Called again and again, or waited for each time. */
  @Param({"call", "call-and-wait"})
  public String operation;

  /** Of no importance. */
  @Param("1")
  public String shape;

  @Override
  Workload workload() {
    return Workloads.of(operation, Shape.of(shape)).get(0);
  }
}
