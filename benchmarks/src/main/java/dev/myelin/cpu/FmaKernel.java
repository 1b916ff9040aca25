package dev.myelin.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The fastest stream of fused multiply-adds that one core sustains: twelve sums that do not depend
 * on each other cover a latency of 4 cycles at 2 (and 6 at 2, or 4 at 3) per cycle, and nothing is
 * loaded.
 */
final class FmaKernel {
  private static final VectorSpecies<Float> FLOATS = VectorWidth.FLOATS;
  private static final int SUMS = 12;

  private FmaKernel() {}

  /** Floating-point operations of one {@link #run}: a fused multiply-add counts as two. */
  static long operations(int repetitions) {
    return 2L * SUMS * FLOATS.length() * repetitions;
  }

  /**
   * Each sum grows by 1/8 until rounding stops it: nothing overflows or becomes subnormal. The sum
   * is the addend, as in a product of matrices; as a factor it would cost a register move each
   * time.
   *
   * @return a value that depends on all sums, for the caller to keep
   */
  static float run(int repetitions) {
    FloatVector factor = FloatVector.broadcast(FLOATS, 0.5f);
    FloatVector weight = FloatVector.broadcast(FLOATS, 0.25f);
    FloatVector sum0 = FloatVector.broadcast(FLOATS, 0f);
    FloatVector sum1 = FloatVector.broadcast(FLOATS, 1f);
    FloatVector sum2 = FloatVector.broadcast(FLOATS, 2f);
    FloatVector sum3 = FloatVector.broadcast(FLOATS, 3f);
    FloatVector sum4 = FloatVector.broadcast(FLOATS, 4f);
    FloatVector sum5 = FloatVector.broadcast(FLOATS, 5f);
    FloatVector sum6 = FloatVector.broadcast(FLOATS, 6f);
    FloatVector sum7 = FloatVector.broadcast(FLOATS, 7f);
    FloatVector sum8 = FloatVector.broadcast(FLOATS, 8f);
    FloatVector sum9 = FloatVector.broadcast(FLOATS, 9f);
    FloatVector sum10 = FloatVector.broadcast(FLOATS, 10f);
    FloatVector sum11 = FloatVector.broadcast(FLOATS, 11f);
    for (int i = 0; i < repetitions; i++) {
      sum0 = factor.fma(weight, sum0);
      sum1 = factor.fma(weight, sum1);
      sum2 = factor.fma(weight, sum2);
      sum3 = factor.fma(weight, sum3);
      sum4 = factor.fma(weight, sum4);
      sum5 = factor.fma(weight, sum5);
      sum6 = factor.fma(weight, sum6);
      sum7 = factor.fma(weight, sum7);
      sum8 = factor.fma(weight, sum8);
      sum9 = factor.fma(weight, sum9);
      sum10 = factor.fma(weight, sum10);
      sum11 = factor.fma(weight, sum11);
    }
    FloatVector all = sum0.add(sum1).add(sum2).add(sum3).add(sum4).add(sum5);
    return all.add(sum6).add(sum7).add(sum8).add(sum9).add(sum10).add(sum11).lane(0);
  }
}
