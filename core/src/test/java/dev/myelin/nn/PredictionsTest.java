package dev.myelin.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class PredictionsTest {
  private static final float NAN = Float.NaN;

  private static int predicted(float... row) {
    return Predictions.predictedClass(row, 0, row.length, 0.5f);
  }

  @Test
  void predictedClass_isTheLargestOutput_theFirstOfEquals() {
    assertEquals(1, predicted(-1, 7, 3));
    assertEquals(0, predicted(2, 2, 1));
    assertEquals(0, predicted(-0f, 0f));
    float[] rows = {1, 2, 4, 3};
    assertEquals(0, Predictions.predictedClass(rows, 1, 2, 0.5f));
  }

  @Test
  void predictedClass_takesTheFirstNaN() {
    assertEquals(0, predicted(NAN, 5));
    assertEquals(1, predicted(5, NAN));
    assertEquals(1, predicted(Float.POSITIVE_INFINITY, NAN, NAN));
  }

  @Test
  void predictedClass_ofOneOutput_isOneAboveTheThreshold() {
    assertEquals(0, predicted(0.5f));
    assertEquals(1, predicted(0.75f));
  }
}
