package dev.myelin.opencl;

import org.jocl.CL;
import org.jocl.cl_context;
import org.jocl.cl_context_properties;
import org.jocl.cl_device_id;

/**
 * Makes and releases contexts, one at a time: JOCL keeps them in a table of the whole process that
 * no lock guards, and two threads that change it at once end the JVM.
 */
final class Contexts {
  private Contexts() {}

  static synchronized cl_context create(OpenClDevice device) {
    cl_context_properties properties = new cl_context_properties();
    properties.addProperty(CL.CL_CONTEXT_PLATFORM, device.platform());
    int[] status = new int[1];
    cl_device_id[] devices = {device.handle()};
    cl_context context = CL.clCreateContext(properties, 1, devices, null, null, status);
    Status.check("opening the device", status[0], device.info().id());
    return context;
  }

  /** Returns the driver's return code. */
  static synchronized int release(cl_context context) {
    return CL.clReleaseContext(context);
  }
}
