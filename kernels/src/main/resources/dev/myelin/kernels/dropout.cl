/*
 * y[i] = x[i] / (1 - rate) with probability 1 - rate, else 0: element i is dropped when word i mod 4
 * of Philox 4x32-10 (key seed; counter i div 4, step[0], stream, 0) is below dropBelow = rate 2^32.
 *
 * Layout: dense tensors of any shape, read as one row.
 * Work: one block of four random words, hence four elements, per item.
 * Source: Srivastava et al., "Dropout", JMLR 2014; Salmon, Moraes, Dror, Shaw, "Parallel Random
 * Numbers: As Easy as 1, 2, 3", SC 2011.
 */
#include "portable.h"

KERNEL dropout(INDEX count, GLOBAL const float* x, INDEX xStart, uint dropBelow, float keptScale,
    uint seedLow, uint seedHigh, uint stream, GLOBAL const int* step, INDEX stepStart,
    GLOBAL float* y, INDEX yStart) {
  INDEX first = 4 * ITEM_X;
  if (first >= count) return;
  uint words[4];
  words[0] = (uint)ITEM_X;
  words[1] = (uint)step[stepStart];
  words[2] = stream;
  words[3] = 0;
  uint key0 = seedLow;
  uint key1 = seedHigh;
  for (int round = 0; round < 10; round++) {
    uint high0 = HIGH_PRODUCT(0xD2511F53u, words[0]);
    uint low0 = 0xD2511F53u * words[0];
    uint high1 = HIGH_PRODUCT(0xCD9E8D57u, words[2]);
    uint low1 = 0xCD9E8D57u * words[2];
    words[0] = high1 ^ words[1] ^ key0;
    words[1] = low1;
    words[2] = high0 ^ words[3] ^ key1;
    words[3] = low0;
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
  for (int word = 0; word < 4; word++) {
    INDEX i = first + word;
    if (i < count) y[yStart + i] = words[word] < dropBelow ? 0.0f : x[xStart + i] * keptScale;
  }
}
