package dev.myelin.cli.bench;

import java.util.Arrays;
import java.util.List;

/** What was measured round by round, as the distribution that it is. */
public final class Samples {

  /**
   * A range that holds a value with a stated confidence.
   *
   * @param low minus infinity where there are too few samples to say
   * @param high plus infinity where there are too few samples to say
   */
  public record Interval(double low, double high) {}

  private final double[] inOrder;
  private final double[] sorted;

  /**
   * @param inOrder as measured, at least one
   */
  public Samples(double... inOrder) {
    if (inOrder.length == 0) {
      throw new IllegalArgumentException("there must be at least one sample");
    }
    this.inOrder = inOrder.clone();
    this.sorted = inOrder.clone();
    Arrays.sort(sorted);
  }

  public int count() {
    return sorted.length;
  }

  /** All samples, in the order in which they were measured. */
  public List<Double> inOrder() {
    return Arrays.stream(inOrder).boxed().toList();
  }

  public double median() {
    return quantile(0.5);
  }

  /** A quarter of the samples lie below. */
  public double lowerQuartile() {
    return quantile(0.25);
  }

  /** A quarter of the samples lie above. */
  public double upperQuartile() {
    return quantile(0.75);
  }

  /**
   * The distance of the quartiles, by the median: 0.02 is calm, 0.2 a machine shared with others.
   */
  public double relativeSpread() {
    return (upperQuartile() - lowerQuartile()) / median();
  }

  /** Between two samples in proportion, as NumPy and R's type 7 do. */
  private double quantile(double share) {
    double place = share * (sorted.length - 1);
    int below = (int) place;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }

  /**
   * Where the median of the distribution lies that the samples were drawn from, whatever its shape:
   * the k-th smallest to the k-th largest sample, with the largest k for which a fair coin shows
   * fewer than k heads in as many throws as there are samples with a probability of at most (1 -
   * confidence) / 2.
   *
   * <p>Source: the sign test's interval by order statistics; Conover, Practical Nonparametric
   * Statistics, 1999, chapter 3.2; Le Boudec, Performance Evaluation of Computer and Communication
   * Systems, 2010, theorem 2.1.
   *
   * @param confidence in (0, 1)
   */
  public Interval medianInterval(double confidence) {
    int count = sorted.length;
    double tail = 0;
    int k = 0;
    // ln of count over k, less that of 2^count: the binomial probability of k heads.
    double logarithm = -count * Math.log(2);
    while (k < count) {
      tail += Math.exp(logarithm);
      if (tail > (1 - confidence) / 2) {
        break;
      }
      logarithm += Math.log((double) (count - k) / (k + 1));
      k++;
    }
    return k == 0
        ? new Interval(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY)
        : new Interval(sorted[k - 1], sorted[count - k]);
  }
}
