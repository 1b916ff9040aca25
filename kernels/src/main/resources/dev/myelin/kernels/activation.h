/*
 * The activation functions y = f(z) and their derivatives, as dev.myelin.Activation defines them,
 * in the same steps as the CPU backend's ScalarActivations. Where the written formula would be
 * infinity times zero (GELU, SiLU), the result is the limit. NaN gives NaN.
 */
#ifndef MYELIN_ACTIVATION_H
#define MYELIN_ACTIVATION_H
#include "elementary.h"

/* The codes that the host passes for a function. */
#define IDENTITY 0
#define SIGMOID 1
#define TANH 2
#define RELU 3
#define LEAKY_RELU 4
#define ELU 5
#define GELU 6
#define GELU_TANH 7
#define SILU 8
#define SOFTPLUS 9
#define STEP 10
#define SIGN 11

/* GELU_TANH is z sigmoid(z (LINEAR + CUBIC z^2)): (1 + tanh v) / 2 = sigmoid(2 v). */
#define GELU_TANH_LINEAR 0x1.988454p0f
#define GELU_TANH_CUBIC 0x1.2444f2p-4f
#define GELU_TANH_CUBIC_SLOPE 0x1.b6676cp-3f
/* GELU_TANH is 0 from here on down, and z to the last bit from its opposite on. */
#define GELU_TANH_LOWEST -11.0f
#define SILU_LOWEST -104.0f
/* Phi(-u) and e^(-u^2 / 2) are below half of the smallest float from here on. */
#define NORMAL_HIGHEST 15.0f
/* Below, Phi(-u) = 1/2 - u (Phi(u) - 1/2) / u loses less than the product of tail and power. */
#define NORMAL_CENTER 1.0f
/* 1 / sqrt(2 pi) */
#define NORMAL_PEAK 0x1.988454p-2f

/* z Phi(z) = max(z, 0) - |z| Phi(-|z|), which cancels nowhere below 0 */
FUNCTION float gelu(float z) {
  float u = at_most(ABSOLUTE(z), NORMAL_HIGHEST);
  float tail = u * scaled_normal_tail(u) * gaussian(u);
  float center = u * FMA(-u, normal_center(u), 0.5f);
  return at_least(z, 0.0f) - (u < NORMAL_CENTER ? center : tail);
}

FUNCTION float gelu_tanh_argument(float z) {
  return z * FMA(GELU_TANH_CUBIC * z, z, GELU_TANH_LINEAR);
}

FUNCTION float gelu_tanh(float z) {
  float bounded = at_least(z, GELU_TANH_LOWEST);
  return bounded * sigmoid(gelu_tanh_argument(bounded));
}

FUNCTION float silu(float z) {
  float bounded = at_least(z, SILU_LOWEST);
  return bounded * sigmoid(bounded);
}

/* 1 above 0, below up to 0, and NaN for NaN */
FUNCTION float step_function(float y, float below) {
  return y > 0.0f ? 1.0f : y <= 0.0f ? below : y;
}

/* f(z); the parameter is the slope of leaky ReLU or the alpha of ELU. */
FUNCTION float activation(int function, float parameter, float z) {
  switch (function) {
    case SIGMOID: return sigmoid(z);
    case TANH: return hyperbolic_tangent(z);
    case RELU: return at_least(z, 0.0f);
    case LEAKY_RELU: return z > 0.0f ? z : parameter * z;
    case ELU: return z > 0.0f ? z : parameter * exp_minus_one(at_least(z, -20.0f));
    case GELU: return gelu(z);
    case GELU_TANH: return gelu_tanh(z);
    case SILU: return silu(z);
    case SOFTPLUS: return at_least(z, 0.0f) + log_one_plus(exp_of_minus_abs(z));
    case STEP: return step_function(z, 0.0f);
    case SIGN: return step_function(z, -1.0f);
    default: return z;
  }
}

/* Phi(z) + z phi(z): with d = Phi(-u) - u phi(u) and u = |z| it is d below 0 and 1 - d above. */
FUNCTION float gelu_derivative(float z) {
  float u = at_most(ABSOLUTE(z), NORMAL_HIGHEST);
  float power = gaussian(u);
  float tail = FMA(-NORMAL_PEAK, u, scaled_normal_tail(u)) * power;
  float center = FMA(-u, FMA(NORMAL_PEAK, power, normal_center(u)), 0.5f);
  float d = u < NORMAL_CENTER ? center : tail;
  return z < 0.0f ? d : 1.0f - d;
}

/* sigmoid(v) + factor sigmoid'(v) */
FUNCTION float sigmoid_and_slope(float v, float factor) {
  float e = exp_of_minus_abs(v);
  float inverse = 1.0f / (1.0f + e);
  float small = e * inverse;
  return FMA(factor, small * inverse, v < 0.0f ? small : inverse);
}

FUNCTION float gelu_tanh_derivative(float z) {
  float bounded = at_most(at_least(z, GELU_TANH_LOWEST), -GELU_TANH_LOWEST);
  float slope = FMA(GELU_TANH_CUBIC_SLOPE * bounded, bounded, GELU_TANH_LINEAR);
  return sigmoid_and_slope(gelu_tanh_argument(bounded), bounded * slope);
}

FUNCTION float silu_derivative(float z) {
  float bounded = at_most(at_least(z, SILU_LOWEST), -SILU_LOWEST);
  return sigmoid_and_slope(bounded, bounded);
}

/* f'(z), from z or from y = f(z), whichever Activation.derivativeReads says. */
FUNCTION float activation_derivative(int function, float parameter, float read) {
  switch (function) {
    case SIGMOID: return read * (1.0f - read);
    case TANH: return FMA(-read, read, 1.0f);
    case RELU: return step_function(read, 0.0f);
    case LEAKY_RELU: return step_function(read, parameter);
    case ELU: return read > 0.0f ? 1.0f : read + parameter;
    case GELU: return gelu_derivative(read);
    case GELU_TANH: return gelu_tanh_derivative(read);
    case SILU: return silu_derivative(read);
    case SOFTPLUS: return sigmoid(read);
    case STEP:
    case SIGN: return 0.0f * read; /* 0, and NaN for NaN */
    default: return 1.0f;
  }
}

#endif
