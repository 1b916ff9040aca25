package dev.myelin.benchmarks;

import dev.myelin.cli.bench.Shape;
import dev.myelin.cli.bench.Workload;
import dev.myelin.cli.bench.Workloads;
import org.openjdk.jmh.annotations.Param;

/** Every activation and its derivative. */
public class ElementBenchmark extends WorkloadBenchmark {
  /** The function, or its derivative times the gradient from above. */
  @Param({
    "identity",
    "sigmoid",
    "tanh",
    "relu",
    "leaky-relu",
    "elu",
    "gelu",
    "gelu-tanh",
    "silu",
    "softplus",
    "identity-grad",
    "sigmoid-grad",
    "tanh-grad",
    "relu-grad",
    "leaky-relu-grad",
    "elu-grad",
    "gelu-grad",
    "gelu-tanh-grad",
    "silu-grad",
    "softplus-grad",
    "copy"
  })
  public String operation;

  /** In the cache, and far beyond it. */
  @Param({"128x512", "4096x4096"})
  public String shape;

  @Override
  Workload workload() {
    return Workloads.of(operation, Shape.of(shape)).get(0);
  }
}
