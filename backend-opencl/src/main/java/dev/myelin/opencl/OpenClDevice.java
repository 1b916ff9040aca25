package dev.myelin.opencl;

import dev.myelin.DeviceInfo;
import org.jocl.cl_device_id;
import org.jocl.cl_platform_id;

/**
 * A device with what the backend wants to know of it.
 *
 * @param info what the user sees
 * @param platformName which driver, "Portable Computing Language"
 * @param driverVersion in the driver's own form
 * @param identity names device, driver and platform with versions: compiled kernels of one identity
 *     run on another device of the same
 * @param isProcessor work items run one after the other on cores with caches, not on parallel lanes
 * @param sharesHostMemory its memory is the host's
 * @param maxAllocationBytes what one buffer may take
 * @param maxGroupItems how many items a group may have
 * @param localMemoryBytes what the lanes of a group may share
 * @param floatsPerVector how many floats a vector register holds
 */
record OpenClDevice(
    cl_platform_id platform,
    cl_device_id handle,
    DeviceInfo info,
    String platformName,
    String driverVersion,
    String identity,
    boolean isProcessor,
    boolean sharesHostMemory,
    int computeUnits,
    long maxAllocationBytes,
    int maxGroupItems,
    long localMemoryBytes,
    int floatsPerVector) {}
