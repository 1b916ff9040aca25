package dev.myelin.opencl;

import dev.myelin.Tensor;
import org.jocl.CL;
import org.jocl.Pointer;
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

  /** Returns when the host array may be changed. */
  void upload(Pointer host, Tensor target) {
    long bytes = target.elements() * target.type().bytes();
    if (bytes > 0) {
      int status =
          CL.clEnqueueWriteBuffer(
              handle,
              OpenClBuffer.of(target).handle(),
              true,
              target.offset() * target.type().bytes(),
              bytes,
              host,
              0,
              null,
              null);
      check("uploading", target, status);
    }
  }

  /** Waits for what is before it in the queue, and returns when the host array is filled. */
  void download(Tensor source, Pointer host) {
    long bytes = source.elements() * source.type().bytes();
    if (bytes > 0) {
      int status =
          CL.clEnqueueReadBuffer(
              handle,
              OpenClBuffer.of(source).handle(),
              true,
              source.offset() * source.type().bytes(),
              bytes,
              host,
              0,
              null,
              null);
      check("downloading", source, status);
    }
  }

  private void check(String operation, Tensor tensor, int status) {
    // Looked at first, because the message costs more than the call.
    if (status != CL.CL_SUCCESS) {
      Status.check(operation + " " + tensor, status, device);
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
