/*
 * softmax: out[i, j] = e^(z[i, j] - max) / sum over j of e^(z[i, j] - max).
 * softmaxCrossEntropy, with q = (1 - smoothing) oneHot(label) + smoothing / classes:
 *   rowLosses[i] = log(sum) - sum over j of q[j] (z[i, j] - max)
 *   gradient[i, j] = gradientScale (softmax[i, j] - q[j])
 *
 * Layout: [rows, columns], row-major.
 * Work: a group per row. Lane t takes the columns t, t + LANES, ..., in every pass the same ones, so
 * that in place is allowed and passes need no barrier but the reductions' own.
 * Source: the formulas; log(sum) is kept apart from the largest logit, because their sum would round
 * the loss of a confident row away.
 */
#include "lanes.h"
#include "elementary.h"

FUNCTION float largest_of_row(SHARED_POINTER float* scratch, GLOBAL const float* row, int columns) {
  float mine = -INFINITY;
  for (int j = LANE_X; j < columns; j += LANES_X) mine = row[j] > mine ? row[j] : mine;
  return max_of_lanes(scratch, mine);
}

/* powers[j] = e^(row[j] - largest); returns their sum */
FUNCTION float powers_of_row(SHARED_POINTER float* scratch, GLOBAL const float* row, int columns,
    float largest, GLOBAL float* powers) {
  float mine = 0.0f;
  for (int j = LANE_X; j < columns; j += LANES_X) {
    float power = exponential(row[j] - largest);
    powers[j] = power;
    mine += power;
  }
  return sum_of_lanes(scratch, mine);
}

KERNEL softmax(int columns, GLOBAL const float* logits, INDEX logitsStart, GLOBAL float* out,
    INDEX outStart) {
  SHARED float scratch[MAX_LANES];
  GLOBAL const float* from = logits + logitsStart + GROUP_X * columns;
  GLOBAL float* to = out + outStart + GROUP_X * columns;
  float largest = largest_of_row(scratch, from, columns);
  float sum = powers_of_row(scratch, from, columns, largest, to);
  for (int j = LANE_X; j < columns; j += LANES_X) to[j] = to[j] / sum;
}

KERNEL softmaxCrossEntropy(int columns, GLOBAL const float* logits, INDEX logitsStart,
    GLOBAL const int* labels, INDEX labelsStart, float smoothing, float gradientScale,
    GLOBAL float* rowLosses, INDEX rowLossesStart, GLOBAL float* gradient, INDEX gradientStart) {
  SHARED float scratch[MAX_LANES];
  GLOBAL const float* from = logits + logitsStart + GROUP_X * columns;
  GLOBAL float* to = gradient + gradientStart + GROUP_X * columns;
  int label = labels[labelsStart + GROUP_X];
  float hot = 1.0f - smoothing;
  float cold = smoothing / (float)columns;
  float largest = largest_of_row(scratch, from, columns);
  float sum = powers_of_row(scratch, from, columns, largest, to);
  float expected = 0.0f; /* this lane's part of sum over j of q[j] (z[j] - max) */
  for (int j = LANE_X; j < columns; j += LANES_X) {
    float shifted = from[j] - largest;
    float target = cold + (j == label ? hot : 0.0f);
    /* A target of zero does not see an infinite logit. */
    if (target != 0.0f) expected = FMA(target, shifted, expected);
    to[j] = gradientScale * (to[j] / sum - target);
  }
  expected = sum_of_lanes(scratch, expected);
  if (LANE_X == 0) rowLosses[rowLossesStart + GROUP_X] = LOGARITHM(sum) - expected;
}
