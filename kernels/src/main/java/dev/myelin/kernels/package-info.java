/** The sources of the kernels that the OpenCL and CUDA backends run. */
package dev.myelin.kernels;
