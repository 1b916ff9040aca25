package dev.myelin.opencl;

import java.nio.charset.StandardCharsets;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_device_id;
import org.jocl.cl_platform_id;

/** Asks platforms and devices for their properties. */
final class DeviceQueries {
  /** What error messages call a device whose name is not known yet. */
  private static final String SOME_DEVICE = "an OpenCL device";

  private DeviceQueries() {}

  static String text(cl_platform_id platform, int property) {
    long[] size = new long[1];
    check(CL.clGetPlatformInfo(platform, property, 0, null, size));
    byte[] bytes = new byte[Math.toIntExact(size[0])];
    check(CL.clGetPlatformInfo(platform, property, bytes.length, Pointer.to(bytes), null));
    return text(bytes);
  }

  static String text(cl_device_id device, int property) {
    long[] size = new long[1];
    check(CL.clGetDeviceInfo(device, property, 0, null, size));
    byte[] bytes = new byte[Math.toIntExact(size[0])];
    check(CL.clGetDeviceInfo(device, property, bytes.length, Pointer.to(bytes), null));
    return text(bytes);
  }

  /** A number of four bytes: cl_uint, cl_bool. */
  static int integer(cl_device_id device, int property) {
    int[] value = new int[1];
    check(CL.clGetDeviceInfo(device, property, Sizeof.cl_uint, Pointer.to(value), null));
    return value[0];
  }

  /** A number of eight bytes: cl_ulong, cl_bitfield, and size_t on a 64-bit system. */
  static long number(cl_device_id device, int property) {
    long[] value = new long[1];
    check(CL.clGetDeviceInfo(device, property, Sizeof.cl_ulong, Pointer.to(value), null));
    return value[0];
  }

  private static void check(int status) {
    Status.check("asking for a property", status, SOME_DEVICE);
  }

  /** C's strings end with a zero. */
  private static String text(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    int end = text.indexOf('\0');
    return (end < 0 ? text : text.substring(0, end)).strip();
  }
}
