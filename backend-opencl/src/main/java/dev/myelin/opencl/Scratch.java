package dev.myelin.opencl;

import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.cl_context;
import org.jocl.cl_mem;

/**
 * The backend's own memory, of a fixed size, each part made at its first use: partial results of
 * reductions, and packed blocks of matrices where the matrix product wants them.
 */
final class Scratch {
  /** How many groups a reduction has at most, and hence partial results. */
  static final int MAXIMUM_PARTIALS = 64;

  /** What one packed block of an operand may take, in floats. */
  static final int PACKED_FLOATS = 256 * 4128;

  /** What all of it takes: one packed block of each operand, partial results twice, a factor. */
  static final long MAXIMUM_BYTES = 4L * (2 * PACKED_FLOATS + 2 * MAXIMUM_PARTIALS + 1);

  private final OpenClDevice device;
  private final cl_context context;
  private final Part partials = new Part(4L * MAXIMUM_PARTIALS);
  private final Part maxima = new Part(4L * MAXIMUM_PARTIALS);
  private final Part factor = new Part(4);
  private final Part packedA = new Part(4L * PACKED_FLOATS);
  private final Part packedB = new Part(4L * PACKED_FLOATS);

  Scratch(OpenClDevice device, cl_context context) {
    this.device = device;
    this.context = context;
  }

  /** {@link #MAXIMUM_PARTIALS} numbers of either type. */
  Pointer partials() {
    return partials.argument();
  }

  /** {@link #MAXIMUM_PARTIALS} floats, besides the partial results. */
  Pointer maxima() {
    return maxima.argument();
  }

  /** One float. */
  Pointer factor() {
    return factor.argument();
  }

  /** {@link #PACKED_FLOATS} floats. */
  Pointer packedA() {
    return packedA.argument();
  }

  /** {@link #PACKED_FLOATS} floats. */
  Pointer packedB() {
    return packedB.argument();
  }

  void close(Releases releases) {
    for (Part part : new Part[] {partials, maxima, factor, packedA, packedB}) {
      part.close(releases);
    }
  }

  private final class Part {
    private final long bytes;
    private cl_mem handle;
    private Pointer argument;

    Part(long bytes) {
      this.bytes = bytes;
    }

    Pointer argument() {
      if (argument == null) {
        int[] status = new int[1];
        handle = CL.clCreateBuffer(context, CL.CL_MEM_READ_WRITE, bytes, null, status);
        Status.check(
            "allocating " + bytes + " bytes of scratch memory", status[0], device.info().id());
        argument = Pointer.to(handle);
      }
      return argument;
    }

    void close(Releases releases) {
      if (handle != null) {
        releases.check("freeing scratch memory", CL.clReleaseMemObject(handle));
        handle = null;
        argument = null;
      }
    }
  }
}
