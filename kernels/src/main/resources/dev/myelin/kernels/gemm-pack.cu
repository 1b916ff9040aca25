/*
 * Rounds and rearranges both operands of out = op(a) op(b) for tensor cores. CUDA only.
 *
 * Layout: op(a) is [m, k], op(b) [k, n], row-major and dense; a is stored [k, m] where transposeA is set, b [n, k] where
 * transposeB is set. packed: see gemm-tensor.h; the aBlocks blocks along the rows of op(a), then those of op(b)'s transpose.
 * What lies outside of the operands is 0 there.
 * Rounding: to the nearest, ties to even, as dev.myelin.Precision defines it; what is larger than the largest number
 * becomes infinity, NaN stays NaN.
 * Work: a group makes one block. Where neighbours in memory are neighbours along k, a lane reads what it writes; elsewhere
 * the block goes through shared memory, so that both reads and writes are of whole sectors.
 * Source: the definition; the arrangement is that of the 128-byte swizzle in the PTX ISA, "Matrix Descriptor Format".
 */
#include "gemm-quads.h"
#include "gemm-tensor.h"

#define LANES 256

/* The nearest float whose lowest `dropped` bits are 0. */
FUNCTION uint rounded_bits(float value, int dropped) {
  uint bits = BITS_OF_FLOAT(value);
  uint belowHalf = (1u << (dropped - 1)) - 1;
  uint nearest = bits + belowHalf + (bits >> dropped & 1);
  /* A NaN's payload may lie in the bits that are dropped: what is left must not be infinity. */
  uint result = value != value ? bits | 0x400000u : nearest;
  return result >> dropped << dropped;
}

/* 16 bytes of packed elements from as many values as they hold. */
template <int BYTES>
FUNCTION uint4 chunk_of(const float* values) {
  uint words[4];
#pragma unroll
  for (int word = 0; word < 4; word++) {
    words[word] = BYTES == 4 ? rounded_bits(values[word], 13)
                             : rounded_bits(values[2 * word], 16) >> 16 | rounded_bits(values[2 * word + 1], 16);
  }
  return make_uint4(words[0], words[1], words[2], words[3]);
}

/* One more column puts the columns of a chunk on other banks. */
typedef float TileRow[BLOCK_ROWS + 1];

/* One block: rows [row0, row0 + 64) of `rows`, depths [k0, k0 + DEPTH) of k. tile: in shared memory, DEPTH rows. */
template <int BYTES>
FUNCTION void pack_block(const float* operand, int rows, int k, int row0, int k0, int isDepthFirst, int isVector,
    TileRow* tile, char* to) {
  constexpr int RUN = 16 / BYTES;
  constexpr int DEPTH = ROW_BYTES / BYTES;
  if (!isDepthFirst) {
#pragma unroll
    for (int l = 0; l < DEPTH * BLOCK_ROWS / LANES; l++) {
      int row = threadIdx.x % BLOCK_ROWS;
      int depth = threadIdx.x / BLOCK_ROWS + l * (LANES / BLOCK_ROWS);
      bool exists = row0 + row < rows && k0 + depth < k;
      tile[depth][row] = exists ? operand[(INDEX)(k0 + depth) * rows + row0 + row] : 0.0f;
    }
    BARRIER();
  }
#pragma unroll
  for (int l = 0; l < BLOCK_BYTES / 16 / LANES; l++) {
    int chunk = threadIdx.x % CHUNKS;
    int row = threadIdx.x / CHUNKS + l * (LANES / CHUNKS);
    int depth = chunk * RUN;
    float values[RUN];
    if (isDepthFirst) {
      const float* from = operand + (INDEX)(row0 + row) * k + k0 + depth;
      int there = row0 + row < rows ? k - k0 - depth : 0;
#pragma unroll
      for (int i = 0; i < RUN; i += 4) {
        float4 quad = quad_at(from + i, there - i, isVector);
        values[i] = quad.x;
        values[i + 1] = quad.y;
        values[i + 2] = quad.z;
        values[i + 3] = quad.w;
      }
    } else {
#pragma unroll
      for (int i = 0; i < RUN; i++) values[i] = tile[depth + i][row];
    }
    *(uint4*)(to + place_of_chunk(row, chunk)) = chunk_of<BYTES>(values);
  }
}

/* isVector: bit 0 for a, 1 for b: rows and the start are aligned to 16 bytes. */
template <int BYTES>
FUNCTION void pack(int m, int n, int k, int aBlocks, int isVector, const float* a, int transposeA, const float* b,
    int transposeB, TileRow* tile, char* packed) {
  constexpr int DEPTH = ROW_BYTES / BYTES;
  int kBlocks = (k + DEPTH - 1) / DEPTH;
  int rowBlock = blockIdx.x / kBlocks;
  int k0 = blockIdx.x % kBlocks * DEPTH;
  char* to = packed + (INDEX)blockIdx.x * BLOCK_BYTES;
  bool isOfA = rowBlock < aBlocks;
  int row0 = (isOfA ? rowBlock : rowBlock - aBlocks) * BLOCK_ROWS;
  int isDepthFirst = isOfA ? !transposeA : transposeB;
  pack_block<BYTES>(isOfA ? a : b, isOfA ? m : n, k, row0, k0, isDepthFirst, isVector & (isOfA ? 1 : 2), tile, to);
}

/* The tile is declared here: in a function of this file alone its name in the PTX would depend on the file's path. */
#define PACK(name, BYTES)                                                                                            \
  extern "C" __global__ void __launch_bounds__(LANES) name(int m, int n, int k, int aBlocks, int isVector,           \
      const float* aBuffer, INDEX aStart, int transposeA, const float* bBuffer, INDEX bStart, int transposeB,        \
      char* packed) {                                                                                                \
    __shared__ TileRow tile[ROW_BYTES / BYTES];                                                                      \
    const float* a = aBuffer + aStart;                                                                               \
    const float* b = bBuffer + bStart;                                                                               \
    pack<BYTES>(m, n, k, aBlocks, isVector, a, transposeA, b, transposeB, tile, packed);                             \
  }

PACK(packTf32, 4)
PACK(packBf16, 2)
