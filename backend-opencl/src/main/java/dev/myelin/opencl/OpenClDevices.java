package dev.myelin.opencl;

import dev.myelin.DeviceInfo;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jocl.CL;
import org.jocl.cl_device_id;
import org.jocl.cl_platform_id;

/**
 * Finds the devices, always in the same order. One thread looks at a time: a driver may make its
 * devices at first use, and PoCL lets a second thread see them half made, which ends the JVM.
 */
final class OpenClDevices {
  private static final int GPU_PREFERENCE = 300;
  private static final int PROCESSOR_PREFERENCE = 100;

  /** What the loader answers when no driver is registered with it (cl_khr_icd). */
  private static final int PLATFORM_NOT_FOUND = -1001;

  private static final Pattern VERSION = Pattern.compile("OpenCL (\\d+)\\.(\\d+).*");

  private OpenClDevices() {}

  /** A device before it has a number. */
  private record Found(cl_platform_id platform, cl_device_id device, boolean isProcessor) {}

  /**
   * The platforms, in the loader's order; none when no driver is registered, or no loader there.
   */
  static synchronized cl_platform_id[] platforms() {
    // The first use of JOCL must be NativeLibrary's.
    if (!NativeLibrary.isLoaded()) {
      return new cl_platform_id[0];
    }
    int[] count = new int[1];
    int status = CL.clGetPlatformIDs(0, null, count);
    if (status == PLATFORM_NOT_FOUND) {
      return new cl_platform_id[0];
    }
    Status.check("looking for platforms", status, "OpenCL");
    if (count[0] == 0) {
      return new cl_platform_id[0];
    }
    cl_platform_id[] platforms = new cl_platform_id[count[0]];
    Status.check("looking for platforms", CL.clGetPlatformIDs(count[0], platforms, null), "OpenCL");
    return platforms;
  }

  /** The usable devices of all platforms: GPUs first, otherwise in the loader's order. */
  static synchronized List<OpenClDevice> of(cl_platform_id... platforms) {
    List<Found> found = new ArrayList<>();
    for (cl_platform_id platform : platforms) {
      for (cl_device_id device : devices(platform)) {
        if (isUsable(device)) {
          long type = DeviceQueries.number(device, CL.CL_DEVICE_TYPE);
          found.add(new Found(platform, device, isProcessor(type)));
        }
      }
    }
    found.sort(Comparator.comparing(Found::isProcessor));
    List<OpenClDevice> devices = new ArrayList<>();
    for (Found each : found) {
      devices.add(describe(each, devices.size()));
    }
    return devices;
  }

  /** A device that is a GPU as well, as oclgrind's simulated one, is taken for a GPU. */
  private static boolean isProcessor(long type) {
    return (type & CL.CL_DEVICE_TYPE_CPU) != 0 && (type & CL.CL_DEVICE_TYPE_GPU) == 0;
  }

  private static cl_device_id[] devices(cl_platform_id platform) {
    int[] count = new int[1];
    int status = CL.clGetDeviceIDs(platform, CL.CL_DEVICE_TYPE_ALL, 0, null, count);
    if (status == CL.CL_DEVICE_NOT_FOUND) {
      return new cl_device_id[0];
    }
    Status.check("looking for devices", status, "OpenCL");
    if (count[0] == 0) {
      return new cl_device_id[0];
    }
    cl_device_id[] devices = new cl_device_id[count[0]];
    Status.check(
        "looking for devices",
        CL.clGetDeviceIDs(platform, CL.CL_DEVICE_TYPE_ALL, count[0], devices, null),
        "OpenCL");
    return devices;
  }

  /** The kernels need OpenCL 1.2 and its compiler; the transfers, Java's byte order. */
  private static boolean isUsable(cl_device_id device) {
    return DeviceQueries.integer(device, CL.CL_DEVICE_AVAILABLE) != 0
        && DeviceQueries.integer(device, CL.CL_DEVICE_COMPILER_AVAILABLE) != 0
        && DeviceQueries.integer(device, CL.CL_DEVICE_ENDIAN_LITTLE) != 0
        && isAtLeast12(DeviceQueries.text(device, CL.CL_DEVICE_VERSION));
  }

  static boolean isAtLeast12(String version) {
    Matcher parts = VERSION.matcher(version);
    return parts.matches()
        && Integer.parseInt(parts.group(1)) * 10 + Integer.parseInt(parts.group(2)) >= 12;
  }

  private static OpenClDevice describe(Found found, int index) {
    cl_device_id device = found.device;
    String name = DeviceQueries.text(device, CL.CL_DEVICE_NAME);
    String version = DeviceQueries.text(device, CL.CL_DEVICE_VERSION);
    String driver = DeviceQueries.text(device, CL.CL_DRIVER_VERSION);
    String platform = DeviceQueries.text(found.platform, CL.CL_PLATFORM_NAME);
    int units = DeviceQueries.integer(device, CL.CL_DEVICE_MAX_COMPUTE_UNITS);
    DeviceInfo info =
        new DeviceInfo(
            OpenClBackendProvider.NAME,
            index,
            name,
            String.format("%s, driver %s, %d compute units", platform, driver, units),
            DeviceQueries.number(device, CL.CL_DEVICE_GLOBAL_MEM_SIZE),
            found.isProcessor ? PROCESSOR_PREFERENCE : GPU_PREFERENCE);
    return new OpenClDevice(
        found.platform,
        device,
        info,
        platform,
        driver,
        String.join("|", platform, platformVersion(found.platform), name, version, driver),
        found.isProcessor,
        sharesHostMemory(device),
        units,
        DeviceQueries.number(device, CL.CL_DEVICE_MAX_MEM_ALLOC_SIZE),
        (int) DeviceQueries.number(device, CL.CL_DEVICE_MAX_WORK_GROUP_SIZE),
        DeviceQueries.number(device, CL.CL_DEVICE_LOCAL_MEM_SIZE),
        DeviceQueries.integer(device, CL.CL_DEVICE_NATIVE_VECTOR_WIDTH_FLOAT));
  }

  // Deprecated in OpenCL 2.0, and answered by every driver all the same.
  @SuppressWarnings("deprecation")
  private static boolean sharesHostMemory(cl_device_id device) {
    return DeviceQueries.integer(device, CL.CL_DEVICE_HOST_UNIFIED_MEMORY) != 0;
  }

  private static String platformVersion(cl_platform_id platform) {
    return DeviceQueries.text(platform, CL.CL_PLATFORM_VERSION);
  }
}
