/*
 * Sums of all elements: sum, number of equal pairs. Each group leaves one partial result; a second
 * launch of one group adds those up.
 *
 * Layout: dense tensors of any shape, read as one row.
 * Work: item t of T takes the elements t, t + T, t + 2T ...; the lanes of a group are added as a
 * tree (lanes.h). T depends on the length alone, so the order of all additions does.
 * Source: Harris, "Optimizing Parallel Reduction in CUDA", 2007.
 */
#include "lanes.h"

/* out[group] = sum, or added to it */
KERNEL sum(INDEX count, GLOBAL const float* in, INDEX inStart, int accumulate, GLOBAL float* out,
    INDEX outStart) {
  SHARED float scratch[MAX_LANES];
  float mine = 0.0f;
  INDEX items = GROUPS_X * LANES_X;
  for (INDEX i = ITEM_X; i < count; i += items) mine += in[inStart + i];
  float total = sum_of_lanes(scratch, mine);
  if (LANE_X == 0) {
    INDEX at = outStart + GROUP_X;
    out[at] = accumulate ? out[at] + total : total;
  }
}

KERNEL sumIntegers(INDEX count, GLOBAL const int* in, int accumulate, GLOBAL int* out,
    INDEX outStart) {
  SHARED int scratch[MAX_LANES];
  int mine = 0;
  INDEX items = GROUPS_X * LANES_X;
  for (INDEX i = ITEM_X; i < count; i += items) mine += in[i];
  int total = integer_sum_of_lanes(scratch, mine);
  if (LANE_X == 0) {
    INDEX at = outStart + GROUP_X;
    out[at] = accumulate ? out[at] + total : total;
  }
}

KERNEL countEqual(INDEX count, GLOBAL const int* a, INDEX aStart, GLOBAL const int* b,
    INDEX bStart, GLOBAL int* partials) {
  SHARED int scratch[MAX_LANES];
  int mine = 0;
  INDEX items = GROUPS_X * LANES_X;
  for (INDEX i = ITEM_X; i < count; i += items) mine += a[aStart + i] == b[bStart + i] ? 1 : 0;
  int total = integer_sum_of_lanes(scratch, mine);
  if (LANE_X == 0) partials[GROUP_X] = total;
}
