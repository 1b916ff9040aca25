/*
 * What the matrix products on tensor cores share: packed operands, their way into shared memory, and the way of a finished
 * tile out of it.
 *
 * A packed operand is a matrix whose rows lie along k, rounded to bf16 (2 bytes an element) or tf32 (4 bytes), in blocks of
 * 64 rows by 128 bytes, row of blocks by row of blocks. In a block, row r begins at 128 r, and its 16-byte chunk c is the
 * (c xor r mod 8)-th: eight rows of one chunk lie on all banks of shared memory, and the warpgroups' descriptors of the
 * 128-byte swizzle describe just that. So a block is copied as it is, and every way of multiplying can read it.
 */
#ifndef MYELIN_GEMM_TENSOR_H
#define MYELIN_GEMM_TENSOR_H
#include "portable.h"

#define BLOCK_ROWS 64
#define ROW_BYTES 128
#define BLOCK_BYTES (BLOCK_ROWS * ROW_BYTES)
#define CHUNKS (ROW_BYTES / 16)

/* Where in its block a row's chunk begins. */
FUNCTION int place_of_chunk(int row, int chunk) { return row * ROW_BYTES + ((chunk ^ (row & 7)) << 4); }

#endif
