package dev.myelin.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EarlierTimeTest {
  private static final EarlierTime EARLIER = new EarlierTime(100, 95, 110);

  /** Times whose quartiles lie 2 below and above the median. */
  private static Samples around(double median) {
    return new Samples(median - 4, median - 2, median, median + 2, median + 4);
  }

  @ParameterizedTest
  @CsvSource({
    "113, SLOWER",
    "112, NOT_TOLD_APART",
    "100, NOT_TOLD_APART",
    "93, NOT_TOLD_APART",
    "92.9, FASTER"
  })
  void verdict_needsQuartilesApart(double median, Verdict expected) {
    assertEquals(expected, EARLIER.verdict(around(median)));
    assertEquals(median / 100, EARLIER.ratio(around(median)), 1e-12);
  }

  @ParameterizedTest
  @CsvSource({
    "113, 0.05, true",
    "113, 0.13, false",
    "113, 0.2, false",
    "112, 0.05, false",
    "50, 0.05, false"
  })
  void regression_isMoreThanTheTolerance_andMoreThanNoise(
      double median, double tolerated, boolean expected) {
    assertEquals(expected, EARLIER.isSlowerBy(tolerated, around(median)));
  }
}
