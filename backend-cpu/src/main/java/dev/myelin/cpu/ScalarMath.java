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

  static final float GAUSSIAN_SCALE = -0.5f / LN2_HIGH;

  /** 1.5 2^23, whose sum has the nearest whole number in its low bits, and 41. */
  static final float GAUSSIAN_ROUNDER = 0x1.8p23f + 41;

  // 2^(s / 2 LN2_HIGH) on |s| <= LN2_HIGH, off by at most 0.06 ULP.
  static final float GAUSSIAN_0 = 0x1p0f;
  static final float GAUSSIAN_1 = 0x1.000022p-1f;
  static final float GAUSSIAN_2 = 0x1.00004p-3f;
  static final float GAUSSIAN_3 = 0x1.5555a8p-6f;
  static final float GAUSSIAN_4 = 0x1.555e22p-9f;
  static final float GAUSSIAN_5 = 0x1.1203p-12f;
  static final float GAUSSIAN_6 = 0x1.6704aep-16f;

  // 2^(u^2 / 2 LN2_HIGH - 41) Phi(-u) on 0 <= u <= 15 as a quotient of polynomials of u, off by at
  // most 0.8 ULP. All coefficients are positive, so nothing cancels.
  static final float TAIL_P0 = 0x1.be43c8p-1f;
  static final float TAIL_P1 = 0x1.25cc1p-1f;
  static final float TAIL_P2 = 0x1.6d527cp-3f;
  static final float TAIL_P3 = 0x1.7a3618p-6f;
  static final float TAIL_P4 = 0x1.c40c04p-20f;
  static final float TAIL_Q0 = 0x1.be43cap0f * RAISE;
  static final float TAIL_Q1 = 0x1.44ee74p1f * RAISE;
  static final float TAIL_Q2 = 0x1.82bb3ap0f * RAISE;
  static final float TAIL_Q3 = 0x1.c850f4p-2f * RAISE;
  static final float TAIL_Q4 = 0x1.dad3f2p-5f * RAISE;

  // e^-(u^2 / 2) / sqrt(2 pi) = (DENSITY_0 + DENSITY_2 u^2) 2^(41 - u^2 / 2 LN2_HIGH).
  static final float DENSITY_0 = 0x1.988454p-2f * LOWER;
  static final float DENSITY_2 = 0x1.b96fb4p-22f * LOWER;

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
   * 2^(41 - u^2 / 2 LN2_HIGH) for 0 <= u <= 15, within 1 ULP. That is a power of e with a base that
   * makes both steps of the range reduction exact: u^2 is never rounded, because the exponential
   * would magnify the error by up to u^2 / 2, and there is no second part of ln 2. What it differs
   * from e^(-u^2 / 2) is smooth, and the functions that it is multiplied with contain it.
   */
  static float raisedGaussian(float u) {
    float shifted = Math.fma(u * GAUSSIAN_SCALE, u, GAUSSIAN_ROUNDER);
    float s = Math.fma(-u, u, (shifted - GAUSSIAN_ROUNDER) * (-2 * LN2_HIGH));
    float q = Math.fma(GAUSSIAN_6, s, GAUSSIAN_5);
    q = Math.fma(q, s, GAUSSIAN_4);
    q = Math.fma(q, s, GAUSSIAN_3);
    q = Math.fma(q, s, GAUSSIAN_2);
    q = Math.fma(q, s, GAUSSIAN_1);
    q = Math.fma(q, s, GAUSSIAN_0);
    int exponent = Float.floatToRawIntBits(shifted) << EXPONENT_SHIFT;
    return Float.intBitsToFloat(Float.floatToRawIntBits(q) + exponent);
  }

  /**
   * 2^(u^2 / 2 LN2_HIGH - 41) Phi(-u) for 0 <= u <= 15, within 6 ULP, Phi being the normal
   * distribution.
   */
  static float loweredNormalTail(float u) {
    return tailNumerator(u) / tailDenominator(u);
  }

  /**
   * u Phi(-u) for 0 <= u <= 15, within 7 ULP. In this order nothing is denormal before the
   * quotient.
   *
   * @param power {@link #raisedGaussian} of u
   */
  static float timesNormalTail(float u, float power) {
    return u * power * tailNumerator(u) / tailDenominator(u);
  }

  private static float tailNumerator(float u) {
    float p = Math.fma(TAIL_P4, u, TAIL_P3);
    p = Math.fma(p, u, TAIL_P2);
    p = Math.fma(p, u, TAIL_P1);
    return Math.fma(p, u, TAIL_P0);
  }

  private static float tailDenominator(float u) {
    float q = Math.fma(TAIL_Q4, u, TAIL_Q3);
    q = Math.fma(q, u, TAIL_Q2);
    q = Math.fma(q, u, TAIL_Q1);
    return Math.fma(q, u, TAIL_Q0);
  }

  /** The density of the normal distribution over {@link #raisedGaussian}, within 1 ULP. */
  static float loweredDensity(float u) {
    return Math.fma(DENSITY_2 * u, u, DENSITY_0);
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
