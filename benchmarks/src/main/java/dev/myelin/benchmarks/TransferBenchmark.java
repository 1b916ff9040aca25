package dev.myelin.benchmarks;

import dev.myelin.cli.bench.Shape;
import dev.myelin.cli.bench.Workload;
import dev.myelin.cli.bench.Workloads;
import org.openjdk.jmh.annotations.Param;

/** Bytes from the host to the device and back. */
public class TransferBenchmark extends WorkloadBenchmark {
  /** Which way. */
  @Param({"upload", "download"})
  public String operation;

  /** Floats: 4 bytes, 256 KB, 64 MB. */
  @Param({"1", "256", "4096"})
  public String shape;

  @Override
  Workload workload() {
    return Workloads.of(operation, Shape.of(shape)).get(0);
  }
}
