package dev.myelin.cuda;

import dev.myelin.DeviceInfo;
import jcuda.driver.CUdevice;

/**
 * A device with what the backend wants to know of it.
 *
 * @param info what the user sees
 * @param multiprocessors how many groups of lanes run at one time, at least
 */
record CudaDevice(CUdevice handle, DeviceInfo info, int multiprocessors) {}
