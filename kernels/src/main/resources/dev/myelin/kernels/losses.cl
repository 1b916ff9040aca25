/*
 * rowLosses[i] = sum over j of l(prediction[i, j], target[i, j]); gradient = gradientScale dl/dp,
 * with the losses of dev.myelin.ElementLoss.
 *
 * Layout: [rows, columns], row-major.
 * Work: a group per row; lane t takes the columns t, t + LANES, ...; then a tree over the lanes.
 * Source: the formulas, in the CPU backend's steps.
 */
#include "lanes.h"
#include "elementary.h"

/* The codes that the host passes for a loss. */
#define SQUARED_ERROR 0
#define ABSOLUTE_ERROR 1
#define HUBER 2
#define BINARY_CROSS_ENTROPY 3

/* The loss of one element; its derivative goes to slope[0]. */
FUNCTION float element_loss(int loss, float delta, float p, float t, float* slope) {
  float error = p - t;
  if (loss == SQUARED_ERROR) {
    slope[0] = 2.0f * error;
    return error * error;
  }
  if (loss == ABSOLUTE_ERROR) {
    slope[0] = error > 0.0f ? 1.0f : error < 0.0f ? -1.0f : error;
    return ABSOLUTE(error);
  }
  if (loss == HUBER) {
    float clamped = at_most(at_least(error, -delta), delta);
    slope[0] = clamped;
    /* e^2 / 2 and delta (|e| - delta / 2) are both this. */
    return clamped * FMA(-0.5f, clamped, error);
  }
  float e = exp_of_minus_abs(p);
  /* sigmoid(p) - t without cancellation where the prediction is right. */
  float wrong = e / (1.0f + e);
  slope[0] = p < 0.0f ? wrong - t : (1.0f - t) - wrong;
  return FMA(-p, t, at_least(p, 0.0f)) + log_one_plus(e);
}

KERNEL elementLoss(int columns, int loss, float delta, GLOBAL const float* prediction,
    INDEX predictionStart, GLOBAL const float* target, INDEX targetStart, float gradientScale,
    GLOBAL float* rowLosses, INDEX rowLossesStart, GLOBAL float* gradient, INDEX gradientStart) {
  SHARED float scratch[MAX_LANES];
  INDEX row = GROUP_X * columns;
  float mine = 0.0f;
  for (int j = LANE_X; j < columns; j += LANES_X) {
    float slope;
    float p = prediction[predictionStart + row + j];
    mine += element_loss(loss, delta, p, target[targetStart + row + j], &slope);
    gradient[gradientStart + row + j] = gradientScale * slope;
  }
  float total = sum_of_lanes(scratch, mine);
  if (LANE_X == 0) rowLosses[rowLossesStart + GROUP_X] = total;
}
