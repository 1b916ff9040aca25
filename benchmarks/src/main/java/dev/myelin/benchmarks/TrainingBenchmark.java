package dev.myelin.benchmarks;

import dev.myelin.cli.bench.Net;
import dev.myelin.cli.bench.Workload;
import org.openjdk.jmh.annotations.Param;

/** Whole training steps: gather, forward, loss, backward, AdamW. */
public class TrainingBenchmark extends WorkloadBenchmark {
  /** 784-128-10, 784-512-256-10, 1024-2048-2048-10, and 1000-100-10 with sigmoids. */
  @Param({"S", "M", "L", "SIGMOID"})
  public String net;

  @Override
  Workload workload() {
    Net chosen =
        switch (net) {
          case "S" -> Net.S;
          case "M" -> Net.M;
          case "L" -> Net.L;
          case "SIGMOID" -> Net.SIGMOID;
          default ->
              throw new IllegalArgumentException("net is S, M, L or SIGMOID, not '" + net + "'");
        };
    return chosen.workload();
  }
}
