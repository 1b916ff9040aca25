/*
 * out = op(a) op(b), or added to out, with an epilogue; or slices of it along k. On tensor cores by whole warpgroups, from
 * packed operands; the sums are f32. CUDA only, compute capability 9.0 and no other (sm_90a).
 *
 * Layout: as in gemm-mma.cu.
 * Work: a group makes a tile of TILE_M x TILE_N, a warpgroup of 128 lanes 64 rows of it. The multiplication reads both
 * operands from shared memory, where the blocks' swizzle is one that it knows. While one stage is multiplied, the stage
 * before may still be, and STAGES - 2 others are on their way from global memory; one barrier a stage is enough.
 * Slices, order: as in gemm-mma.cu.
 * Source: PTX ISA, "Asynchronous Warpgroup Level Matrix Multiply-Accumulate Instructions": "Matrix Descriptor Format",
 * "Register Fragments", and "Async proxy".
 */
#ifndef TILE_N
#define TILE_N 256
#define STAGES 4
#define ELEMENT_BYTES 2
#endif

#define TILE_M 128
#define LANES (TILE_M / 64 * 128)
#define SUMS (TILE_N / 2)
#define STEP_BYTES 32
#define STEPS (ROW_BYTES / STEP_BYTES)

#include "gemm-tensor-tile.h"

static_assert(TILE_M * TILE_PITCH * 4 <= STAGES * STAGE_BYTES, "the finished tile takes the stages' place");

/*
 * What describes blocks to the multiplication: where they begin (bits 0 to 13), 1024 bytes from eight rows to the next (bits
 * 32 to 45), 128-byte swizzle (bits 62 and 63); addresses and distances in units of 16 bytes. The distance along k is not
 * used: a row of a block is as long as the swizzle.
 */
FUNCTION unsigned long long descriptor(uint address) {
  return (unsigned long long)(address >> 4 & 0x3fff) | 1ull << 16 | 64ull << 32 | 1ull << 62;
}

/* The sums as operands of an instruction, and their names in its text. */
#define FOUR(i) "+f"(sums[i]), "+f"(sums[(i) + 1]), "+f"(sums[(i) + 2]), "+f"(sums[(i) + 3])
#define SIXTEEN(i) FOUR(i), FOUR((i) + 4), FOUR((i) + 8), FOUR((i) + 12)
#define SIXTY_FOUR(i) SIXTEEN(i), SIXTEEN((i) + 16), SIXTEEN((i) + 32), SIXTEEN((i) + 48)
#define NAMES_64 \
  "%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, " \
  "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31, " \
  "%32, %33, %34, %35, %36, %37, %38, %39, %40, %41, %42, %43, %44, %45, %46, %47, " \
  "%48, %49, %50, %51, %52, %53, %54, %55, %56, %57, %58, %59, %60, %61, %62, %63"
#if TILE_N == 256
#define NAMES NAMES_64 ", " \
  "%64, %65, %66, %67, %68, %69, %70, %71, %72, %73, %74, %75, %76, %77, %78, %79, " \
  "%80, %81, %82, %83, %84, %85, %86, %87, %88, %89, %90, %91, %92, %93, %94, %95, " \
  "%96, %97, %98, %99, %100, %101, %102, %103, %104, %105, %106, %107, %108, %109, %110, %111, " \
  "%112, %113, %114, %115, %116, %117, %118, %119, %120, %121, %122, %123, %124, %125, %126, %127"
#define OPERANDS SIXTY_FOUR(0), SIXTY_FOUR(64)
#define DESCRIPTORS "%128, %129"
#define WIDTH "n256"
#else
#define NAMES NAMES_64
#define OPERANDS SIXTY_FOUR(0)
#define DESCRIPTORS "%64, %65"
#define WIDTH "n128"
#endif
#if ELEMENT_BYTES == 2
#define MULTIPLY "wgmma.mma_async.sync.aligned.m64" WIDTH "k16.f32.bf16.bf16 {" NAMES "}, " DESCRIPTORS ", 1, 1, 1, 0, 0;"
#else
#define MULTIPLY "wgmma.mma_async.sync.aligned.m64" WIDTH "k8.f32.tf32.tf32 {" NAMES "}, " DESCRIPTORS ", 1, 1, 1;"
#endif

/* Begins to add the product of 64 rows of a and TILE_N of b, 32 bytes along k of each. */
FUNCTION void multiply_add(float (&sums)[SUMS], unsigned long long a, unsigned long long b) {
  asm volatile(MULTIPLY : OPERANDS : "l"(a), "l"(b));
}

/* The multiplications of the last stage may go on, and nothing may touch the sums. */
FUNCTION void await_all_but_last() { asm volatile("wgmma.wait_group.sync.aligned 1;" ::: "memory"); }

/* The sums are there. */
FUNCTION void await_all(float (&sums)[SUMS]) { asm volatile("wgmma.wait_group.sync.aligned 0;" : OPERANDS : : "memory"); }

/* isVector: see write_tile. */
extern "C" __global__ void __launch_bounds__(LANES, 1) gemm(int m, int n, int kBlocks, int slice, int isVector,
    const char* packed, int accumulate, float* outBuffer, INDEX outStart, EPILOGUE_PARAMETERS) {
  extern __shared__ __align__(1024) char stages[];
  int tilesM = (m + TILE_M - 1) / TILE_M;
  int2 tile = tile_of_group(tilesM, (n + TILE_N - 1) / TILE_N);
  const Operands operands(packed, tile, tilesM, kBlocks);
  uint shared = shared_address(stages);
  int begin = blockIdx.y * slice;
  int end = min(kBlocks, begin + slice);
  int warpgroup = threadIdx.x / 128;
  float sums[SUMS] = {};

#pragma unroll
  for (int stage = 0; stage < STAGES - 2; stage++) {
    if (begin + stage < end) operands.fetch(begin + stage, shared + stage * STAGE_BYTES);
    commit_copies();
  }
  int current = 0;
  int next = STAGES - 2;
#pragma unroll 1
  for (int kBlock = begin; kBlock < end; kBlock++) {
    await_copies<STAGES - 3>();
    /* Copies are written as by ordinary stores, which the multiplication does not see without this. */
    asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
    BARRIER();
    uint stage = shared + current * STAGE_BYTES;
    unsigned long long a = descriptor(stage + warpgroup * BLOCK_BYTES);
    unsigned long long b = descriptor(stage + BLOCKS_M * BLOCK_BYTES);
    asm volatile("wgmma.fence.sync.aligned;" ::: "memory");
#pragma unroll
    for (int step = 0; step < STEPS; step++) {
      multiply_add(sums, a + step * STEP_BYTES / 16, b + step * STEP_BYTES / 16);
    }
    asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory");
    /* All warpgroups are past the barrier, so the stage before the last one is free. */
    if (kBlock + STAGES - 2 < end) operands.fetch(kBlock + STAGES - 2, shared + next * STAGE_BYTES);
    commit_copies();
    await_all_but_last();
    current = current + 1 == STAGES ? 0 : current + 1;
    next = next + 1 == STAGES ? 0 : next + 1;
  }

  await_all(sums);
  await_copies<0>();
  BARRIER();
  float* finished = (float*)stages;
  int lane = threadIdx.x % 32;
  int row = threadIdx.x / 32 * 16 + lane / 4;
#pragma unroll
  for (int j = 0; j < SUMS / 4; j++) {
    float* to = finished + row * TILE_PITCH + j * 8 + lane % 4 * 2;
    *(float2*)to = make_float2(sums[4 * j], sums[4 * j + 1]);
    *(float2*)(to + 8 * TILE_PITCH) = make_float2(sums[4 * j + 2], sums[4 * j + 3]);
  }
  BARRIER();
  write_tile(finished, m, n, tile.x * TILE_M, tile.y * TILE_N, isVector, accumulate,
      outBuffer + outStart + (INDEX)blockIdx.y * m * n, EPILOGUE_ARGUMENTS);
}
