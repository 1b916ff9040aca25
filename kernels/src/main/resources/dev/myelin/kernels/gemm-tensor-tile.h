/*
 * What the kernels of a matrix product on tensor cores share: how blocks of packed operands (gemm-tensor.h) come into
 * shared memory, and how a finished tile leaves it.
 *
 * Needs TILE_M, TILE_N and LANES. A stage is what one step of the pipeline multiplies: TILE_M / 64 blocks of op(a), then
 * TILE_N / 64 of op(b)'s transpose, all of one 128 bytes along k.
 */
#ifndef MYELIN_GEMM_TENSOR_TILE_H
#define MYELIN_GEMM_TENSOR_TILE_H
#include "gemm-epilogue.h"
#include "gemm-quads.h"
#include "gemm-tensor.h"

#define BLOCKS_M (TILE_M / BLOCK_ROWS)
#define BLOCKS_N (TILE_N / BLOCK_ROWS)
#define STAGE_BYTES ((BLOCKS_M + BLOCKS_N) * BLOCK_BYTES)
/* Eight more columns put the rows of an accumulator's fragment on other banks. */
#define TILE_PITCH (TILE_N + 8)

FUNCTION uint shared_address(const void* pointer) { return (uint)__cvta_generic_to_shared(pointer); }

FUNCTION void commit_copies() { asm volatile("cp.async.commit_group;" ::: "memory"); }

/* Waits until at most PENDING of this lane's groups of copies are under way. */
template <int PENDING>
FUNCTION void await_copies() {
  asm volatile("cp.async.wait_group %0;" ::"n"(PENDING) : "memory");
}

/* The packed operands of one tile. */
struct Operands {
  /* Where this lane's first chunk of the blocks at depth 0 lies; blocks of the next 64 rows are `rowOfBlocks` on. */
  const char* a;
  const char* b;
  INDEX rowOfBlocks;

  __device__ Operands(const char* packed, int2 tile, int tilesM, int kBlocks) {
    rowOfBlocks = (INDEX)kBlocks * BLOCK_BYTES;
    a = packed + (INDEX)tile.x * BLOCKS_M * rowOfBlocks + threadIdx.x * 16;
    b = packed + ((INDEX)tilesM * BLOCKS_M + (INDEX)tile.y * BLOCKS_N) * rowOfBlocks + threadIdx.x * 16;
  }

  /* Begins to copy the blocks at a depth to a stage. */
  __device__ void fetch(int kBlock, uint stage) const {
    uint to = stage + threadIdx.x * 16;
#pragma unroll
    for (int block = 0; block < BLOCKS_M + BLOCKS_N; block++) {
      const char* from = (block < BLOCKS_M ? a + block * rowOfBlocks : b + (block - BLOCKS_M) * rowOfBlocks) +
          (INDEX)kBlock * BLOCK_BYTES;
#pragma unroll
      for (int at = 0; at < BLOCK_BYTES; at += LANES * 16) {
        asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" ::"r"(to + block * BLOCK_BYTES + at), "l"(from + at)
                     : "memory");
      }
    }
  }
};

/* Writes four neighbours of a row, `there` of which exist. */
FUNCTION void put_quad_at(float* to, float4 quad, int there, int isVector) {
  if (isVector) {
    *(float4*)to = quad;
  } else {
    if (there > 0) to[0] = quad.x;
    if (there > 1) to[1] = quad.y;
    if (there > 2) to[2] = quad.z;
    if (there > 3) to[3] = quad.w;
  }
}

FUNCTION float4 sum_of(float4 a, float4 b) { return make_float4(a.x + b.x, a.y + b.y, a.z + b.z, a.w + b.w); }

/*
 * f of each of four numbers, or, in place of f(read), read's derivative times the number. The numbers take turns in one
 * register, so that the functions' code stands once.
 */
FUNCTION float4 function_of(int epilogue, int function, float parameter, float4 sums, float4 read) {
#pragma unroll 1
  for (int i = 0; i < 4; i++) {
    float done = epilogue == FORWARD ? activation(function, parameter, sums.x)
                                     : sums.x * activation_derivative(function, parameter, read.x);
    sums = make_float4(sums.y, sums.z, sums.w, done);
    read = make_float4(read.y, read.z, read.w, read.x);
  }
  return sums;
}

/*
 * Writes a finished tile, which all lanes have put into shared memory with TILE_PITCH, or adds it to what is there; what
 * an epilogue finishes is overwritten, never added to. A lane has the same four columns of every row.
 *
 * isVector: bit 0 for out, 1 for operand, 2 for y: rows and the start are aligned to 16 bytes.
 */
FUNCTION void write_tile(const float* tile, int m, int n, int firstRow, int firstColumn, int isVector, int accumulate,
    float* out, int epilogue, int function, float parameter, int hasBias, const float* operand, int separateY, float* y) {
  constexpr int QUADS = TILE_N / 4;
  constexpr int ROWS = LANES / QUADS;
  int column = threadIdx.x % QUADS * 4;
  int row = threadIdx.x / QUADS;
  int rows = min(TILE_M, m - firstRow);
  int there = n - firstColumn - column;
  if (there <= 0) return;
  INDEX at = (INDEX)(firstRow + row) * n + firstColumn + column;
  float4 bias = make_float4(0.0f, 0.0f, 0.0f, 0.0f);
  if (epilogue == FORWARD && hasBias) bias = quad_at(operand + firstColumn + column, there, isVector & 2);
  /* What is read besides the tile is asked for one row ahead. */
  const float* other = epilogue == INPUT_GRADIENT ? operand : accumulate ? out : 0;
  int isOtherVector = isVector & (epilogue == INPUT_GRADIENT ? 2 : 1);
  float4 next = bias;
  if (other && row < rows) next = quad_at(other + at, there, isOtherVector);
#pragma unroll 1
  for (; row < rows; row += ROWS, at += (INDEX)ROWS * n) {
    float4 read = next;
    if (other && row + ROWS < rows) next = quad_at(other + at + (INDEX)ROWS * n, there, isOtherVector);
    float4 sums = *(const float4*)(tile + row * TILE_PITCH + column);
    if (epilogue == NO_EPILOGUE) {
      put_quad_at(out + at, accumulate ? sum_of(read, sums) : sums, there, isVector & 1);
      continue;
    }
    if (epilogue == FORWARD && hasBias) sums = sum_of(sums, bias);
    float4 result = function_of(epilogue, function, parameter, sums, read);
    if (epilogue == FORWARD && separateY) {
      put_quad_at(out + at, sums, there, isVector & 1);
      put_quad_at(y + at, result, there, isVector & 4);
    } else {
      put_quad_at(out + at, result, there, isVector & 1);
    }
  }
}

#endif
