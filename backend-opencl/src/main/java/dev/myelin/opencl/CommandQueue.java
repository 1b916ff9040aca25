package dev.myelin.opencl;

import org.jocl.CL;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;

/** The in-order queue of a device: what is put in runs one after the other. */
final class CommandQueue {
  private final String device;
  private final cl_command_queue handle;

  // The function that replaces the deprecated one came with OpenCL 2.0; macOS has 1.2.
  @SuppressWarnings("deprecation")
  CommandQueue(OpenClDevice device, cl_context context) {
    this.device = device.info().id();
    int[] status = new int[1];
    handle = CL.clCreateCommandQueue(context, device.handle(), 0, status);
    Status.check("making a queue", status[0], this.device);
  }

  cl_command_queue handle() {
    return handle;
  }

  /** Waits until the queue is empty. */
  void finish() {
    Status.check("waiting for work", CL.clFinish(handle), device);
  }

  void close() {
    Status.check("releasing the queue", CL.clReleaseCommandQueue(handle), device);
  }
}
