/**
 * The OpenCL backend: GPUs of any vendor, and processors through PoCL. The only package that knows
 * JOCL.
 */
package dev.myelin.opencl;
