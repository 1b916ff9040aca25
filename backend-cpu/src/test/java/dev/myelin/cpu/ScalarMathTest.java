package dev.myelin.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/**
 * Every bound that {@link ScalarMath} states, on every 997th float, which is four million of them
 * in all binades, denormals, infinities and the limits where a function changes its branch.
 */
final class ScalarMathTest {
  private static final int STRIDE = 997;
  private static final float INFINITY = Float.POSITIVE_INFINITY;

  interface Approximation {
    float at(float x);
  }

  interface Exact {
    double at(double x);
  }

  @Test
  void expOfNotPositive_ofItsDomain_isWithinItsBound() {
    assertWithin(1.04, -INFINITY, 0, ScalarMath::expOfNotPositive, StrictMath::exp);
  }

  @Test
  void expOfNotPositive_nearItsLimits_isWithinItsBound() {
    for (float limit : new float[] {-87.33655f, -103.97208f, ScalarMath.EXP_LOWEST}) {
      assertWithinNear(1.04, limit, ScalarMath::expOfNotPositive, StrictMath::exp);
    }
  }

  @Test
  void expm1_ofItsDomain_isWithinTwoUlp() {
    assertWithin(2, -87, 87, ScalarMath::expm1, StrictMath::expm1);
  }

  @Test
  void tanh_ofAllFloats_isWithinThreeUlp() {
    assertWithin(3, -INFINITY, INFINITY, ScalarMath::tanh, StrictMath::tanh);
    assertWithinNear(3, ScalarMath.TANH_HIGHEST_TWICE / 2, ScalarMath::tanh, StrictMath::tanh);
  }

  @Test
  void tanh_ofNegativeZero_isNegativeZero() {
    assertEquals(-0f, ScalarMath.tanh(-0f));
  }

  @Test
  void sigmoid_ofAllFloats_isWithinThreeUlp() {
    assertWithin(3, -INFINITY, INFINITY, ScalarMath::sigmoid, Float64Functions::sigmoid);
  }

  @Test
  void sigmoid_farBelowZero_keepsDenormals() {
    assertEquals(27 * Float.MIN_VALUE, ScalarMath.sigmoid(-100));
  }

  @Test
  void log1p_ofItsDomain_isWithinTwoUlp() {
    assertWithin(2, 0, 1, ScalarMath::log1p, StrictMath::log1p);
  }

  @Test
  void log1pOfExpOfMinusAbs_ofAllFloats_isWithinThreeUlp() {
    assertWithin(
        3,
        -INFINITY,
        INFINITY,
        x -> ScalarMath.log1p(ScalarMath.expOfMinusAbs(x)),
        x -> StrictMath.log1p(StrictMath.exp(-Math.abs(x))));
  }

  @Test
  void raisedGaussian_ofItsDomain_isWithinOneUlp() {
    assertWithin(1, 0, 15, ScalarMath::raisedGaussian, ScalarMathTest::raisedGaussian);
  }

  @Test
  void loweredNormalTail_ofItsDomain_isWithinSixUlp() {
    assertWithin(
        6,
        0,
        15,
        ScalarMath::loweredNormalTail,
        u -> Float64Functions.normalTail(u) / raisedGaussian(u));
  }

  @Test
  void timesNormalTail_ofItsDomain_isWithinSevenUlp() {
    assertWithin(
        7,
        0,
        15,
        u -> ScalarMath.timesNormalTail(u, ScalarMath.raisedGaussian(u)),
        u -> u * Float64Functions.normalTail(u));
  }

  @Test
  void loweredDensity_ofItsDomain_isWithinOneUlp() {
    assertWithin(
        1,
        0,
        15,
        ScalarMath::loweredDensity,
        u -> StrictMath.exp(-u * u / 2) / Math.sqrt(2 * Math.PI) / raisedGaussian(u));
  }

  @Test
  void normalCenter_ofItsDomain_isWithinTwoUlp() {
    assertWithin(
        2, 0x1p-20f, 1, ScalarMath::normalCenter, u -> (0.5 - Float64Functions.normalTail(u)) / u);
  }

  @Test
  void everyFunction_ofNaN_isNaN() {
    assertTrue(Float.isNaN(ScalarMath.expOfNotPositive(Float.NaN)));
    assertTrue(Float.isNaN(ScalarMath.expm1(Float.NaN)));
    assertTrue(Float.isNaN(ScalarMath.tanh(Float.NaN)));
    assertTrue(Float.isNaN(ScalarMath.sigmoid(Float.NaN)));
    assertTrue(Float.isNaN(ScalarMath.log1p(Float.NaN)));
    assertTrue(Float.isNaN(ScalarMath.expOfMinusAbs(Float.NaN)));
    assertTrue(Float.isNaN(ScalarMath.raisedGaussian(Float.NaN)));
    assertTrue(Float.isNaN(ScalarMath.loweredNormalTail(Float.NaN)));
    assertTrue(Float.isNaN(ScalarMath.timesNormalTail(Float.NaN, Float.NaN)));
    assertTrue(Float.isNaN(ScalarMath.normalCenter(Float.NaN)));
  }

  private static double raisedGaussian(double u) {
    return StrictMath.exp(-u * u / 2 * (Math.log(2) / ScalarMath.LN2_HIGH)) * 0x1p41;
  }

  private static void assertWithin(
      double ulps, float lowest, float highest, Approximation approximation, Exact exact) {
    for (long bits = 0; bits < 1L << 32; bits += STRIDE) {
      float x = Float.intBitsToFloat((int) bits);
      if (x >= lowest && x <= highest) {
        assertWithin(ulps, x, approximation, exact);
      }
    }
    assertWithin(ulps, lowest, approximation, exact);
    assertWithin(ulps, highest, approximation, exact);
  }

  /** The thousand floats on either side. */
  private static void assertWithinNear(
      double ulps, float center, Approximation approximation, Exact exact) {
    for (int offset = -1000; offset <= 1000; offset++) {
      float x = Float.intBitsToFloat(Float.floatToRawIntBits(center) + offset);
      assertWithin(ulps, x, approximation, exact);
    }
  }

  private static void assertWithin(double ulps, float x, Approximation approximation, Exact exact) {
    float actual = approximation.at(x);
    double expected = exact.at(x);
    double error = Float64Functions.ulps(actual, expected);
    if (!(error <= ulps)) {
      throw new AssertionError(
          "f(" + x + ") = " + actual + " is " + error + " ULP off " + expected);
    }
  }
}
