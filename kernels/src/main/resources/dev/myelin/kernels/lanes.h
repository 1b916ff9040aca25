/*
 * Reductions over the lanes of a group: a tree in local memory, in an order that depends on the
 * number of lanes alone. The number is a power of two, at most MAX_LANES; all lanes take part, and
 * all get the result.
 *
 * Source: Harris, "Optimizing Parallel Reduction in CUDA", 2007, the version without divergence.
 */
#ifndef MYELIN_LANES_H
#define MYELIN_LANES_H
#include "portable.h"

FUNCTION float sum_of_lanes(SHARED_POINTER float* scratch, float mine) {
  scratch[LANE_X] = mine;
  BARRIER();
  for (int half_lanes = LANES_X / 2; half_lanes > 0; half_lanes /= 2) {
    if (LANE_X < half_lanes) scratch[LANE_X] += scratch[LANE_X + half_lanes];
    BARRIER();
  }
  float total = scratch[0];
  BARRIER(); /* The scratch is written again only when all have read it. */
  return total;
}

/* The largest; NaN is passed over. */
FUNCTION float max_of_lanes(SHARED_POINTER float* scratch, float mine) {
  scratch[LANE_X] = mine;
  BARRIER();
  for (int half_lanes = LANES_X / 2; half_lanes > 0; half_lanes /= 2) {
    if (LANE_X < half_lanes) {
      float other = scratch[LANE_X + half_lanes];
      if (other > scratch[LANE_X]) scratch[LANE_X] = other;
    }
    BARRIER();
  }
  float largest = scratch[0];
  BARRIER();
  return largest;
}

FUNCTION int integer_sum_of_lanes(SHARED_POINTER int* scratch, int mine) {
  scratch[LANE_X] = mine;
  BARRIER();
  for (int half_lanes = LANES_X / 2; half_lanes > 0; half_lanes /= 2) {
    if (LANE_X < half_lanes) scratch[LANE_X] += scratch[LANE_X + half_lanes];
    BARRIER();
  }
  int total = scratch[0];
  BARRIER();
  return total;
}

#endif
