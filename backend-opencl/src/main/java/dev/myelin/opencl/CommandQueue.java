package dev.myelin.opencl;

import org.jocl.CL;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_event;

/** An in-order queue of a device: what is put in runs one after the other. */
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

  /**
   * What is put in from now on begins when all that the other queue holds now is done. The device
   * waits, not the caller.
   */
  void waitFor(CommandQueue other) {
    cl_event mark = new cl_event();
    Status.check(
        "marking a queue", CL.clEnqueueMarkerWithWaitList(other.handle, 0, null, mark), device);
    try {
      Status.check(
          "waiting for another queue",
          CL.clEnqueueBarrierWithWaitList(handle, 1, new cl_event[] {mark}, null),
          device);
      // Nothing else may ever send the mark off.
      Status.check("sending off a mark", CL.clFlush(other.handle), device);
    } finally {
      CL.clReleaseEvent(mark);
    }
  }

  /** Waits until the queue is empty. */
  void finish() {
    Status.check("waiting for work", CL.clFinish(handle), device);
  }

  void close() {
    Status.check("releasing the queue", CL.clReleaseCommandQueue(handle), device);
  }
}
