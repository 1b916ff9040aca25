package dev.myelin.opencl;

import dev.myelin.KernelBuildException;
import dev.myelin.kernels.KernelSources;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_context;
import org.jocl.cl_device_id;
import org.jocl.cl_kernel;
import org.jocl.cl_program;

/**
 * The kernels of one open device. A kernel file is compiled when the first of its kernels is asked
 * for, or loaded from the cache of compiled ones.
 */
final class Programs {
  /** No option may make arithmetic less accurate: the kernels say themselves what they fuse. */
  private static final String OPTIONS = "-cl-std=CL1.2";

  private final OpenClDevice device;
  private final cl_context context;
  private final CommandQueue queue;
  private final ProgramCache cache;
  private final Map<String, cl_program> programs = new HashMap<>();
  private final Map<String, Kernel> kernels = new HashMap<>();

  Programs(OpenClDevice device, cl_context context, CommandQueue queue, ProgramCache cache) {
    this.device = device;
    this.context = context;
    this.queue = queue;
    this.cache = cache;
  }

  /**
   * A kernel by its name, which no other file has, ready for its first argument.
   *
   * @param file where it stands, "elementwise.cl"
   * @throws KernelBuildException with the compiler's whole log when the file does not compile
   */
  Kernel kernel(String file, String name) {
    Kernel kernel = kernels.get(name);
    return kernel == null ? kernel(file, "", name) : kernel.begin();
  }

  /**
   * A kernel of a file compiled with definitions of its own, "-DTILE_M=64". Not for every launch:
   * the definitions are joined to the name by which it is found.
   */
  Kernel kernel(String file, String definitions, String name) {
    Kernel known = kernels.get(name + definitions);
    if (known != null) {
      return known.begin();
    }
    cl_program program =
        programs.computeIfAbsent(
            file + " " + definitions, unused -> build(file, KernelSources.load(file), definitions));
    int[] status = new int[1];
    cl_kernel handle = CL.clCreateKernel(program, name, status);
    Status.check("loading kernel " + name + " of " + file, status[0], device.info().id());
    Kernel kernel = new Kernel(device, queue, name, handle);
    kernels.put(name + definitions, kernel);
    return kernel;
  }

  /** Compiles a text, or takes what the cache has for it. */
  cl_program build(String file, String source, String definitions) {
    String options = definitions.isEmpty() ? OPTIONS : OPTIONS + " " + definitions;
    byte[] key = ProgramCache.key(device, options, source);
    byte[] binary = cache.read(key);
    cl_program cached = binary == null ? null : fromBinary(binary, options);
    if (cached != null) {
      return cached;
    }
    cl_program program = fromSource(file, source, options);
    byte[] compiled = binary(program);
    if (compiled.length > 0) {
      cache.write(key, compiled);
    }
    return program;
  }

  /** Null when the driver does not take the binary, which then is compiled anew. */
  private cl_program fromBinary(byte[] binary, String options) {
    int[] status = new int[1];
    cl_device_id[] devices = {device.handle()};
    cl_program program =
        CL.clCreateProgramWithBinary(
            context,
            1,
            devices,
            new long[] {binary.length},
            new byte[][] {binary},
            new int[1],
            status);
    if (status[0] != CL.CL_SUCCESS) {
      return null;
    }
    if (CL.clBuildProgram(program, 1, devices, options, null, null) != CL.CL_SUCCESS) {
      Status.check("releasing a program", CL.clReleaseProgram(program), device.info().id());
      return null;
    }
    return program;
  }

  private cl_program fromSource(String file, String source, String options) {
    int[] status = new int[1];
    cl_program program =
        CL.clCreateProgramWithSource(context, 1, new String[] {source}, null, status);
    Status.check("handing over " + file, status[0], device.info().id());
    cl_device_id[] devices = {device.handle()};
    int built = CL.clBuildProgram(program, 1, devices, options, null, null);
    if (built != CL.CL_SUCCESS) {
      String log = Status.name(built) + "\n" + log(program);
      CL.clReleaseProgram(program);
      throw new KernelBuildException(file, device.info().id(), log, null);
    }
    return program;
  }

  private String log(cl_program program) {
    long[] size = new long[1];
    int property = CL.CL_PROGRAM_BUILD_LOG;
    int status = CL.clGetProgramBuildInfo(program, device.handle(), property, 0, null, size);
    byte[] text = new byte[status == CL.CL_SUCCESS ? Math.toIntExact(size[0]) : 0];
    if (status == CL.CL_SUCCESS) {
      status =
          CL.clGetProgramBuildInfo(
              program, device.handle(), property, text.length, Pointer.to(text), null);
    }
    if (status != CL.CL_SUCCESS) {
      return "The compiler's log cannot be read: " + Status.name(status);
    }
    return new String(text, StandardCharsets.UTF_8).replace("\0", "").strip();
  }

  /** What the driver made of a program; empty when it keeps that to itself. */
  private static byte[] binary(cl_program program) {
    long[] size = new long[1];
    int status =
        CL.clGetProgramInfo(
            program, CL.CL_PROGRAM_BINARY_SIZES, Sizeof.size_t, Pointer.to(size), null);
    if (status != CL.CL_SUCCESS || size[0] == 0) {
      return new byte[0];
    }
    byte[] binary = new byte[Math.toIntExact(size[0])];
    Pointer target = Pointer.to(Pointer.to(binary));
    status = CL.clGetProgramInfo(program, CL.CL_PROGRAM_BINARIES, Sizeof.POINTER, target, null);
    return status == CL.CL_SUCCESS ? binary : new byte[0];
  }

  void close(Releases releases) {
    kernels.values().forEach(kernel -> kernel.close(releases));
    kernels.clear();
    for (cl_program program : programs.values()) {
      releases.check("releasing a program", CL.clReleaseProgram(program));
    }
    programs.clear();
  }
}
