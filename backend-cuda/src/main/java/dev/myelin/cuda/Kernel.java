package dev.myelin.cuda;

import dev.myelin.Tensor;
import java.nio.ByteBuffer;
import java.util.List;
import jcuda.Pointer;
import jcuda.driver.CUfunction;
import jcuda.driver.JCudaDriver;

/**
 * A loaded kernel. Its arguments are given one after the other, in the order of its parameters, and
 * then it is launched: {@code add.index(count).tensor(a).tensor(b).tensor(out).launch(count)}.
 * Allocates nothing.
 *
 * <p>The arguments lie in native memory, behind a table of their addresses that is made once: a
 * launch hands the driver one address, where JCuda would otherwise build the table anew each time.
 */
final class Kernel {
  /** Items of a group of an elementwise kernel. */
  private static final int GROUP_ITEMS = 256;

  /** The most groups along the second dimension; along the first there may be 2^31 - 1. */
  private static final int MAXIMUM_GROUPS_Y = 65535;

  /** The most arguments that a kernel here has room for. */
  static final int MAXIMUM_ARGUMENTS = 32;

  /** What a kernel takes of {@link LaunchMemory}: a value and an address for each argument. */
  static final int LAUNCH_BYTES = 2 * MAXIMUM_ARGUMENTS * Long.BYTES;

  private final CudaContext context;
  private final CommandQueue queue;
  private final LaunchMode mode;
  private final String name;
  private final CUfunction handle;
  private final int sharedBytes;
  private final KernelParameters.Kind[] kinds;
  private final ByteBuffer values;
  private final Pointer arguments;
  private int next;

  /**
   * @param sharedBytes what each group gets of shared memory besides what the kernel declares
   */
  Kernel(
      CudaContext context,
      CommandQueue queue,
      LaunchMode mode,
      String name,
      CUfunction handle,
      int sharedBytes,
      List<KernelParameters.Kind> kinds,
      LaunchMemory.Block block) {
    this.context = context;
    this.queue = queue;
    this.mode = mode;
    this.name = name;
    this.handle = handle;
    this.sharedBytes = sharedBytes;
    this.kinds = kinds.toArray(new KernelParameters.Kind[0]);
    this.values = block.bytes();
    this.arguments = block.pointer(MAXIMUM_ARGUMENTS * Long.BYTES);
    for (int i = 0; i < kinds.size(); i++) {
      values.putLong((MAXIMUM_ARGUMENTS + i) * Long.BYTES, block.address() + (long) i * Long.BYTES);
    }
  }

  /** A tensor: its buffer and where in it it begins. */
  Kernel tensor(Tensor tensor) {
    return memory(CudaBuffer.of(tensor).address()).index(tensor.offset());
  }

  /** Device memory from an address on. */
  Kernel memory(long address) {
    return index(address);
  }

  /** A 64-bit number: an element count, a distance. */
  Kernel index(long value) {
    values.putLong(place(KernelParameters.Kind.INDEX), value);
    return this;
  }

  Kernel integer(int value) {
    values.putInt(place(KernelParameters.Kind.INTEGER), value);
    return this;
  }

  Kernel flag(boolean value) {
    return integer(value ? 1 : 0);
  }

  Kernel real(float value) {
    values.putFloat(place(KernelParameters.Kind.REAL), value);
    return this;
  }

  private int place(KernelParameters.Kind kind) {
    if (next == kinds.length || kinds[next] != kind) {
      int number = next;
      next = 0;
      throw new IllegalStateException(
          String.format(
              "kernel %s: argument %d is given as %s, but the kernel has %s",
              name, number, kind, number == kinds.length ? "no more" : kinds[number]));
    }
    return next++ * Long.BYTES;
  }

  /** One item per element. */
  void launch(long elements) {
    launchGroups(roundedUp(elements, GROUP_ITEMS) / GROUP_ITEMS, GROUP_ITEMS);
  }

  /** One item per element of a matrix, columns first. */
  void launchMatrix(int rows, int columns) {
    int across = 1;
    while (across < columns && across < GROUP_ITEMS) {
      across *= 2;
    }
    while (across > 1 && (long) GROUP_ITEMS / across * MAXIMUM_GROUPS_Y < rows) {
      across /= 2;
    }
    int down = GROUP_ITEMS / across;
    launch(
        roundedUp(columns, across) / across,
        Math.toIntExact(roundedUp(rows, down) / down),
        across,
        down);
  }

  /** So many groups of so many lanes. */
  void launchGroups(long groups, int lanes) {
    launch(groups, 1, lanes, 1);
  }

  void launch(long groupsX, int groupsY, int lanesX, int lanesY) {
    if (next != kinds.length) {
      int given = next;
      next = 0;
      throw new IllegalStateException(
          String.format(
              "kernel %s: %d arguments are given, but it has %d", name, given, kinds.length));
    }
    next = 0;
    if (groupsX == 0 || groupsY == 0 || mode.isRehearsing()) {
      return;
    }
    mode.countLaunch();
    int status =
        JCudaDriver.cuLaunchKernel(
            handle,
            Math.toIntExact(groupsX),
            groupsY,
            1,
            lanesX,
            lanesY,
            1,
            sharedBytes,
            queue.stream(),
            arguments,
            null);
    if (status != Status.SUCCESS) {
      context.check(
          String.format(
              "launching kernel %s with %d x %d groups of %d x %d lanes",
              name, groupsX, groupsY, lanesX, lanesY),
          status);
    }
  }

  static long roundedUp(long value, int multiple) {
    return (value + multiple - 1) / multiple * multiple;
  }
}
