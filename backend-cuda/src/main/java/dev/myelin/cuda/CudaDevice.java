package dev.myelin.cuda;

import dev.myelin.DeviceInfo;
import jcuda.driver.CUdevice;

/**
 * A device with what the backend wants to know of it.
 *
 * @param info what the user sees
 * @param multiprocessors how many groups of lanes run at one time, at least
 * @param capability 10 major + minor of the compute capability
 * @param driverVersion CUDA's version that the driver was made for: 1000 major + 10 minor
 */
record CudaDevice(
    CUdevice handle, DeviceInfo info, int multiprocessors, int capability, int driverVersion) {}
