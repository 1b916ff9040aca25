/*
 * out[i] = a[i] op b[i], and the like; addBias: out[i, j] = matrix[i, j] + bias[j].
 *
 * Layout: dense tensors of any shape, read as one row; a matrix is [rows, columns], row-major.
 * Work: one element per item, so that neighbours read neighbours; addBias in two dimensions, columns
 * first, which saves a division per element.
 * Source: the formulas.
 */
#include "portable.h"

KERNEL fill(INDEX count, float value, GLOBAL float* out, INDEX outStart) {
  INDEX i = ITEM_X;
  if (INSIDE(i, count)) out[outStart + i] = value;
}

/* Copies 32-bit words, so that no bit of a NaN changes. */
KERNEL copyWords(
    INDEX count, GLOBAL const int* in, INDEX inStart, GLOBAL int* out, INDEX outStart) {
  INDEX i = ITEM_X;
  if (INSIDE(i, count)) out[outStart + i] = in[inStart + i];
}

KERNEL add(INDEX count, GLOBAL const float* a, INDEX aStart, GLOBAL const float* b, INDEX bStart,
    GLOBAL float* out, INDEX outStart) {
  INDEX i = ITEM_X;
  if (INSIDE(i, count)) out[outStart + i] = a[aStart + i] + b[bStart + i];
}

/* Unsigned, so that overflow wraps around by definition. */
KERNEL addIntegers(INDEX count, GLOBAL const uint* a, INDEX aStart, GLOBAL const uint* b,
    INDEX bStart, GLOBAL uint* out, INDEX outStart) {
  INDEX i = ITEM_X;
  if (INSIDE(i, count)) out[outStart + i] = a[aStart + i] + b[bStart + i];
}

KERNEL subtract(INDEX count, GLOBAL const float* a, INDEX aStart, GLOBAL const float* b,
    INDEX bStart, GLOBAL float* out, INDEX outStart) {
  INDEX i = ITEM_X;
  if (INSIDE(i, count)) out[outStart + i] = a[aStart + i] - b[bStart + i];
}

KERNEL multiply(INDEX count, GLOBAL const float* a, INDEX aStart, GLOBAL const float* b,
    INDEX bStart, GLOBAL float* out, INDEX outStart) {
  INDEX i = ITEM_X;
  if (INSIDE(i, count)) out[outStart + i] = a[aStart + i] * b[bStart + i];
}

KERNEL scale(INDEX count, GLOBAL const float* in, INDEX inStart, float factor, GLOBAL float* out,
    INDEX outStart) {
  INDEX i = ITEM_X;
  if (INSIDE(i, count)) out[outStart + i] = factor * in[inStart + i];
}

KERNEL addBias(int rows, int columns, GLOBAL const float* matrix, INDEX matrixStart,
    GLOBAL const float* bias, INDEX biasStart, GLOBAL float* out, INDEX outStart) {
  INDEX column = ITEM_X;
  INDEX row = ITEM_Y;
  if (INSIDE(column, columns) && row < rows) {
    INDEX i = row * columns + column;
    out[outStart + i] = matrix[matrixStart + i] + bias[biasStart + column];
  }
}
