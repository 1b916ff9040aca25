/*
 * Elementary functions in float32: range reduction, a polynomial, reconstruction.
 *
 * They are the same steps as the CPU backend's ScalarMath, with its bounds (in units in the last
 * place): exp 1, expm1 2, tanh 3, sigmoid 3, log1p 2, gaussian 1, normal tail 3, normal center 2. The devices' own
 * functions differ in accuracy and in what they do below the smallest normal number; these do not.
 * NaN gives NaN.
 *
 * Source: Cody and Waite, "Software Manual for the Elementary Functions", 1980; coefficients by
 * Lawson's algorithm, see ScalarMath.
 */
#ifndef MYELIN_ELEMENTARY_H
#define MYELIN_ELEMENTARY_H
#include "portable.h"

#define LOG2_E 0x1.715476p0f
/* ln 2 = LN2_HIGH + LN2_LOW; the high part has 15 bits, so that n LN2_HIGH is exact. */
#define LN2_HIGH 0x1.62e4p-1f
#define LN2_LOW 0x1.7f7d1cp-20f
/* 1.5 2^23: the sum with it has the nearest whole number in its low bits. */
#define ROUNDER 0x1.8p23f

/* The smaller and the larger of two; NaN in the first stays NaN. */
FUNCTION float at_most(float x, float highest) { return x > highest ? highest : x; }

FUNCTION float at_least(float x, float lowest) { return x < lowest ? lowest : x; }

/* 2^n; the low nine bits of n count. */
FUNCTION float power_of_two(int n) {
  return FLOAT_OF_BITS((int)(((uint)n << 23) + 0x3F800000u));
}

/* x - n ln 2 */
FUNCTION float reduced(float x, float n) { return FMA(n, -LN2_LOW, FMA(n, -LN2_HIGH, x)); }

/* e^r - 1 for |r| <= ln(2) / 2 */
FUNCTION float expm1_polynomial(float r) {
  float q = FMA(0x1.a032c4p-13f, r, 0x1.6d723ep-10f);
  q = FMA(q, r, 0x1.11118ap-7f);
  q = FMA(q, r, 0x1.5554bp-5f);
  q = FMA(q, r, 0x1.555554p-3f);
  q = FMA(q, r, 0.5f);
  return FMA(r * r, q, r);
}

/* e^r 2^n, n being in the low bits of shifted. */
FUNCTION float scaled_power(float r, float shifted) {
  float p = 1.0f + expm1_polynomial(r);
  /* 2^n in two factors: it overflows before the product does, and it may be too small for one. */
  int n = BITS_OF_FLOAT(shifted);
  int half_n = n >> 1;
  return p * power_of_two(half_n) * power_of_two(n - half_n);
}

/* e^x for |x| <= 170 */
FUNCTION float bounded_exp(float x) {
  float shifted = FMA(x, LOG2_E, ROUNDER);
  return scaled_power(reduced(x, shifted - ROUNDER), shifted);
}

/* e^x */
FUNCTION float exponential(float x) { return bounded_exp(at_most(at_least(x, -104.0f), 89.0f)); }

/* e^-|x| */
FUNCTION float exp_of_minus_abs(float x) { return bounded_exp(at_least(-ABSOLUTE(x), -104.0f)); }

/* e^x - 1 for |x| <= 87 */
FUNCTION float exp_minus_one(float x) {
  float shifted = FMA(x, LOG2_E, ROUNDER);
  float p = expm1_polynomial(reduced(x, shifted - ROUNDER));
  float power = power_of_two(BITS_OF_FLOAT(shifted));
  return FMA(power, p, power - 1.0f);
}

/* tanh x = t / (t + 2) with t = e^2x - 1 */
FUNCTION float hyperbolic_tangent(float x) {
  float t = exp_minus_one(at_most(2.0f * ABSOLUTE(x), 20.0f));
  return COPY_SIGN(t / (t + 2.0f), x);
}

/* 1 / (1 + e^-x), from the exponential that does not overflow */
FUNCTION float sigmoid(float x) {
  float e = exp_of_minus_abs(x);
  return (x < 0.0f ? e : 1.0f) / (1.0f + e);
}

/* log(1 + x) for 0 <= x <= 1: 2 artanh(w / 2) with w = x / (1 + x / 2) */
FUNCTION float log_one_plus(float x) {
  float w = x / FMA(0.5f, x, 1.0f);
  float square = w * w;
  float p = FMA(0x1.1f015ep-11f, square, 0x1.1eb466p-9f);
  p = FMA(p, square, 0x1.99d294p-7f);
  p = FMA(p, square, 0x1.5555p-4f);
  return FMA(square * w, p, w);
}

/* e^(-u^2 / 2) for 0 <= u <= 15; u^2 is never rounded, since the exponential would magnify that. */
FUNCTION float gaussian(float u) {
  float factor = -0.5f * u;
  float shifted = FMA(factor * u, LOG2_E, ROUNDER);
  float n = shifted - ROUNDER;
  float r = FMA(factor, u, n * -LN2_HIGH);
  return scaled_power(FMA(n, -LN2_LOW, r), shifted);
}

/*
 * e^(u^2 / 2) Phi(-u) for 0 <= u <= 15, Phi being the normal distribution function.
 * Source of the change of variable: Shepherd and Laframboise, 1981.
 */
FUNCTION float scaled_normal_tail(float u) {
  float t = 1.0f / FMA(1.0f / 3.5f, u, 1.0f);
  float s = FMA(-2.0f, t, 1.0f);
  float p = FMA(0x1.048266p-15f, s, 0x1.f54e60p-14f);
  p = FMA(p, s, -0x1.289ee8p-13f);
  p = FMA(p, s, -0x1.db475cp-11f);
  p = FMA(p, s, 0x1.e65e78p-10f);
  p = FMA(p, s, 0x1.45eaa2p-8f);
  p = FMA(p, s, -0x1.0fa178p-5f);
  p = FMA(p, s, 0x1.712332p-4f);
  p = FMA(p, s, -0x1.4aef36p-3f);
  p = FMA(p, s, 0x1.b396fap-3f);
  return t * p;
}

/* (Phi(u) - 1/2) / u for |u| <= 1 */
FUNCTION float normal_center(float u) {
  float square = u * u;
  float p = FMA(-0x1.00d526p-17f, square, 0x1.dbff10p-14f);
  p = FMA(p, square, -0x1.36fd42p-10f);
  p = FMA(p, square, 0x1.46ce4cp-7f);
  p = FMA(p, square, -0x1.105832p-4f);
  return FMA(p, square, 0x1.988454p-2f);
}

#endif
