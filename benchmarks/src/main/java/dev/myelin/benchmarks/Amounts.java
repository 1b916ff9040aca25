package dev.myelin.benchmarks;

import dev.myelin.cli.bench.Cost;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What was done, per second; 0 for what an operation has none of. */
@AuxCounters(AuxCounters.Type.OPERATIONS)
@State(Scope.Thread)
public class Amounts {
  /** Operations, of which a turn holds many. */
  public double operations;

  /** Thousand millions of multiplications and additions: GFLOP/s. */
  public double gflops;

  /** Thousand millions of bytes: GB/s. */
  public double gigabytes;

  /** Samples trained on: samples/s. */
  public double samples;

  void add(Cost cost, int repetitions) {
    operations += repetitions;
    gflops += repetitions * cost.flops() / 1e9;
    gigabytes += cost.unit() == Cost.Unit.BYTES ? repetitions * cost.amount() / 1e9 : 0;
    samples += cost.unit() == Cost.Unit.SAMPLES ? repetitions * cost.amount() : 0;
  }
}
