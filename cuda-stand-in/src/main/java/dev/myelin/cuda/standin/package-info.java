/**
 * A stand-in for the CUDA driver: a {@code libcuda.so.1} of our own that interprets PTX, so that
 * the CUDA backend's host code and kernels run in tests on machines without a GPU. For tests only;
 * never shipped.
 */
package dev.myelin.cuda.standin;
