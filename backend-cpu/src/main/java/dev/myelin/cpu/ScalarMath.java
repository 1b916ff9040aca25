package dev.myelin.cpu;

/**
 * Elementary functions in float32, one number at a time. {@link VectorMath} does the same steps on
 * vectors and gives the same bits.
 *
 * <p>Every function is range reduction, a polynomial (least maximum error, by Lawson's iteratively
 * reweighted least squares, then rounded to float32) and reconstruction, with fused multiply-adds.
 * Bounds are in units in the last place of the correctly rounded result, found by a test that walks
 * through the floats; a result below the smallest normal float is kept, and its unit is 2^-149. NaN
 * gives NaN.
 *
 * <p>Source: Cody and Waite, "Software Manual for the Elementary Functions", 1980; Muller,
 * "Elementary Functions", 2016; Lawson, "Contributions to the Theory of Linear Least Maximum
 * Approximation", 1961; for the quotient Loeb, "On Rational Fraction Approximations at Discrete
 * Points", 1957.
 */
final class ScalarMath {
  static final float LOG2_E = 0x1.715476p0f;

  // ln 2 = LN2_HIGH + LN2_LOW. The high part has 15 bits: n LN2_HIGH is exact for |n| < 512.
  static final float LN2_HIGH = 0x1.62e4p-1f;
  static final float LN2_LOW = 0x1.7f7d1cp-20f;

  static final int EXPONENT_SHIFT = 23;

  /**
   * 1.5 2^23 and a float's exponent of 1: the sum with it has the nearest whole number n in its low
   * bits, as the exponent of 2^n.
   */
  static final float ROUNDER = 0x1.8p23f + 127;

  /**
   * The same for 2^(n + 41), which is a normal float down to n = -163. {@link #LOWER} takes the 41
   * away, and only there a result below the smallest normal float is rounded.
   */
  static final float RAISED_ROUNDER = 0x1.8p23f + 127 + 41;

  static final float LOWER = 0x1p-41f;

  private static final float RAISE = 0x1p41f;

  /** e^x is below half of the smallest float from here on down. */
  static final float EXP_LOWEST = -104;

  // (e^r - 1 - r) / r^2 on |r| <= ln(2) / 2, off by at most 0.2 ULP of e^r - 1.
  static final float EXP_2 = 0x1p-1f;
  static final float EXP_3 = 0x1.55549cp-3f;
  static final float EXP_4 = 0x1.5555e4p-5f;
  static final float EXP_5 = 0x1.1231bep-7f;
  static final float EXP_6 = 0x1.6c4afcp-10f;

  /** tanh x rounds to 1 from x = 9.02 on; this is twice as much and a bit. */
  static final float TANH_HIGHEST_TWICE = 20;

  // (2 artanh(w / 2) - w) / w^3 as a polynomial of w^2 on 0 <= w <= 2 / 3, off by at most 0.08 ULP.
  static final float LOG1P_3 = 0x1.5555p-4f;
  static final float LOG1P_5 = 0x1.99d294p-7f;
  static final float LOG1P_7 = 0x1.1eb466p-9f;
  static final float LOG1P_9 = 0x1.1f015ep-11f;

  /** Phi(-u) and e^(-u^2 / 2) are below half of the smallest float from here on. */
  static final float NORMAL_HIGHEST = 15;

  /** 1 / sqrt(2 pi), for powers that are raised. */
  static final float LOWERED_NORMAL_PEAK = 0x1.988454p-2f * LOWER;

  // e^(u^2 / 2) Phi(-u) 2^-41 on 0 <= u <= 15 as a quotient of polynomials of u, off by at most 0.8
  // ULP. All coefficients are positive, so nothing cancels.
  static final float TAIL_P0 = 0x1p-1f;
  static final float TAIL_P1 = 0x1.c1d32ap-2f;
  static final float TAIL_P2 = 0x1.78c448p-3f;
  static final float TAIL_P3 = 0x1.4ee538p-5f;
  static final float TAIL_P4 = 0x1.102ecp-8f;
  static final float TAIL_Q0 = RAISE;
  static final float TAIL_Q1 = 0x1.ad2bc6p0f * RAISE;
  static final float TAIL_Q2 = 0x1.349e8ap0f * RAISE;
  static final float TAIL_Q3 = 0x1.e2b844p-2f * RAISE;
  static final float TAIL_Q4 = 0x1.a3c11p-4f * RAISE;
  static final float TAIL_Q5 = 0x1.55206cp-7f * RAISE;

  /** Below, Phi(-u) = 1/2 - u (Phi(u) - 1/2) / u loses less than the product of tail and power. */
  static final float NORMAL_CENTER = 1;

  // (Phi(u) - 1/2) / u as a polynomial of u^2 on 0 <= u <= 1, off by at most 0.6 ULP.
  static final float CENTER_0 = 0x1.988454p-2f;
  static final float CENTER_2 = -0x1.105832p-4f;
  static final float CENTER_4 = 0x1.46ce4cp-7f;
  static final float CENTER_6 = -0x1.36fd42p-10f;
  static final float CENTER_8 = 0x1.dbff10p-14f;
  static final float CENTER_10 = -0x1.00d526p-17f;

  private ScalarMath() {}

  /** e^x for x <= 0, within 1.04 ULP. */
  static float expOfNotPositive(float x) {
    float bounded = atLeast(x, EXP_LOWEST);
    float shifted = Math.fma(bounded, LOG2_E, RAISED_ROUNDER);
    return scaledPower(reduced(bounded, shifted - RAISED_ROUNDER), shifted);
  }

  /** e^-|x| within 1.04 ULP. */
  static float expOfMinusAbs(float x) {
    return expOfNotPositive(-Math.abs(x));
  }

  /** e^r 2^n, n being in the low bits of {@code shifted}, which has {@link #RAISED_ROUNDER}. */
  private static float scaledPower(float r, float shifted) {
    return raisedPower(r, shifted) * LOWER;
  }

  /** e^r 2^(n + 41). */
  private static float raisedPower(float r, float shifted) {
    float power = powerOfTwo(shifted);
    return Math.fma(power, expm1Polynomial(r), power);
  }

  /** e^x - 1 for |x| <= 87, within 2 ULP. */
  static float expm1(float x) {
    float shifted = Math.fma(x, LOG2_E, ROUNDER);
    float p = expm1Polynomial(reduced(x, shifted - ROUNDER));
    float power = powerOfTwo(shifted);
    return Math.fma(power, p, power - 1);
  }

  /** x - n ln 2. */
  private static float reduced(float x, float n) {
    return Math.fma(n, -LN2_LOW, Math.fma(n, -LN2_HIGH, x));
  }

  /** e^r - 1. */
  private static float expm1Polynomial(float r) {
    float square = r * r;
    float q = Math.fma(EXP_6, square, Math.fma(EXP_5, r, EXP_4));
    q = Math.fma(q, square, Math.fma(EXP_3, r, EXP_2));
    return Math.fma(square, q, r);
  }

  /** Shifts the exponent from the low bits to its place, and all above it out. */
  private static float powerOfTwo(float shifted) {
    return Float.intBitsToFloat(Float.floatToRawIntBits(shifted) << EXPONENT_SHIFT);
  }

  /** tanh x = t / (t + 2) with t = e^2x - 1, within 3 ULP. */
  static float tanh(float x) {
    float t = expm1(atMost(2 * Math.abs(x), TANH_HIGHEST_TWICE));
    return Math.copySign(t / (t + 2), x);
  }

  /** 1 / (1 + e^-x), from the exponential that does not overflow, within 3 ULP. */
  static float sigmoid(float x) {
    float e = expOfMinusAbs(x);
    return (x < 0 ? e : 1) / (1 + e);
  }

  /** log(1 + x) for 0 <= x <= 1, within 2 ULP: 2 artanh(w / 2) with w = x / (1 + x / 2). */
  static float log1p(float x) {
    float w = x / Math.fma(0.5f, x, 1);
    float square = w * w;
    float p = Math.fma(LOG1P_9, square, LOG1P_7);
    p = Math.fma(p, square, LOG1P_5);
    p = Math.fma(p, square, LOG1P_3);
    return Math.fma(square * w, p, w);
  }

  /**
   * e^(-u^2 / 2) 2^41 for 0 <= u <= 15, within 2 ULP: u^2 is never rounded, because the exponential
   * would magnify the error by up to u^2 / 2.
   */
  static float raisedGaussian(float u) {
    float factor = -0.5f * u;
    float shifted = Math.fma(factor * u, LOG2_E, RAISED_ROUNDER);
    float n = shifted - RAISED_ROUNDER;
    float r = Math.fma(factor, u, n * -LN2_HIGH);
    return raisedPower(Math.fma(n, -LN2_LOW, r), shifted);
  }

  /**
   * e^(u^2 / 2) Phi(-u) 2^-41 for 0 <= u <= 15, within 6 ULP, Phi being the normal distribution.
   */
  static float loweredNormalTail(float u) {
    float square = u * u;
    return tailNumerator(u, square) / tailDenominator(u, square);
  }

  /**
   * u Phi(-u) for 0 <= u <= 15, within 6 ULP. In this order nothing is denormal before the
   * quotient.
   *
   * @param power {@link #raisedGaussian} of u
   */
  static float timesNormalTail(float u, float power) {
    float square = u * u;
    return u * power * tailNumerator(u, square) / tailDenominator(u, square);
  }

  private static float tailNumerator(float u, float square) {
    float p = Math.fma(TAIL_P4, square, Math.fma(TAIL_P3, u, TAIL_P2));
    return Math.fma(p, square, Math.fma(TAIL_P1, u, TAIL_P0));
  }

  private static float tailDenominator(float u, float square) {
    float q = Math.fma(Math.fma(TAIL_Q5, u, TAIL_Q4), square, Math.fma(TAIL_Q3, u, TAIL_Q2));
    return Math.fma(q, square, Math.fma(TAIL_Q1, u, TAIL_Q0));
  }

  /** (Phi(u) - 1/2) / u for |u| <= 1, within 2 ULP. */
  static float normalCenter(float u) {
    float square = u * u;
    float p = Math.fma(CENTER_10, square, CENTER_8);
    p = Math.fma(p, square, CENTER_6);
    p = Math.fma(p, square, CENTER_4);
    p = Math.fma(p, square, CENTER_2);
    return Math.fma(p, square, CENTER_0);
  }

  /** The smaller of the two; NaN stays NaN. */
  static float atMost(float x, float highest) {
    return x > highest ? highest : x;
  }

  /** The larger of the two; NaN stays NaN. */
  static float atLeast(float x, float lowest) {
    return x < lowest ? lowest : x;
  }
}
