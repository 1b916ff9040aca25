/*
 * out = op(a) op(b), or added to out, with an epilogue: for GPUs. OpenCL C only.
 *
 * Layout: op(a) is [m, k], op(b) [k, n], out [m, n], row-major. Each operand comes with two strides:
 * one along the index that the product keeps (outer), one along k (depth); one of them is 1, and
 * that says in which order a tile is read so that neighbouring lanes read neighbours.
 * Work: a group makes a tile of TILE_M x TILE_N of out from slices of TILE_K that it copies to local
 * memory; each of its lanes keeps ITEM_M x ITEM_N sums in registers. While a slice is multiplied, the
 * next one is already on its way from global memory into registers.
 * Order: sums run over k from front to back in one lane, so they do not depend on the tile sizes.
 * Source: Volkov and Demmel, "Benchmarking GPUs to Tune Dense Linear Algebra", 2008.
 */
#include "gemm-epilogue.h"

#ifndef TILE_M
#define TILE_M 128
#define TILE_N 128
#define TILE_K 16
/* Multiples of 4: a lane reads four neighbours of local memory at a time. */
#define ITEM_M 8
#define ITEM_N 8
#endif

#define LANES_M (TILE_M / ITEM_M)
#define LANES_N (TILE_N / ITEM_N)
#define LANES (LANES_M * LANES_N)
#define LOADS_A (TILE_M * TILE_K / LANES)
#define LOADS_B (TILE_N * TILE_K / LANES)
/* Four more columns put the rows of a slice on different banks, and leave them aligned. */
#define PITCH_M (TILE_M + 4)
#define PITCH_N (TILE_N + 4)

/* Where in a slice of WIDTH x TILE_K element e lies: its outer index, and its index along k. */
#define OUTER_OF(e, depthIsContiguous, WIDTH) ((depthIsContiguous) ? (e) / TILE_K : (e) % (WIDTH))
#define DEPTH_OF(e, depthIsContiguous, WIDTH) ((depthIsContiguous) ? (e) % TILE_K : (e) / (WIDTH))

/* The row or column of the tile that sum number i of a lane belongs to. */
#define PLACE(lane, i, LANES_ALONG) (((i) / 4) * (LANES_ALONG)*4 + (lane)*4 + (i) % 4)

/* Reads slice k0 of an operand into registers; zeros outside. */
#define FETCH(next, LOADS, WIDTH, from, outerStride, depthStride, first, outer)                \
  for (int l = 0; l < LOADS; l++) {                                                            \
    int e = lane + l * LANES;                                                                  \
    int o = OUTER_OF(e, depthStride == 1, WIDTH);                                              \
    int p = k0 + DEPTH_OF(e, depthStride == 1, WIDTH);                                         \
    next[l] = first + o < outer && p < k ? from[o * outerStride + p * depthStride] : 0.0f;     \
  }

/* Puts what was fetched where all lanes of the group can read it. */
#define SHARE(slice, PITCH, next, LOADS, WIDTH, depthStride)                                   \
  for (int l = 0; l < LOADS; l++) {                                                            \
    int e = lane + l * LANES;                                                                  \
    slice[DEPTH_OF(e, depthStride == 1, WIDTH) * PITCH + OUTER_OF(e, depthStride == 1, WIDTH)] \
        = next[l];                                                                             \
  }

__attribute__((reqd_work_group_size(LANES, 1, 1)))
KERNEL gemmTiled(int m, int n, int k, GLOBAL const float* aBuffer, INDEX aStart, INDEX aOuterStride,
    INDEX aDepthStride, GLOBAL const float* bBuffer, INDEX bStart, INDEX bOuterStride,
    INDEX bDepthStride, int add, GLOBAL float* outBuffer, INDEX outStart, EPILOGUE_PARAMETERS) {
  SHARED float aSlice[TILE_K * PITCH_M];
  SHARED float bSlice[TILE_K * PITCH_N];
  int lane = LANE_X;
  int laneM = lane / LANES_N;
  int laneN = lane % LANES_N;
  int firstRow = (int)get_group_id(1) * TILE_M;
  int firstColumn = (int)get_group_id(0) * TILE_N;
  GLOBAL const float* a = aBuffer + aStart + firstRow * aOuterStride;
  GLOBAL const float* b = bBuffer + bStart + firstColumn * bOuterStride;
  float aNext[LOADS_A];
  float bNext[LOADS_B];
  float sums[ITEM_M][ITEM_N];
  for (int i = 0; i < ITEM_M; i++) {
    for (int j = 0; j < ITEM_N; j++) sums[i][j] = 0.0f;
  }

  int k0 = 0;
  FETCH(aNext, LOADS_A, TILE_M, a, aOuterStride, aDepthStride, firstRow, m)
  FETCH(bNext, LOADS_B, TILE_N, b, bOuterStride, bDepthStride, firstColumn, n)
  for (; k0 < k;) {
    SHARE(aSlice, PITCH_M, aNext, LOADS_A, TILE_M, aDepthStride)
    SHARE(bSlice, PITCH_N, bNext, LOADS_B, TILE_N, bDepthStride)
    BARRIER();
    int depth = min(TILE_K, k - k0);
    k0 += TILE_K;
    FETCH(aNext, LOADS_A, TILE_M, a, aOuterStride, aDepthStride, firstRow, m)
    FETCH(bNext, LOADS_B, TILE_N, b, bOuterStride, bDepthStride, firstColumn, n)
    for (int p = 0; p < depth; p++) {
      float aValues[ITEM_M];
      float bValues[ITEM_N];
      for (int i = 0; i < ITEM_M; i += 4) {
        vstore4(vload4(0, aSlice + p * PITCH_M + PLACE(laneM, i, LANES_M)), 0, aValues + i);
      }
      for (int j = 0; j < ITEM_N; j += 4) {
        vstore4(vload4(0, bSlice + p * PITCH_N + PLACE(laneN, j, LANES_N)), 0, bValues + j);
      }
      for (int i = 0; i < ITEM_M; i++) {
        for (int j = 0; j < ITEM_N; j++) sums[i][j] = FMA(aValues[i], bValues[j], sums[i][j]);
      }
    }
    BARRIER();
  }

  GLOBAL float* out = outBuffer + outStart;
  for (int i = 0; i < ITEM_M; i++) {
    int row = firstRow + PLACE(laneM, i, LANES_M);
    for (int j = 0; j < ITEM_N; j++) {
      int column = firstColumn + PLACE(laneN, j, LANES_N);
      if (row < m && column < n) {
        INDEX at = (INDEX)row * n + column;
        out[at] = add ? out[at] + sums[i][j] : sums[i][j];
      }
    }
  }
  if (epilogue == NO_EPILOGUE) return;
  for (int i = 0; i < ITEM_M; i++) {
    int row = firstRow + PLACE(laneM, i, LANES_M);
    for (int j = 0; j < ITEM_N; j += 4) {
      int column = firstColumn + PLACE(laneN, j, LANES_N);
      if (row < m) {
        finish_row(EPILOGUE_ARGUMENTS, out, row, n, column, min(n, column + 4), 1);
      }
    }
  }
}
