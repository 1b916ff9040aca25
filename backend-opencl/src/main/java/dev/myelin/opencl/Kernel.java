package dev.myelin.opencl;

import dev.myelin.Tensor;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_kernel;

/**
 * A compiled kernel. Its arguments are given one after the other, in the order of its parameters,
 * and then it is launched: {@code
 * add.begin().index(count).tensor(a).tensor(b).tensor(out).launch(count)}. Allocates nothing.
 */
final class Kernel {
  /** Items of a group of an elementwise kernel; more neither helps GPUs nor processors. */
  private static final int GROUP_ITEMS = 256;

  private final OpenClDevice device;
  private final CommandQueue queue;
  private final String name;
  private final cl_kernel handle;
  private final int groupItems;

  private final int[] integer = new int[1];
  private final long[] index = new long[1];
  private final float[] real = new float[1];
  private final Pointer integerArgument = Pointer.to(integer);
  private final Pointer indexArgument = Pointer.to(index);
  private final Pointer realArgument = Pointer.to(real);
  private final long[] globalSize = new long[2];
  private final long[] localSize = new long[2];
  private int next;

  Kernel(OpenClDevice device, CommandQueue queue, String name, cl_kernel handle) {
    this.device = device;
    this.queue = queue;
    this.name = name;
    this.handle = handle;
    this.groupItems = Math.min(GROUP_ITEMS, device.maxGroupItems());
  }

  /** The first argument comes next: what was begun before may have ended in an exception. */
  Kernel begin() {
    next = 0;
    return this;
  }

  /** A tensor: its buffer and where in it it begins. */
  Kernel tensor(Tensor tensor) {
    return memory(OpenClBuffer.of(tensor).argument()).index(tensor.offset());
  }

  /** A buffer from its beginning on. */
  Kernel memory(Pointer buffer) {
    return argument(Sizeof.cl_mem, buffer);
  }

  /** A 64-bit number: an element count, a distance. */
  Kernel index(long value) {
    index[0] = value;
    return argument(Sizeof.cl_long, indexArgument);
  }

  Kernel integer(int value) {
    integer[0] = value;
    return argument(Sizeof.cl_int, integerArgument);
  }

  Kernel flag(boolean value) {
    return integer(value ? 1 : 0);
  }

  Kernel real(float value) {
    real[0] = value;
    return argument(Sizeof.cl_float, realArgument);
  }

  private Kernel argument(int bytes, Pointer value) {
    int status = CL.clSetKernelArg(handle, next, bytes, value);
    if (status != CL.CL_SUCCESS) {
      Status.check("setting argument " + next + " of kernel " + name, status, id());
    }
    next++;
    return this;
  }

  /** One item per element. */
  void launch(long elements) {
    launch(roundedUp(elements, groupItems), 1, groupItems, 1);
  }

  /** One item per element of a matrix, columns first. */
  void launchMatrix(int rows, int columns) {
    int across = 1;
    while (across < columns && across < groupItems) {
      across *= 2;
    }
    // A processor runs a row of items as one loop, so more rows in a group are no gain.
    int down = device.isProcessor() ? 1 : Math.max(1, groupItems / across);
    launch(roundedUp(columns, across), roundedUp(rows, down), across, down);
  }

  /** So many groups of so many lanes. */
  void launchGroups(long groups, int lanes) {
    launch(groups * lanes, 1, lanes, 1);
  }

  /**
   * @param itemsX a multiple of {@code lanesX}
   * @param itemsY a multiple of {@code lanesY}
   */
  void launch(long itemsX, long itemsY, int lanesX, int lanesY) {
    if (itemsX == 0 || itemsY == 0) {
      return;
    }
    globalSize[0] = itemsX;
    globalSize[1] = itemsY;
    localSize[0] = lanesX;
    localSize[1] = lanesY;
    int status =
        CL.clEnqueueNDRangeKernel(
            queue.handle(), handle, 2, null, globalSize, localSize, 0, null, null);
    if (status != CL.CL_SUCCESS) {
      Status.check(
          String.format(
              "launching kernel %s with %d x %d items in groups of %d x %d",
              name, itemsX, itemsY, lanesX, lanesY),
          status,
          id());
    }
  }

  private String id() {
    return device.info().id();
  }

  static long roundedUp(long value, int multiple) {
    return (value + multiple - 1) / multiple * multiple;
  }

  void close(Releases releases) {
    releases.check("releasing kernel " + name, CL.clReleaseKernel(handle));
  }
}
