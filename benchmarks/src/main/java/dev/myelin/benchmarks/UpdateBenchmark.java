package dev.myelin.benchmarks;

import dev.myelin.cli.bench.Shape;
import dev.myelin.cli.bench.Workload;
import dev.myelin.cli.bench.Workloads;
import org.openjdk.jmh.annotations.Param;

/** One step of each optimizer over a block of parameters. */
public class UpdateBenchmark extends WorkloadBenchmark {
  /** The optimizer. */
  @Param({"sgd", "momentum", "adagrad", "rmsprop", "adam", "adamw"})
  public String operation;

  /** As many parameters as the nets S, M and L have, within a percent. */
  @Param({"1018x100", "5359x100", "6316x1000"})
  public String shape;

  @Override
  Workload workload() {
    return Workloads.of(operation, Shape.of(shape)).get(0);
  }
}
