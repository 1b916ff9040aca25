/*
 * out = sum of slices, or added to out, with an epilogue: the second half of a matrix product that was cut along k.
 *
 * Layout: slices [count, m, n], dense; out [m, n].
 * Work: one element per item, its slices from first to last, columns first.
 * Source: the definition; the order of the sum is what makes results repeatable.
 */
#include "gemm-epilogue.h"

KERNEL gemmCombine(INDEX elements, int columns, int count, GLOBAL const float* slices,
    int accumulate, GLOBAL float* outBuffer, INDEX outStart, EPILOGUE_PARAMETERS) {
  INDEX i = ITEM_X;
  if (i >= elements) return;
  float sum = slices[i];
  for (int slice = 1; slice < count; slice++) sum += slices[slice * elements + i];
  GLOBAL float* out = outBuffer + outStart;
  out[i] = accumulate ? out[i] + sum : sum;
  if (epilogue == NO_EPILOGUE) return;
  INDEX row = i / columns;
  int column = (int)(i - row * columns);
  finish_row(EPILOGUE_ARGUMENTS, out, row, columns, column, column + 1, 1);
}
