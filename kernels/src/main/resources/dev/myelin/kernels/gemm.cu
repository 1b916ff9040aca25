/*
 * out = op(a) op(b), or added to out, with an epilogue; or slices of it along k. CUDA only.
 *
 * Layout: op(a) is [m, k], op(b) [k, n], out [m, n], row-major and dense. TRANSPOSE_A: a is stored [k, m];
 * TRANSPOSE_B: b is stored [n, k].
 * Work: a group makes a tile of TILE_M x TILE_N of out from slabs of TILE_K, which lie in shared memory with k as the
 * slow index. A warp of LANES_M x LANES_N lanes makes WARP_M x WARP_N of the tile; a lane keeps ITEM_M x ITEM_N sums in
 * registers, as blocks of 4 x 4 so that it reads four neighbours of shared memory at a time. There are two slabs of
 * each operand: while one is multiplied, the next is on its way from global memory into registers and then into the
 * other, so that one barrier per slab is enough. Groups are numbered in bands of BAND rows of tiles, so that those
 * running at one time read few different slabs.
 * Slices: group (x, y) adds the k of [y slice, (y + 1) slice) only, into out + y m n; gemmCombine adds the slices up in
 * their order. For products with fewer tiles than the device has multiprocessors.
 * Order: sums run over a slice from front to back in one lane, so they do not depend on the tile's size.
 * Row sums, for TRANSPOSE_A alone: the first group of each row of tiles has all of its a in shared memory anyway. One lane
 * a row adds it up from front to back of its slice, for y[blockIdx.y m + i]. Not in large tiles, which have no register
 * left for it, and products so large that a launch of its own costs nothing beside them.
 * Source: Volkov and Demmel, "Benchmarking GPUs to Tune Dense Linear Algebra", 2008; warp tiles as in NVIDIA's CUTLASS
 * ("Efficient GEMM in CUDA").
 */
#include "gemm-epilogue.h"
#include "gemm-quads.h"

#ifndef TILE_M
#define TILE_M 128
#define TILE_N 128
#define TILE_K 8
#define WARP_M 32
#define WARP_N 64
#define TRANSPOSE_A 0
#define TRANSPOSE_B 0
#endif

#define LANES_M 4
#define LANES_N 8
#define ITEM_M (WARP_M / LANES_M)
#define ITEM_N (WARP_N / LANES_N)
#define WARPS_N (TILE_N / WARP_N)
#define LANES (TILE_M / WARP_M * WARPS_N * 32)
/* Four more columns put the rows of a slab on other banks, and leave them aligned to quads. */
#define PITCH_M (TILE_M + 4)
#define PITCH_N (TILE_N + 4)
#define HAS_ROW_SUMS (TRANSPOSE_A && !TRANSPOSE_B && TILE_M < 128)

/*
 * One operand's way into shared memory. WIDTH is the tile's length along the index that the product keeps (outer),
 * DEPTH_FIRST says that neighbours in memory are neighbours along k.
 */
template <int WIDTH, int PITCH, bool DEPTH_FIRST>
struct Slab {
  static constexpr int LOADS = WIDTH * TILE_K / 4 / LANES;
  static_assert(LOADS * LANES * 4 == WIDTH * TILE_K, "every lane loads as many quads as any other");
  float4 next[LOADS];

  /*
   * Which quad load number l of a lane is. Along k, two neighbouring lanes read 32 bytes of one row, and sixteen rows
   * make a warp: whole sectors of global memory, and each its own bank when they are written as columns.
   */
  static __device__ int outer_of(int l) {
    int e = threadIdx.x + l * LANES;
    return DEPTH_FIRST ? e / 2 % WIDTH : e % (WIDTH / 4) * 4;
  }
  static __device__ int depth_of(int l) {
    int e = threadIdx.x + l * LANES;
    return DEPTH_FIRST ? (e / 2 / WIDTH * 2 + e % 2) * 4 : e / (WIDTH / 4);
  }

  /* Reads the slab at depth k0 into registers; zeros outside of [outers, end). */
  __device__ void fetch(const float* operand, INDEX rowLength, int first, int outers, int k0, int end, int isVector) {
#pragma unroll
    for (int l = 0; l < LOADS; l++) {
      int outer = first + outer_of(l);
      int depth = k0 + depth_of(l);
      INDEX at = DEPTH_FIRST ? outer * rowLength + depth : depth * rowLength + outer;
      bool exists = DEPTH_FIRST ? outer < outers : depth < end;
      int there = !exists ? 0 : DEPTH_FIRST ? end - depth : outers - outer;
      next[l] = quad_at(operand + at, there, isVector);
    }
  }

  /* Puts what was fetched where all lanes of the group can read it. */
  __device__ void share(float* slab) const {
#pragma unroll
    for (int l = 0; l < LOADS; l++) {
      float* to = slab + depth_of(l) * PITCH + outer_of(l);
      if (DEPTH_FIRST) {
        to[0] = next[l].x;
        to[PITCH] = next[l].y;
        to[2 * PITCH] = next[l].z;
        to[3 * PITCH] = next[l].w;
      } else {
        *(float4*)to = next[l];
      }
    }
  }
};

/* Adds the product of two slabs to a lane's sums. */
FUNCTION void add_slab(const float* aSlab, const float* bSlab, float (&sums)[ITEM_M][ITEM_N]) {
#pragma unroll
  for (int p = 0; p < TILE_K; p++) {
    float a[ITEM_M];
    float b[ITEM_N];
#pragma unroll
    for (int i = 0; i < ITEM_M; i += 4) {
      *(float4*)(a + i) = *(const float4*)(aSlab + p * PITCH_M + i * LANES_M);
    }
#pragma unroll
    for (int j = 0; j < ITEM_N; j += 4) {
      *(float4*)(b + j) = *(const float4*)(bSlab + p * PITCH_N + j * LANES_N);
    }
#pragma unroll
    for (int i = 0; i < ITEM_M; i++) {
#pragma unroll
      for (int j = 0; j < ITEM_N; j++) sums[i][j] = FMA(a[i], b[j], sums[i][j]);
    }
  }
}

/* Adds to a sum what a slab has of one row of op(a). */
FUNCTION float with_row(float sum, const float* aSlab, int row) {
#pragma unroll
  for (int p = 0; p < TILE_K; p++) sum += aSlab[p * PITCH_M + row];
  return sum;
}

/* The place of sum number i of a lane within its warp's rows or columns. */
#define PLACE(lane, i, LANES_ALONG) ((i) / 4 * (LANES_ALONG) * 4 + (lane) * 4 + (i) % 4)

/* Writes four neighbours of a row, `there` of which exist, or adds them to what is there. */
FUNCTION void put_quad(float* to, const float* sums, int there, int accumulate, int isVector) {
  if (isVector) {
    if (there <= 0) return;
    float4 quad = make_float4(sums[0], sums[1], sums[2], sums[3]);
    if (accumulate) {
      float4 before = *(const float4*)to;
      quad = make_float4(before.x + quad.x, before.y + quad.y, before.z + quad.z, before.w + quad.w);
    }
    *(float4*)to = quad;
  } else {
#pragma unroll
    for (int j = 0; j < 4; j++) {
      if (j < there) to[j] = accumulate ? to[j] + sums[j] : sums[j];
    }
  }
}

/* isVector: bit 0 for a, 1 for b, 2 for out: rows and the start are aligned to 16 bytes. */
extern "C" __global__ void __launch_bounds__(LANES, 512 / LANES) gemm(int m, int n, int k, int slice, int isVector,
    const float* aBuffer, INDEX aStart, const float* bBuffer, INDEX bStart, int accumulate, float* outBuffer,
    INDEX outStart, EPILOGUE_PARAMETERS) {
  __shared__ __align__(16) float aSlabs[2][TILE_K * PITCH_M];
  __shared__ __align__(16) float bSlabs[2][TILE_K * PITCH_N];
  const float* a = aBuffer + aStart;
  const float* b = bBuffer + bStart;
  int2 tile = tile_of_group((m + TILE_M - 1) / TILE_M, (n + TILE_N - 1) / TILE_N);
  int firstRow = tile.x * TILE_M;
  int firstColumn = tile.y * TILE_N;
  int k0 = blockIdx.y * slice;
  int end = min(k, k0 + slice);

  int warp = threadIdx.x / 32;
  int lane = threadIdx.x % 32;
  int row = warp / WARPS_N * WARP_M + lane / LANES_N * 4;
  int column = warp % WARPS_N * WARP_N + lane % LANES_N * 4;
  float sums[ITEM_M][ITEM_N] = {};
  bool sumsRow = HAS_ROW_SUMS && epilogue == ROW_SUMS && firstColumn == 0 && threadIdx.x < TILE_M;
  float rowSum = 0.0f;

  Slab<TILE_M, PITCH_M, !TRANSPOSE_A> aSlab;
  Slab<TILE_N, PITCH_N, TRANSPOSE_B> bSlab;
  INDEX aRowLength = TRANSPOSE_A ? m : k;
  INDEX bRowLength = TRANSPOSE_B ? k : n;
  aSlab.fetch(a, aRowLength, firstRow, m, k0, end, isVector & 1);
  bSlab.fetch(b, bRowLength, firstColumn, n, k0, end, isVector & 2);
  aSlab.share(aSlabs[0]);
  bSlab.share(bSlabs[0]);
  BARRIER();
  for (int current = 0; k0 < end; current ^= 1) {
    k0 += TILE_K;
    if (k0 < end) {
      aSlab.fetch(a, aRowLength, firstRow, m, k0, end, isVector & 1);
      bSlab.fetch(b, bRowLength, firstColumn, n, k0, end, isVector & 2);
    }
    add_slab(aSlabs[current] + row, bSlabs[current] + column, sums);
    if (sumsRow) rowSum = with_row(rowSum, aSlabs[current], threadIdx.x);
    if (k0 < end) {
      aSlab.share(aSlabs[current ^ 1]);
      bSlab.share(bSlabs[current ^ 1]);
    }
    BARRIER();
  }

  int summed = firstRow + threadIdx.x;
  if (sumsRow && summed < m) {
    float* to = y + yStart + (INDEX)blockIdx.y * m + summed;
    *to = accumulate ? *to + rowSum : rowSum;
  }
  float* out = outBuffer + outStart + (INDEX)blockIdx.y * m * n;
  row += firstRow;
  column += firstColumn;
#pragma unroll
  for (int i = 0; i < ITEM_M; i++) {
    int r = row + PLACE(0, i, LANES_M);
    if (r >= m) continue;
#pragma unroll
    for (int j = 0; j < ITEM_N; j += 4) {
      int c = column + PLACE(0, j, LANES_N);
      put_quad(out + (INDEX)r * n + c, sums[i] + j, n - c, accumulate, isVector & 4);
    }
  }
  if (epilogue == NO_EPILOGUE || epilogue == ROW_SUMS) return;
#pragma unroll 1
  for (int e = 0; e < ITEM_M * ITEM_N; e++) {
    int r = row + PLACE(0, e / ITEM_N, LANES_M);
    int c = column + PLACE(0, e % ITEM_N, LANES_N);
    if (r < m && c < n) finish_row(EPILOGUE_ARGUMENTS, out, r, n, c, c + 1, 1);
  }
}
