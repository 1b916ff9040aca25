/*
 * out = op(a) op(b), or added to out, with an epilogue; or slices of it along k. On tensor cores, from packed operands; the
 * sums are f32. CUDA only, compute capability 8.0.
 *
 * Layout: packed as gemm-pack.cu makes it, with as many blocks of 64 rows as tiles of TILE_M and TILE_N need; out [m, n],
 * row-major and dense. ELEMENT_BYTES: 2 for bf16, 4 for tf32.
 * Work: a group makes a tile of TILE_M x TILE_N, a warp WARP_M x WARP_N of it, which it keeps in registers as fragments of
 * 16 x 8. Stages of 128 bytes along k go from global to shared memory without passing through registers; while one is
 * multiplied, STAGES - 1 others are on their way, and one barrier a stage is enough. A stage is four steps of 32 bytes
 * along k: the fragments of the next step are read while those of one are multiplied.
 * Slices: as in gemm.cu, counted in blocks of 128 bytes along k.
 * Order: sums run over a slice from front to back; what a tensor core does within a step is its own affair, and always the
 * same.
 * Source: PTX ISA, "Matrix Fragments for mma.m16n8k8" and "mma.m16n8k16"; multistage pipelines as in NVIDIA's CUTLASS.
 */
#ifndef TILE_M
#define TILE_M 128
#define TILE_N 128
#define WARP_M 64
#define WARP_N 64
#define STAGES 3
#define ELEMENT_BYTES 2
#endif

#define WARPS_N (TILE_N / WARP_N)
#define LANES (TILE_M / WARP_M * WARPS_N * 32)
#define FRAGMENTS_M (WARP_M / 16)
#define FRAGMENTS_N (WARP_N / 8)
#define STEP_BYTES 32
#define STEPS (ROW_BYTES / STEP_BYTES)
/* How many groups a multiprocessor is to hold: what decides how many registers a lane may have. */
#define GROUPS (TILE_M * TILE_N >= 128 * 128 ? 2 : 4)

#include "gemm-tensor-tile.h"

static_assert(TILE_M * TILE_PITCH * 4 <= STAGES * STAGE_BYTES, "the finished tile takes the stages' place");

/* Four 8 x 16 byte matrices, a row of which every lane gives the address of. */
FUNCTION void load_matrices(uint address, uint& a, uint& b, uint& c, uint& d) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
               : "=r"(a), "=r"(b), "=r"(c), "=r"(d)
               : "r"(address)
               : "memory");
}

FUNCTION void multiply_add(float (&sums)[4], const uint (&a)[4], const uint (&b)[2]) {
#if ELEMENT_BYTES == 2
  asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, "
               "{%0, %1, %2, %3};"
#else
  asm volatile("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, "
               "{%0, %1, %2, %3};"
#endif
               : "+f"(sums[0]), "+f"(sums[1]), "+f"(sums[2]), "+f"(sums[3])
               : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

/* A warp's fragments of both operands for one step. */
struct Fragments {
  uint a[FRAGMENTS_M][4];
  uint b[FRAGMENTS_N][2];

  /*
   * aRows and bRows: where this lane's rows begin, at the chunk that its place in eight rows gives. Steps are two chunks
   * apart, which the swizzle leaves a matter of one xor.
   */
  __device__ void load(uint aRows, uint bRows, int step) {
#pragma unroll
    for (int i = 0; i < FRAGMENTS_M; i++) {
      load_matrices((aRows ^ step * STEP_BYTES) + i * 16 * ROW_BYTES, a[i][0], a[i][1], a[i][2], a[i][3]);
    }
#pragma unroll
    for (int j = 0; j < FRAGMENTS_N; j += 2) {
      load_matrices((bRows ^ step * STEP_BYTES) + j * 8 * ROW_BYTES, b[j][0], b[j][1], b[j + 1][0], b[j + 1][1]);
    }
  }
};

/* isVector: see write_tile. */
extern "C" __global__ void __launch_bounds__(LANES, GROUPS) gemm(int m, int n, int kBlocks, int slice, int isVector,
    const char* packed, int accumulate, float* outBuffer, INDEX outStart, EPILOGUE_PARAMETERS) {
  extern __shared__ __align__(1024) char stages[];
  int tilesM = (m + TILE_M - 1) / TILE_M;
  int2 tile = tile_of_group(tilesM, (n + TILE_N - 1) / TILE_N);
  const Operands operands(packed, tile, tilesM, kBlocks);
  uint shared = shared_address(stages);
  int begin = blockIdx.y * slice;
  int end = min(kBlocks, begin + slice);

  int lane = threadIdx.x % 32;
  int warpRow = threadIdx.x / 32 / WARPS_N * WARP_M;
  int warpColumn = threadIdx.x / 32 % WARPS_N * WARP_N;
  /* The four matrices of op(a): rows 0 to 7 and 8 to 15 of the first chunk, then of the second; of op(b): both chunks of
   * columns 0 to 7, then of 8 to 15. */
  int row = warpRow + lane % 16;
  int column = warpColumn + lane / 16 * 8 + lane % 8;
  uint aRows = row / BLOCK_ROWS * BLOCK_BYTES + place_of_chunk(row % BLOCK_ROWS, lane / 16);
  uint bRows = (BLOCKS_M + column / BLOCK_ROWS) * BLOCK_BYTES + place_of_chunk(column % BLOCK_ROWS, lane / 8 % 2);
  float sums[FRAGMENTS_M][FRAGMENTS_N][4] = {};

#pragma unroll
  for (int stage = 0; stage < STAGES - 1; stage++) {
    if (begin + stage < end) operands.fetch(begin + stage, shared + stage * STAGE_BYTES);
    commit_copies();
  }
  uint current = 0;
  uint next = (STAGES - 1) * STAGE_BYTES;
#pragma unroll 1
  for (int kBlock = begin; kBlock < end; kBlock++) {
    await_copies<STAGES - 2>();
    BARRIER();
    /* All warps are past the barrier, so the stage that was multiplied before is free. */
    if (kBlock + STAGES - 1 < end) operands.fetch(kBlock + STAGES - 1, shared + next);
    commit_copies();
    uint a = shared + current + aRows;
    uint b = shared + current + bRows;
    Fragments fragments[2];
    fragments[0].load(a, b, 0);
#pragma unroll
    for (int step = 0; step < STEPS; step++) {
      if (step + 1 < STEPS) fragments[(step + 1) % 2].load(a, b, step + 1);
      const Fragments& now = fragments[step % 2];
#pragma unroll
      for (int i = 0; i < FRAGMENTS_M; i++) {
#pragma unroll
        for (int j = 0; j < FRAGMENTS_N; j++) multiply_add(sums[i][j], now.a[i], now.b[j]);
      }
    }
    next = current;
    current = current == (STAGES - 1) * STAGE_BYTES ? 0 : current + STAGE_BYTES;
  }

  await_copies<0>();
  BARRIER();
  float* finished = (float*)stages;
#pragma unroll
  for (int i = 0; i < FRAGMENTS_M; i++) {
#pragma unroll
    for (int j = 0; j < FRAGMENTS_N; j++) {
      float* to = finished + (warpRow + i * 16 + lane / 4) * TILE_PITCH + warpColumn + j * 8 + lane % 4 * 2;
      *(float2*)to = make_float2(sums[i][j][0], sums[i][j][1]);
      *(float2*)(to + 8 * TILE_PITCH) = make_float2(sums[i][j][2], sums[i][j][3]);
    }
  }
  BARRIER();
  write_tile(finished, m, n, tile.x * TILE_M, tile.y * TILE_N, isVector, accumulate,
      outBuffer + outStart + (INDEX)blockIdx.y * m * n, EPILOGUE_ARGUMENTS);
}
