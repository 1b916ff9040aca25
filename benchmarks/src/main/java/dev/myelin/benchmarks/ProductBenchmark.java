package dev.myelin.benchmarks;

import dev.myelin.cli.bench.Shape;
import dev.myelin.cli.bench.Workload;
import dev.myelin.cli.bench.Workloads;
import org.openjdk.jmh.annotations.Param;

/** The matrix product: squares, and what the layers of the nets make of it. */
public class ProductBenchmark extends WorkloadBenchmark {
  /** Which operands lie transposed in memory. */
  @Param({"matmul", "matmul-nt", "matmul-tn", "matmul-tt"})
  public String operation;

  /** m x n x k. Then, for each layer of the nets: forwards, weight gradient, input gradient. */
  @Param({
    "64x64x64",
    "128x128x128",
    "256x256x256",
    "512x512x512",
    "1024x1024x1024",
    "2048x2048x2048",
    "4096x4096x4096",
    "64x128x784",
    "128x784x64",
    "64x10x128",
    "10x128x64",
    "64x128x10",
    "128x512x784",
    "512x784x128",
    "128x256x512",
    "256x512x128",
    "128x512x256",
    "128x10x256",
    "10x256x128",
    "128x256x10",
    "512x2048x1024",
    "2048x1024x512",
    "512x2048x2048",
    "2048x2048x512",
    "512x10x2048",
    "10x2048x512",
    "512x2048x10",
    "64x100x1000",
    "100x1000x64",
    "64x10x100",
    "10x100x64",
    "64x100x10"
  })
  public String shape;

  @Override
  Workload workload() {
    return Workloads.of(operation, Shape.of(shape)).get(0);
  }
}
