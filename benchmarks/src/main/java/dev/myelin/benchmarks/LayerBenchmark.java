package dev.myelin.benchmarks;

import dev.myelin.cli.bench.Shape;
import dev.myelin.cli.bench.Workload;
import dev.myelin.cli.bench.Workloads;
import org.openjdk.jmh.annotations.Param;

/** A fully connected layer with ReLU, and its gradients, fused. */
public class LayerBenchmark extends WorkloadBenchmark {
  /** Forwards, or one of the two gradients. */
  @Param({"linear-forward", "linear-input-grad", "linear-params-grad"})
  public String operation;

  /** Samples x outputs x inputs: the layers of the nets. */
  @Param({
    "64x128x784", "64x10x128", "128x512x784", "128x256x512", "128x10x256",
    "512x2048x1024", "512x2048x2048", "512x10x2048", "64x100x1000", "64x10x100"
  })
  public String shape;

  @Override
  Workload workload() {
    return Workloads.of(operation, Shape.of(shape)).get(0);
  }
}
