/*
 * gatherRows: out[i] = source[indices[start[0] + i]], row by row.
 * selectRow: out = table[row[0]].
 *
 * Layout: row-major, 32-bit words of either type.
 * Work: one word per item, columns first.
 * Source: the formulas.
 */
#include "portable.h"

KERNEL gatherRows(int rows, int columns, GLOBAL const int* source, INDEX sourceStart,
    GLOBAL const int* indices, INDEX indicesStart, GLOBAL const int* start, INDEX startStart,
    GLOBAL int* out, INDEX outStart) {
  INDEX column = ITEM_X;
  INDEX row = ITEM_Y;
  if (INSIDE(column, columns) && row < rows) {
    INDEX from = indices[indicesStart + start[startStart] + row];
    out[outStart + row * columns + column] = source[sourceStart + from * columns + column];
  }
}

KERNEL selectRow(int columns, GLOBAL const int* table, INDEX tableStart, GLOBAL const int* row,
    INDEX rowStart, GLOBAL int* out, INDEX outStart) {
  INDEX column = ITEM_X;
  if (INSIDE(column, columns)) {
    out[outStart + column] = table[tableStart + (INDEX)row[rowStart] * columns + column];
  }
}
