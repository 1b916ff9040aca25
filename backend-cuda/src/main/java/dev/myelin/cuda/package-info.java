/**
 * The CUDA backend: NVIDIA's GPUs through the driver alone. The only package that knows JCuda.
 *
 * <p>Classes that do the same job as in the OpenCL backend have the same names there.
 */
package dev.myelin.cuda;
