/*
 * out = op(a) op(b), or added to out, with an epilogue: for devices whose items run one after the
 * other on vector registers and whose memory is cached, that is processors. OpenCL C only.
 *
 * Layout: op(a) is [m, k], op(b) [k, n], out [m, n], row-major. A block of each operand is first
 * copied into panels: PANEL_ROWS rows of op(a), or PANEL_COLUMNS columns of op(b), with k outermost
 * within the panel, so that the product reads both from front to back; all four transpositions
 * differ in this copy alone. Panels are filled up with zeros, which only reach elements outside out.
 * Work: an item multiplies one panel of b, which stays in its first-level cache, by rowPanels panels
 * of a: a tile of PANEL_ROWS x PANEL_COLUMNS sums stays in registers over all of k. No local memory,
 * no barriers: groups of one item.
 * Order: an element is one chain of fused multiply-adds over k from front to back, which a block
 * takes up from out where the one before it left off: no size and no division of work changes a bit.
 * Source: Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication", 2008.
 */
#include "gemm-epilogue.h"

/* Floats in a vector register of the device. */
#ifndef VECTOR
#define VECTOR 8
#endif
/* 4, 6, 8, 12 or 14: twice as many registers hold sums, and three more what is multiplied. */
#ifndef PANEL_ROWS
#define PANEL_ROWS 6
#endif
#define PANEL_COLUMNS (2 * VECTOR)

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)
#define FLOATS JOIN(float, VECTOR)
#define LOAD(offset, from) JOIN(vload, VECTOR)(offset, from)
#define STORE(value, offset, to) JOIN(vstore, VECTOR)(value, offset, to)

/* How much of k one item copies: so much of a panel that it stays in the first-level cache. */
#define PACK_DEPTH 64

/*
 * panels[o / WIDTH][p][o mod WIDTH] = element (o, p) of the operand, o being the index that the
 * product keeps and p the one that it sums over; item x takes a panel, item y PACK_DEPTH of k.
 */
#define PACK(NAME, WIDTH)                                                                       \
  KERNEL NAME(int outer, int depth, GLOBAL const float* from, INDEX start, INDEX outerStride,   \
      INDEX depthStride, GLOBAL float* panels) {                                                \
    int first = (int)ITEM_X * WIDTH;                                                            \
    int p0 = (int)ITEM_Y * PACK_DEPTH;                                                          \
    int p1 = min(p0 + PACK_DEPTH, depth);                                                       \
    GLOBAL float* to = panels + (INDEX)first * depth;                                           \
    GLOBAL const float* corner = from + start + first * outerStride;                            \
    if (depthStride == 1) {                                                                     \
      for (int o = 0; o < WIDTH; o++) {                                                         \
        GLOBAL const float* line = corner + o * outerStride;                                    \
        int inside = first + o < outer;                                                         \
        for (int p = p0; p < p1; p++) to[p * WIDTH + o] = inside ? line[p] : 0.0f;              \
      }                                                                                         \
    } else if (first + WIDTH <= outer) {                                                        \
      for (int p = p0; p < p1; p++) {                                                           \
        GLOBAL const float* line = corner + p * depthStride;                                    \
        for (int o = 0; o < WIDTH; o++) to[p * WIDTH + o] = line[o];                            \
      }                                                                                         \
    } else {                                                                                    \
      for (int p = p0; p < p1; p++) {                                                           \
        GLOBAL const float* line = corner + p * depthStride;                                    \
        for (int o = 0; o < WIDTH; o++) to[p * WIDTH + o] = first + o < outer ? line[o] : 0.0f; \
      }                                                                                         \
    }                                                                                           \
  }

PACK(packRows, PANEL_ROWS)
PACK(packColumns, PANEL_COLUMNS)

/* DO(0) ... DO(PANEL_ROWS - 1) */
#define ROWS_4(DO) DO(0) DO(1) DO(2) DO(3)
#define ROWS_6(DO) ROWS_4(DO) DO(4) DO(5)
#define ROWS_8(DO) ROWS_6(DO) DO(6) DO(7)
#define ROWS_12(DO) ROWS_8(DO) DO(8) DO(9) DO(10) DO(11)
#define ROWS_14(DO) ROWS_12(DO) DO(12) DO(13)
#define EACH_ROW JOIN(ROWS_, PANEL_ROWS)

/* One row of the tile: two vectors of sums. */
#define ROW_OF_SUMS(r) FLOATS left##r = 0.0f, right##r = 0.0f;
#define READ_ROW(r)                                                      \
  if (r < rows) {                                                        \
    left##r = read_some(columns, out + (INDEX)(r)*n);                    \
    right##r = read_some(columns - VECTOR, out + (INDEX)(r)*n + VECTOR); \
  }
#define ADD_PRODUCTS(r)                     \
  factor = (FLOATS)(a[r]);                  \
  left##r = fma(factor, bLeft, left##r);    \
  right##r = fma(factor, bRight, right##r);
#define WRITE_ROW(r) \
  if (r < rows) write_row(left##r, right##r, columns, out + (INDEX)(r)*n);

/* Up to VECTOR numbers, then zeros. */
FUNCTION FLOATS read_some(int count, GLOBAL const float* from) {
  if (count >= VECTOR) return LOAD(0, from);
  float values[VECTOR];
  for (int j = 0; j < VECTOR; j++) values[j] = j < count ? from[j] : 0.0f;
  return LOAD(0, values);
}

/* Writes a row of the tile: whole vectors inside out, element by element at its edge. */
FUNCTION void write_row(FLOATS left, FLOATS right, int columns, GLOBAL float* to) {
  if (columns == PANEL_COLUMNS) {
    STORE(left, 0, to);
    STORE(right, 1, to);
    return;
  }
  float sums[PANEL_COLUMNS];
  STORE(left, 0, sums);
  STORE(right, 1, sums);
  for (int j = 0; j < columns; j++) to[j] = sums[j];
}

/*
 * out[firstRow + i, firstColumn + j] of one block: rows, columns and depth are the block's, n the
 * columns of out. The epilogue comes with the last block of k; before it is NO_EPILOGUE.
 */
KERNEL gemmPacked(int blockRows, int blockColumns, int depth, int n, int firstRow, int firstColumn,
    int rowPanels, GLOBAL const float* aPanels, GLOBAL const float* bPanels, int add,
    GLOBAL float* outBuffer, INDEX outStart, EPILOGUE_PARAMETERS) {
  int column = (int)ITEM_X * PANEL_COLUMNS;
  int columns = min(PANEL_COLUMNS, blockColumns - column);
  int firstPanel = (int)ITEM_Y * rowPanels;
  GLOBAL const float* bPanel = bPanels + (INDEX)column * depth;
  GLOBAL float* whole = outBuffer + outStart;
  for (int row = firstPanel * PANEL_ROWS;
       row < min(blockRows, (firstPanel + rowPanels) * PANEL_ROWS); row += PANEL_ROWS) {
    int rows = min(PANEL_ROWS, blockRows - row);
    GLOBAL const float* a = aPanels + (INDEX)row * depth;
    GLOBAL const float* b = bPanel;
    GLOBAL float* out = whole + (INDEX)(firstRow + row) * n + firstColumn + column;
    EACH_ROW(ROW_OF_SUMS)
    if (add) {
      EACH_ROW(READ_ROW)
    }
    for (int p = 0; p < depth; p++) {
      FLOATS bLeft = LOAD(0, b);
      FLOATS bRight = LOAD(1, b);
      FLOATS factor;
      EACH_ROW(ADD_PRODUCTS)
      a += PANEL_ROWS;
      b += PANEL_COLUMNS;
    }
    EACH_ROW(WRITE_ROW)
    if (epilogue != NO_EPILOGUE) {
      int from = firstColumn + column;
      for (int r = firstRow + row; r < firstRow + row + rows; r++) {
        finish_row(EPILOGUE_ARGUMENTS, whole, r, n, from, from + columns, 1);
      }
    }
  }
}
