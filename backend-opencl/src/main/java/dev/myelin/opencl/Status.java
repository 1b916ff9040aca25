package dev.myelin.opencl;

import dev.myelin.DeviceException;
import org.jocl.CL;

/** Looks at what OpenCL functions return. */
final class Status {
  private Status() {}

  /**
   * @param operation what was being done
   * @param status what the function returned
   * @throws DeviceException with OpenCL's name of the status unless it is success
   */
  static void check(String operation, int status, String device) {
    if (status != CL.CL_SUCCESS) {
      throw new DeviceException(operation, name(status), device, null);
    }
  }

  /** "CL_OUT_OF_RESOURCES". */
  static String name(int status) {
    return CL.stringFor_errorCode(status);
  }

  /** Whether the status says that there is no memory, on the device or for the driver. */
  static boolean isOutOfMemory(int status) {
    return status == CL.CL_MEM_OBJECT_ALLOCATION_FAILURE
        || status == CL.CL_OUT_OF_RESOURCES
        || status == CL.CL_OUT_OF_HOST_MEMORY
        || status == CL.CL_INVALID_BUFFER_SIZE;
  }
}
