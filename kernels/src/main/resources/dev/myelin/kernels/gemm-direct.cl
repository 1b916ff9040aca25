/*
 * out = op(a) op(b), or added to out, with an epilogue, without packing: for products that are so
 * small that launching the copies would take longer than the product. OpenCL C only.
 *
 * Layout: op(a) is [m, k], op(b) [k, n], out [m, n], row-major; any strides of the operands.
 * Work: an item takes up to COLUMNS neighbours of a row of out. No local memory, no barriers.
 * Order: an element is one chain of fused multiply-adds over k from front to back, as in
 * gemm-packed.cl, so that both give the same bits.
 * Source: the formula.
 */
#include "gemm-epilogue.h"

#define COLUMNS 8

KERNEL gemmDirect(int m, int n, int k, GLOBAL const float* a, INDEX aStart, INDEX aOuterStride,
    INDEX aDepthStride, GLOBAL const float* b, INDEX bStart, INDEX bOuterStride,
    INDEX bDepthStride, int add, GLOBAL float* out, INDEX outStart, EPILOGUE_PARAMETERS) {
  int first = (int)ITEM_X * COLUMNS;
  int row = (int)ITEM_Y;
  int columns = min(COLUMNS, n - first);
  GLOBAL float* target = out + outStart + (INDEX)row * n + first;
  float sums[COLUMNS];
  for (int j = 0; j < COLUMNS; j++) sums[j] = add && j < columns ? target[j] : 0.0f;
  GLOBAL const float* left = a + aStart + row * aOuterStride;
  GLOBAL const float* right = b + bStart + first * bOuterStride;
  if (columns == COLUMNS) {
    for (int p = 0; p < k; p++) {
      float factor = left[p * aDepthStride];
      for (int j = 0; j < COLUMNS; j++) {
        sums[j] = FMA(factor, right[p * bDepthStride + j * bOuterStride], sums[j]);
      }
    }
  } else {
    for (int p = 0; p < k; p++) {
      float factor = left[p * aDepthStride];
      for (int j = 0; j < columns; j++) {
        sums[j] = FMA(factor, right[p * bDepthStride + j * bOuterStride], sums[j]);
      }
    }
  }
  for (int j = 0; j < columns; j++) target[j] = sums[j];
  if (epilogue != NO_EPILOGUE) {
    finish_row(EPILOGUE_ARGUMENTS, out + outStart, row, n, first, first + columns, 1);
  }
}
