/*
 * out = sum of slices, or added to out, with an epilogue: the second half of a matrix product that was cut along k.
 *
 * Layout: slices [count, m, n], dense, and behind them row sums [count, m] where they are asked for; out [m, n].
 * Work: one element per item, columns first; its slices from first to last.
 * Source: the definition; the order of the sum is what makes results repeatable.
 */
#include "gemm-epilogue.h"

KERNEL gemmCombine(int rows, int columns, int count, GLOBAL const float* slices, int accumulate,
    GLOBAL float* outBuffer, INDEX outStart, EPILOGUE_PARAMETERS) {
  int column = (int)ITEM_X;
  INDEX row = ITEM_Y;
  if (column >= columns || row >= rows) return;
  INDEX i = row * columns + column;
  INDEX sliceLength = (INDEX)rows * columns;
  float sum = slices[i];
  for (int slice = 1; slice < count; slice++) sum += slices[slice * sliceLength + i];
  GLOBAL float* out = outBuffer + outStart;
  out[i] = accumulate ? out[i] + sum : sum;
  if (epilogue == NO_EPILOGUE) return;
  if (epilogue == ROW_SUMS) {
    if (column > 0) return;
    GLOBAL const float* rowSums = slices + count * sliceLength + row;
    float rowSum = rowSums[0];
    for (int slice = 1; slice < count; slice++) rowSum += rowSums[(INDEX)slice * rows];
    y[yStart + row] = accumulate ? y[yStart + row] + rowSum : rowSum;
    return;
  }
  finish_row(EPILOGUE_ARGUMENTS, out, row, columns, column, column + 1, 1);
}
