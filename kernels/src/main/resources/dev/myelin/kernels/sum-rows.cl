/*
 * out[j] = sum over i of matrix[i, j], or added to out[j].
 *
 * Layout: matrix [rows, columns], row-major.
 * Work: a group takes LANES_X neighbouring columns; lane (x, y) adds rows y, y + LANES_Y, ... of
 * column x, then the lanes of a column are added as a tree. The host chooses LANES_Y = 1 where lanes
 * are not parallel hardware.
 * Source: the formula.
 */
#include "portable.h"

KERNEL sumRows(int rows, int columns, GLOBAL const float* matrix, INDEX matrixStart,
    int accumulate, GLOBAL float* out, INDEX outStart) {
  SHARED float scratch[MAX_LANES];
  INDEX column = ITEM_X;
  int lane = LANE_Y * LANES_X + LANE_X;
  float mine = 0.0f;
  if (column < columns) {
    for (INDEX row = LANE_Y; row < rows; row += LANES_Y) {
      mine += matrix[matrixStart + row * columns + column];
    }
  }
  scratch[lane] = mine;
  BARRIER();
  for (int half_lanes = LANES_Y / 2; half_lanes > 0; half_lanes /= 2) {
    if (LANE_Y < half_lanes) scratch[lane] += scratch[lane + half_lanes * LANES_X];
    BARRIER();
  }
  if (LANE_Y == 0 && column < columns) {
    INDEX at = outStart + column;
    out[at] = accumulate ? out[at] + scratch[lane] : scratch[lane];
  }
}
