/*
 * One dialect for OpenCL C 1.2 and CUDA C. A kernel file includes this header and is then plain C99
 * but for the upper-case words defined here.
 *
 * Rules of the dialect
 * - A tensor is a pointer to its buffer and an INDEX where it begins; element counts are INDEX, too.
 * - a * b + c is rounded twice, on every device: fused multiply-adds are written FMA. (CUDA: compile
 *   with -fmad=false.)
 * - Group sizes are chosen by the host at launch. Nothing relies on the width of a wave, warp or
 *   sub-group, and floats are never added atomically, so one launch has one result.
 */
#ifndef MYELIN_PORTABLE_H
#define MYELIN_PORTABLE_H

#if defined(__OPENCL_VERSION__) || defined(__OPENCL_C_VERSION__)
#pragma OPENCL FP_CONTRACT OFF
#define KERNEL __kernel void
#define FUNCTION static inline
#define GLOBAL __global
/* Local memory: declared in a kernel, and pointed to in a function. */
#define SHARED __local
#define SHARED_POINTER __local
#define INDEX long
#define ITEM_X ((INDEX)get_global_id(0))
#define ITEM_Y ((INDEX)get_global_id(1))
#define GROUP_X ((INDEX)get_group_id(0))
#define GROUPS_X ((INDEX)get_num_groups(0))
#define LANE_X ((int)get_local_id(0))
#define LANE_Y ((int)get_local_id(1))
#define LANES_X ((int)get_local_size(0))
#define LANES_Y ((int)get_local_size(1))
#define BARRIER() barrier(CLK_LOCAL_MEM_FENCE)
#define FMA(a, b, c) fma(a, b, c)
#define ABSOLUTE(a) fabs(a)
#define ROOT(a) sqrt(a)
#define LOGARITHM(a) log(a)
#define COPY_SIGN(magnitude, sign) copysign(magnitude, sign)
#define FLOAT_OF_BITS(bits) as_float(bits)
#define BITS_OF_FLOAT(value) as_int(value)
#define HIGH_PRODUCT(a, b) mul_hi(a, b)
#else
#define KERNEL extern "C" __global__ void
#define FUNCTION static __device__ inline
#define GLOBAL
#define SHARED __shared__
#define SHARED_POINTER
#define INDEX long long
#define ITEM_X ((INDEX)blockIdx.x * blockDim.x + threadIdx.x)
#define ITEM_Y ((INDEX)blockIdx.y * blockDim.y + threadIdx.y)
#define GROUP_X ((INDEX)blockIdx.x)
#define GROUPS_X ((INDEX)gridDim.x)
#define LANE_X ((int)threadIdx.x)
#define LANE_Y ((int)threadIdx.y)
#define LANES_X ((int)blockDim.x)
#define LANES_Y ((int)blockDim.y)
#define BARRIER() __syncthreads()
#define FMA(a, b, c) fmaf(a, b, c)
#define ABSOLUTE(a) fabsf(a)
#define ROOT(a) sqrtf(a)
#define LOGARITHM(a) logf(a)
#define COPY_SIGN(magnitude, sign) copysignf(magnitude, sign)
#define FLOAT_OF_BITS(bits) __int_as_float(bits)
#define BITS_OF_FLOAT(value) __float_as_int(value)
#define HIGH_PRODUCT(a, b) __umulhi(a, b)
typedef unsigned int uint;
#endif

/*
 * Whether item i, of X, is one of count. The whole group is asked first: a compiler for processors,
 * which runs a group as a loop, takes that question out of the loop and uses vector registers for
 * what remains (PoCL: four times as fast).
 */
#define INSIDE(i, count) ((GROUP_X + 1) * LANES_X <= (count) || (i) < (count))

/* The most lanes that a reducing group may have. */
#define MAX_LANES 256

#endif
