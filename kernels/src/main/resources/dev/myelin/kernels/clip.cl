/*
 * clipByNorm: norm = sqrt(sum of x[i]^2); x[i] *= min(1, maxNorm / (norm + 1e-6)).
 *
 * The squares are taken of x[i] 2^-e, e being the exponent of the largest magnitude: none overflows,
 * those that underflow do not count, and nothing is rounded that would not be otherwise.
 *
 * Layout: dense tensors of any shape, read as one row.
 * Work: four launches: the largest magnitude and the sum of squares, as many partial results as
 * groups each; the factor, by one group; the multiplication. Item t of T takes the elements t, t + T,
 * ...; the lanes of a group are reduced as a tree (lanes.h). T depends on the length alone, so the
 * order of all additions does.
 * Source: PyTorch's clip_grad_norm_; the scaling is that of BLAS' nrm2 (Hammarling), by a power of two.
 */
#include "lanes.h"

/* 2^-e and 2^e of the largest of some magnitudes; both normal numbers. 1 and 1 for infinity. */
FUNCTION void scales(int count, GLOBAL const float* maxima, float* down, float* up) {
  float largest = 0.0f;
  for (int i = 0; i < count; i++) largest = maxima[i] > largest ? maxima[i] : largest;
  int exponent = BITS_OF_FLOAT(largest) >> 23;
  if (exponent == 255) exponent = 127;
  exponent = exponent < 2 ? 2 : exponent > 252 ? 252 : exponent;
  down[0] = FLOAT_OF_BITS((254 - exponent) << 23);
  up[0] = FLOAT_OF_BITS(exponent << 23);
}

/* maxima[group] = the largest |x|; NaN is passed over */
KERNEL largestMagnitude(
    INDEX count, GLOBAL const float* x, INDEX xStart, GLOBAL float* maxima) {
  SHARED float scratch[MAX_LANES];
  float mine = 0.0f;
  INDEX items = GROUPS_X * LANES_X;
  for (INDEX i = ITEM_X; i < count; i += items) {
    float magnitude = ABSOLUTE(x[xStart + i]);
    if (magnitude > mine) mine = magnitude;
  }
  float largest = max_of_lanes(scratch, mine);
  if (LANE_X == 0) maxima[GROUP_X] = largest;
}

/* partials[group] = the sum of (x 2^-e)^2 */
KERNEL sumOfScaledSquares(INDEX count, GLOBAL const float* x, INDEX xStart,
    GLOBAL const float* maxima, GLOBAL float* partials) {
  SHARED float scratch[MAX_LANES];
  float down;
  float up;
  scales((int)GROUPS_X, maxima, &down, &up);
  float mine = 0.0f;
  INDEX items = GROUPS_X * LANES_X;
  for (INDEX i = ITEM_X; i < count; i += items) {
    float scaled = x[xStart + i] * down;
    mine = FMA(scaled, scaled, mine);
  }
  float total = sum_of_lanes(scratch, mine);
  if (LANE_X == 0) partials[GROUP_X] = total;
}

/* norm = 2^e sqrt(sum of partials); factor[0] = min(1, maxNorm / (norm + 1e-6)), NaN for infinity */
KERNEL clippingFactor(int count, GLOBAL const float* maxima, GLOBAL const float* partials,
    float maxNorm, GLOBAL float* norm, INDEX normStart, GLOBAL float* factor) {
  SHARED float scratch[MAX_LANES];
  float mine = 0.0f;
  for (int i = LANE_X; i < count; i += LANES_X) mine += partials[i];
  float total = sum_of_lanes(scratch, mine);
  if (LANE_X == 0) {
    float down;
    float up;
    scales(count, maxima, &down, &up);
    float length = ROOT(total) * up;
    float share = maxNorm / (length + 1e-6f);
    norm[normStart] = length;
    /* length - length is 0 for numbers, and NaN for NaN and infinity. */
    factor[0] = (share > 1.0f ? 1.0f : share) + (length - length);
  }
}

KERNEL scaleByFactor(INDEX count, GLOBAL const float* factor, GLOBAL float* x, INDEX xStart) {
  INDEX i = ITEM_X;
  if (INSIDE(i, count)) x[xStart + i] *= factor[0];
}
