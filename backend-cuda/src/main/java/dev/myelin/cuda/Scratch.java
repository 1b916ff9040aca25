package dev.myelin.cuda;

import dev.myelin.OutOfDeviceMemoryException;
import jcuda.driver.JCudaDriver;

/**
 * The backend's own memory, taken once: partial results of reductions, and slices of matrix
 * products. Work runs in order, so one of each is enough.
 */
final class Scratch {
  /** How many groups a reduction has at most, and hence partial results. */
  static final int MAXIMUM_PARTIALS = 64;

  private static final int FACTOR_FLOATS = 1;

  private final CudaContext context;
  private final DevicePointer memory = new DevicePointer();

  Scratch(CudaContext context) {
    this.context = context;
    long bytes = bytes(context.device());
    int status = JCudaDriver.cuMemAlloc(memory, bytes);
    if (status == Status.OUT_OF_MEMORY) {
      long total = context.device().info().memoryBytes();
      throw new OutOfDeviceMemoryException(context.device().info().id(), bytes, 0, total);
    }
    context.check("allocating " + bytes + " bytes of scratch memory", status);
  }

  /** What all of it takes. */
  static long bytes(CudaDevice device) {
    return 4L * (Slices.floats(device) + 2 * MAXIMUM_PARTIALS + FACTOR_FLOATS);
  }

  /** {@link Slices#floats} floats. */
  long slices() {
    return memory.address();
  }

  /** {@link #MAXIMUM_PARTIALS} numbers of either type. */
  long partials() {
    return slices() + 4L * Slices.floats(context.device());
  }

  /** {@link #MAXIMUM_PARTIALS} floats, besides the partial results. */
  long maxima() {
    return partials() + 4L * MAXIMUM_PARTIALS;
  }

  /** One float. */
  long factor() {
    return maxima() + 4L * MAXIMUM_PARTIALS;
  }

  void close() {
    context.checkRelease("freeing scratch memory", JCudaDriver.cuMemFree(memory));
  }
}
