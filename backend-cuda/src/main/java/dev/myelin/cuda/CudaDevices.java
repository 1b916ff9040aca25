package dev.myelin.cuda;

import dev.myelin.DeviceInfo;
import dev.myelin.Precision;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.JCudaDriver;

/** Finds the devices, in the driver's order. */
final class CudaDevices {
  private static final int PREFERENCE = 400;

  /** Major * 10 + minor of the oldest architecture that the kernels run on: Turing, 2018. */
  static final int OLDEST_CAPABILITY = 75;

  /** The oldest whose tensor cores multiply tf32 and bf16: Ampere, 2020. */
  static final int TENSOR_CORE_CAPABILITY = 80;

  /** What stands for the device in messages while none is known yet. */
  private static final String DRIVER = "the CUDA driver";

  private CudaDevices() {}

  /**
   * What the driver has.
   *
   * @param usable the devices that the kernels run on
   * @param tooOld the names of those that they do not run on
   */
  record Found(List<CudaDevice> usable, List<String> tooOld) {}

  /** CUDA's version that the driver was made for: 1000 major + 10 minor. */
  static int driverVersion() {
    int[] version = new int[1];
    Status.check("asking for the version", JCudaDriver.cuDriverGetVersion(version), DRIVER);
    return version[0];
  }

  /** "12.4" of 12040. */
  static String versionText(int version) {
    return version / 1000 + "." + version % 1000 / 10;
  }

  /** After cuInit has succeeded. */
  static Found find(int driverVersion) {
    int[] count = new int[1];
    Status.check("counting devices", JCudaDriver.cuDeviceGetCount(count), DRIVER);
    List<CudaDevice> usable = new ArrayList<>();
    List<String> tooOld = new ArrayList<>();
    for (int ordinal = 0; ordinal < count[0]; ordinal++) {
      CUdevice handle = new CUdevice();
      Status.check("looking at a device", JCudaDriver.cuDeviceGet(handle, ordinal), DRIVER);
      String name = name(handle);
      int capability = capability(handle);
      if (capability < OLDEST_CAPABILITY) {
        tooOld.add(name + " (compute capability " + capabilityText(capability) + ")");
      } else {
        usable.add(describe(handle, usable.size(), name, capability, driverVersion));
      }
    }
    return new Found(usable, tooOld);
  }

  private static CudaDevice describe(
      CUdevice handle, int index, String name, int capability, int driverVersion) {
    long[] memoryBytes = new long[1];
    Status.check(
        "asking for the memory's size", JCudaDriver.cuDeviceTotalMem(memoryBytes, handle), name);
    int multiprocessors =
        attribute(handle, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT);
    String detail =
        String.format(
            "compute capability %s, %d multiprocessors, driver for CUDA %s",
            capabilityText(capability), multiprocessors, versionText(driverVersion));
    DeviceInfo info =
        new DeviceInfo(
            CudaBackendProvider.NAME,
            index,
            name,
            detail,
            memoryBytes[0],
            PREFERENCE,
            capability >= TENSOR_CORE_CAPABILITY ? EnumSet.allOf(Precision.class) : Set.of());
    return new CudaDevice(handle, info, multiprocessors, capability, driverVersion);
  }

  private static String name(CUdevice handle) {
    byte[] bytes = new byte[256];
    Status.check(
        "asking for a name", JCudaDriver.cuDeviceGetName(bytes, bytes.length, handle), DRIVER);
    int end = 0;
    while (end < bytes.length && bytes[end] != 0) {
      end++;
    }
    return new String(bytes, 0, end, StandardCharsets.UTF_8).strip();
  }

  private static int capability(CUdevice handle) {
    return 10 * attribute(handle, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR)
        + attribute(handle, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
  }

  static String capabilityText(int capability) {
    return capability / 10 + "." + capability % 10;
  }

  private static int attribute(CUdevice handle, int attribute) {
    int[] value = new int[1];
    Status.check(
        "asking for attribute " + attribute,
        JCudaDriver.cuDeviceGetAttribute(value, attribute, handle),
        DRIVER);
    return value[0];
  }
}
