package dev.myelin.cli.bench;

/**
 * What an earlier run measured. Two runs have no rounds in common, so that load does not drop out
 * between them: here only spreads that do not overlap are a difference.
 *
 * @param medianNanos per operation
 * @param lowerQuartileNanos a quarter of the rounds were faster
 * @param upperQuartileNanos a quarter of the rounds were slower
 */
public record EarlierTime(
    double medianNanos, double lowerQuartileNanos, double upperQuartileNanos) {

  /** How many times the time it takes now. */
  public double ratio(Samples nanos) {
    return nanos.median() / medianNanos;
  }

  /** How the new times compare with these: different where three quarters of each lie apart. */
  public Verdict verdict(Samples nanos) {
    if (nanos.lowerQuartile() > upperQuartileNanos) {
      return Verdict.SLOWER;
    }
    return nanos.upperQuartile() < lowerQuartileNanos ? Verdict.FASTER : Verdict.NOT_TOLD_APART;
  }

  /**
   * Whether the work got slower by more than that, and by more than noise.
   *
   * @param share 0.05 for 5%
   */
  public boolean isSlowerBy(double share, Samples nanos) {
    return verdict(nanos) == Verdict.SLOWER && ratio(nanos) > 1 + share;
  }
}
