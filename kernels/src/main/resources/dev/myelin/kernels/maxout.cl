/*
 * maxout: y[i, j] = the largest of z[i, q columns + j] for q in [0, pieces); NaN is larger than any
 * number.
 * maxoutGradient: dZ[i, q columns + j] = dY[i, j] for that q, the first of equals, and 0 for others.
 *
 * Layout: z and dZ [rows, pieces columns], y and dY [rows, columns], row-major: neighbouring items
 * read neighbouring words of every piece.
 * Work: one element of y or dY per item.
 * Source: Goodfellow et al., "Maxout Networks", 2013.
 */
#include "portable.h"

/* Whether a later piece is to be taken instead of the best one so far. */
FUNCTION int is_larger(float piece, float best) {
  return piece > best || (piece != piece && best == best);
}

KERNEL maxout(int rows, int columns, int pieces, GLOBAL const float* z, INDEX zStart,
    GLOBAL float* y, INDEX yStart) {
  INDEX column = ITEM_X;
  INDEX row = ITEM_Y;
  if (INSIDE(column, columns) && row < rows) {
    INDEX first = zStart + row * pieces * columns + column;
    float best = z[first];
    for (int q = 1; q < pieces; q++) {
      float piece = z[first + (INDEX)q * columns];
      if (is_larger(piece, best)) best = piece;
    }
    y[yStart + row * columns + column] = best;
  }
}

KERNEL maxoutGradient(int rows, int columns, int pieces, GLOBAL const float* z, INDEX zStart,
    GLOBAL const float* dY, INDEX dYStart, GLOBAL float* dZ, INDEX dZStart) {
  INDEX column = ITEM_X;
  INDEX row = ITEM_Y;
  if (INSIDE(column, columns) && row < rows) {
    INDEX first = row * pieces * columns + column;
    float best = z[zStart + first];
    int taken = 0;
    for (int q = 1; q < pieces; q++) {
      float piece = z[zStart + first + (INDEX)q * columns];
      if (is_larger(piece, best)) {
        best = piece;
        taken = q;
      }
    }
    float gradient = dY[dYStart + row * columns + column];
    for (int q = 0; q < pieces; q++) {
      dZ[dZStart + first + (INDEX)q * columns] = q == taken ? gradient : 0.0f;
    }
  }
}
