package dev.myelin.opencl;

import java.nio.ByteBuffer;
import org.jocl.CL;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_event;
import org.jocl.cl_mem;

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
    int waiting = CL.clEnqueueBarrierWithWaitList(handle, 1, new cl_event[] {mark}, null);
    // Nothing else may ever send the mark off.
    int flushed = CL.clFlush(other.handle);
    int released = CL.clReleaseEvent(mark);
    Status.check("waiting for another queue", waiting, device);
    Status.check("sending off a mark", flushed, device);
    Status.check("releasing an event", released, device);
  }

  /** Waits until the queue is empty. */
  void finish() {
    Status.check("waiting for work", CL.clFinish(handle), device);
  }

  /**
   * Gives mapped memory back to the device. JOCL has an event made at every unmapping, and loses it
   * unless it is asked for; so it is, and given back.
   *
   * @return what OpenCL returned
   */
  int unmap(cl_mem buffer, ByteBuffer memory) {
    cl_event unmapped = new cl_event();
    int status = CL.clEnqueueUnmapMemObject(handle, buffer, memory, 0, null, unmapped);
    return status == CL.CL_SUCCESS ? CL.clReleaseEvent(unmapped) : status;
  }

  void close(Releases releases) {
    releases.check("releasing the queue", CL.clReleaseCommandQueue(handle));
  }
}
