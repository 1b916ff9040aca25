/*
 * What all matrix products in CUDA C share: four neighbours of a row at a time, and the order of tiles.
 */
#ifndef MYELIN_GEMM_QUADS_H
#define MYELIN_GEMM_QUADS_H
#include "portable.h"

/* How many rows of tiles are made side by side, so that groups that run at one time read few different slabs. */
#define BAND 8

/* Four neighbours from global memory, of which `there` exist; the others are 0. */
FUNCTION float4 quad_at(const float* from, int there, int isVector) {
  float4 quad = make_float4(0.0f, 0.0f, 0.0f, 0.0f);
  if (isVector) {
    /* A row's length is a multiple of four then: all of them exist, or none. */
    if (there > 0) quad = *(const float4*)from;
  } else {
    if (there > 0) quad.x = from[0];
    if (there > 1) quad.y = from[1];
    if (there > 2) quad.z = from[2];
    if (there > 3) quad.w = from[3];
  }
  return quad;
}

/* Which tile a group makes: bands of BAND rows of tiles, column by column. */
FUNCTION int2 tile_of_group(int tilesM, int tilesN) {
  int perBand = BAND * tilesN;
  int band = blockIdx.x / perBand;
  int within = blockIdx.x % perBand;
  int height = min(BAND, tilesM - band * BAND);
  return make_int2(band * BAND + within % height, within / height);
}

#endif
