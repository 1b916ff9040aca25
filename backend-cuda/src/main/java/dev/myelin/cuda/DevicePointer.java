package dev.myelin.cuda;

import jcuda.driver.CUdeviceptr;

/** Device memory that tells its address, as kernels want it. JCuda keeps that to subclasses. */
final class DevicePointer extends CUdeviceptr {
  long address() {
    return getNativePointer();
  }
}
