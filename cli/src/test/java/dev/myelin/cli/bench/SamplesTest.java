package dev.myelin.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SamplesTest {
  @Test
  void quantiles_lieBetweenSamplesInProportion() {
    // numpy.quantile([1, 2, 4, 8], [0.25, 0.5, 0.75])
    Samples samples = new Samples(8, 1, 4, 2);
    assertEquals(1.75, samples.lowerQuartile());
    assertEquals(3, samples.median());
    assertEquals(5, samples.upperQuartile());
    assertEquals(3.25 / 3, samples.relativeSpread(), 1e-15);
    assertEquals(List.of(8.0, 1.0, 4.0, 2.0), samples.inOrder());
  }

  @Test
  void oneSample_isItsOwnMedianAndQuartiles() {
    Samples samples = new Samples(7);
    assertEquals(7, samples.median());
    assertEquals(7, samples.lowerQuartile());
    assertEquals(0, samples.relativeSpread());
  }

  @Test
  void noSamples_areRefused() {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> new Samples());
    assertEquals("there must be at least one sample", refused.getMessage());
  }

  /** The ranks of Conover's and Le Boudec's tables for 95%, and of R's qbinom for 99%. */
  @ParameterizedTest
  @CsvSource({
    "6, 0.95, 1, 6",
    "10, 0.95, 2, 9",
    "25, 0.95, 8, 18",
    "50, 0.95, 18, 33",
    "70, 0.95, 27, 44",
    "8, 0.99, 1, 8",
    "25, 0.99, 6, 20",
    "100, 0.99, 37, 64",
  })
  void medianInterval_takesTheTabulatedRanks(int count, double confidence, int low, int high) {
    Samples ranks = new Samples(IntStream.rangeClosed(1, count).asDoubleStream().toArray());
    assertEquals(new Samples.Interval(low, high), ranks.medianInterval(confidence));
  }

  @ParameterizedTest
  @CsvSource({"1, 0.95", "5, 0.95", "7, 0.99"})
  void medianInterval_ofTooFewSamples_isEverything(int count, double confidence) {
    assertEquals(
        new Samples.Interval(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY),
        new Samples(new double[count]).medianInterval(confidence));
  }

  @Test
  void medianInterval_ofThousandsOfSamples_doesNotUnderflow() {
    // The normal approximation: 2500 +- (2.576 * sqrt(5000) / 2 = 91.1).
    Samples ranks = new Samples(IntStream.rangeClosed(1, 5000).asDoubleStream().toArray());
    Samples.Interval interval = ranks.medianInterval(0.99);
    assertEquals(2500 - 91, interval.low(), 2);
    assertEquals(2501 + 91, interval.high(), 2);
  }
}
