package dev.myelin.opencl;

import java.nio.file.Path;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.cl_context;
import org.jocl.cl_device_id;
import org.jocl.cl_kernel;
import org.jocl.cl_mem;
import org.jocl.cl_program;

/** Runs a kernel with a fault that oclgrind must find: "race", "outside" or "none". */
final class PlantedFaultMain {
  private static final int LANES = 64;

  private PlantedFaultMain() {}

  private static String source(String fault) {
    // The race is the missing barrier; outside is the element behind the buffer's last.
    return "__kernel void planted(__global int* out) {"
        + "  __local int shared[64];"
        + "  int lane = get_local_id(0);"
        + "  shared[lane] = lane;"
        + (fault.equals("race") ? "" : "  barrier(CLK_LOCAL_MEM_FENCE);")
        + ("  out[lane + " + (fault.equals("outside") ? 1 : 0) + "] = shared[63 - lane];")
        + "}";
  }

  /**
   * Runs it.
   *
   * @param arguments the fault, and a folder for compiled programs
   */
  public static void main(String[] arguments) {
    OpenClDevice device = OpenClDevices.of(OpenClDevices.platforms()).get(0);
    cl_context context =
        CL.clCreateContext(null, 1, new cl_device_id[] {device.handle()}, null, null, null);
    CommandQueue queue = new CommandQueue(device, context);
    ProgramCache cache = new ProgramCache(Path.of(arguments[1]));
    Programs programs = new Programs(device, context, queue, cache);
    cl_program program = programs.build("planted.cl", source(arguments[0]), "");
    cl_kernel handle = CL.clCreateKernel(program, "planted", null);
    cl_mem out = CL.clCreateBuffer(context, CL.CL_MEM_READ_WRITE, 4 * LANES, null, null);
    Kernel kernel = new Kernel(device, queue, "planted", handle);
    kernel.memory(Pointer.to(out)).launchGroups(1, LANES);
    queue.finish();
    CL.clReleaseMemObject(out);
    Releases releases = new Releases(device.info().id());
    kernel.close(releases);
    CL.clReleaseProgram(program);
    programs.close(releases);
    queue.close(releases);
    releases.throwFirst();
    CL.clReleaseContext(context);
    System.out.println("done on " + device.info().name());
  }
}
