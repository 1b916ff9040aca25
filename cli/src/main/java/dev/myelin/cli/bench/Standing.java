package dev.myelin.cli.bench;

/**
 * How a contender did.
 *
 * @param name the contender's
 * @param repetitions operations in each of its turns
 * @param nanos time per operation, round by round
 * @param speedups the reference's time by this one's, round by round: load that lasts longer than a
 *     round meets both, and drops out
 */
public record Standing(String name, int repetitions, Samples nanos, Samples speedups) {
  /** So sure is a verdict that there is a difference: one in a hundred of equals gets one. */
  public static final double CONFIDENCE = 0.99;

  /**
   * Smaller differences are none: that much comes from where code and data happen to lie, which
   * another start of the program decides anew (Mytkowicz et al., Producing Wrong Data Without Doing
   * Anything Obviously Wrong, 2009).
   */
  public static final double LEAST_DIFFERENCE = 0.01;

  /** Where the median speed-up lies, with {@link #CONFIDENCE}. */
  public Samples.Interval speedupInterval() {
    return speedups.medianInterval(CONFIDENCE);
  }

  /** Against the reference, in the same rounds. */
  public Verdict verdict() {
    Samples.Interval interval = speedupInterval();
    double median = speedups.median();
    if (interval.low() > 1 && median >= 1 + LEAST_DIFFERENCE) {
      return Verdict.FASTER;
    }
    boolean isSlower = interval.high() < 1 && median <= 1 / (1 + LEAST_DIFFERENCE);
    return isSlower ? Verdict.SLOWER : Verdict.NOT_TOLD_APART;
  }
}
