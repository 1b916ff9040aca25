package dev.myelin.cuda;

import dev.myelin.DeviceException;
import jcuda.driver.CUcontext;
import jcuda.driver.JCudaDriver;

/**
 * The device's primary context, which all users in the process share, as one backend sees it: it is
 * made current on whichever thread calls, and dead after the first error that the driver calls
 * sticky.
 */
final class CudaContext {
  private final CudaDevice device;
  private final String id;
  private final CUcontext handle = new CUcontext();

  /** Uploads beside the work may find it on their thread. */
  private volatile String causeOfDeath;

  private boolean capturing;
  private DeviceException releaseFailure;

  CudaContext(CudaDevice device) {
    this.device = device;
    this.id = device.info().id();
    Status.check(
        "opening the device", JCudaDriver.cuDevicePrimaryCtxRetain(handle, device.handle()), id);
  }

  CudaDevice device() {
    return device;
  }

  /**
   * Makes the calling thread one that may use the device.
   *
   * @throws DeviceException when an earlier error was the last that this context could report
   */
  void enter() {
    if (causeOfDeath != null) {
      throw new DeviceException(
          "using the device again without opening it anew", causeOfDeath, id, null);
    }
    check("making the context current", JCudaDriver.cuCtxSetCurrent(handle));
  }

  /**
   * As {@link #enter}, for what cannot be recorded.
   *
   * @throws IllegalStateException while work is being captured
   */
  void enterOutsideOfCapture(String operation) {
    if (capturing) {
      throw new IllegalStateException(
          operation
              + " is called while work is being captured on "
              + id
              + ": move it out of there");
    }
    enter();
  }

  /** As {@link #enter}, to give back what a context holds, be it dead or not. */
  void enterToRelease() {
    checkRelease("making the context current", JCudaDriver.cuCtxSetCurrent(handle));
  }

  void setCapturing(boolean isCapturing) {
    capturing = isCapturing;
  }

  boolean isDead() {
    return causeOfDeath != null;
  }

  /**
   * @param operation what was being done
   * @param status what the function returned
   * @throws DeviceException with CUDA's name of the status unless it is success
   */
  void check(String operation, int status) {
    if (status != Status.SUCCESS) {
      if (Status.isSticky(status) && causeOfDeath == null) {
        causeOfDeath = Status.name(status) + " while " + operation;
      }
      Status.check(operation, status, id);
    }
  }

  /**
   * Looks at what a function that gives something back returned. The first failure is thrown at the
   * end of {@link #close}, so that all the rest is given back as well. What a dead context answers
   * says nothing: all of its memory goes with it.
   */
  void checkRelease(String operation, int status) {
    if (status != Status.SUCCESS && !isDead() && releaseFailure == null) {
      releaseFailure = new DeviceException(operation, Status.name(status), id, null);
    }
  }

  /** Gives the context back; the driver destroys it when nobody else holds it. */
  void close() {
    checkRelease("closing the device", JCudaDriver.cuDevicePrimaryCtxRelease(device.handle()));
    if (releaseFailure != null) {
      throw releaseFailure;
    }
  }
}
