/*
 * out[i] = the column of the largest element of row i, the first of equals; NaN is larger than any
 * number.
 *
 * Layout: matrix [rows, columns], row-major, at least one column.
 * Work: a group per row; lane t takes the columns t, t + LANES, ...; then a tree over the lanes.
 * Source: the definition; the order of comparisons does not matter, since no two columns are alike.
 */
#include "portable.h"

/* Whether value a in column i is to be preferred to value b in column j. */
FUNCTION int is_preferred(float a, int i, float b, int j) {
  if (a != a || b != b) return a != a && (b == b || i < j);
  return a > b || (a == b && i < j);
}

KERNEL argmaxRows(int columns, GLOBAL const float* matrix, INDEX matrixStart, GLOBAL int* out,
    INDEX outStart) {
  SHARED float values[MAX_LANES];
  SHARED int places[MAX_LANES];
  GLOBAL const float* row = matrix + matrixStart + GROUP_X * columns;
  float best = -INFINITY;
  int place = 0x7FFFFFFF;
  for (int j = LANE_X; j < columns; j += LANES_X) {
    if (is_preferred(row[j], j, best, place)) {
      best = row[j];
      place = j;
    }
  }
  values[LANE_X] = best;
  places[LANE_X] = place;
  BARRIER();
  for (int half_lanes = LANES_X / 2; half_lanes > 0; half_lanes /= 2) {
    int other = LANE_X + half_lanes;
    if (LANE_X < half_lanes
        && is_preferred(values[other], places[other], values[LANE_X], places[LANE_X])) {
      values[LANE_X] = values[other];
      places[LANE_X] = places[other];
    }
    BARRIER();
  }
  if (LANE_X == 0) out[outStart + GROUP_X] = places[0];
}
