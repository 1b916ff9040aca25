package dev.myelin.cuda;

import dev.myelin.KernelBuildException;
import dev.myelin.kernels.KernelBinaries;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import jcuda.Pointer;
import jcuda.driver.CUfunction;
import jcuda.driver.CUfunction_attribute;
import jcuda.driver.CUjit_option;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import jcuda.driver.JITOptions;

/**
 * The kernels of one open device. A file of PTX is handed to the driver, which compiles it and
 * keeps the result in a cache of its own, when the first of its kernels is asked for.
 */
final class Programs {
  private static final int LOG_BYTES = 16 << 10;

  /** More shared memory has to be asked for, kernel by kernel. */
  private static final int SHARED_BYTES_UNASKED = 48 << 10;

  private final CudaContext context;
  private final CommandQueue queue;
  private final LaunchMode mode;
  private final LaunchMemory launchMemory;
  private final Map<String, CUmodule> modules = new HashMap<>();
  private final Map<String, Kernel> kernels = new HashMap<>();

  Programs(CudaContext context, CommandQueue queue, LaunchMode mode, LaunchMemory launchMemory) {
    this.context = context;
    this.queue = queue;
    this.mode = mode;
    this.launchMemory = launchMemory;
  }

  /**
   * A kernel by its name, which no other file has.
   *
   * @param file where it stands, "elementwise"
   * @throws KernelBuildException with the compiler's whole log when the driver refuses the file
   */
  Kernel kernel(String file, String name) {
    Kernel kernel = kernels.get(name);
    if (kernel == null) {
      kernel = load(file, name);
      kernels.put(name, kernel);
    }
    return kernel;
  }

  /** As {@link #kernel}, of a name that several files have; to be asked once a file. */
  Kernel load(String file, String name) {
    return load(file, name, 0);
  }

  /**
   * As {@link #load(String, String)}.
   *
   * @param sharedBytes what each group gets of shared memory besides what the kernel declares
   */
  Kernel load(String file, String name, int sharedBytes) {
    String ptx = KernelBinaries.ptx(file);
    CUmodule module = modules.get(file);
    if (module == null) {
      module = build(file, ptx);
      modules.put(file, module);
    }
    CUfunction handle = new CUfunction();
    int status = JCudaDriver.cuModuleGetFunction(handle, module, name);
    context.check("loading kernel " + name + " of " + file, status);
    if (sharedBytes > SHARED_BYTES_UNASKED) {
      context.check(
          "asking for " + sharedBytes + " bytes of shared memory for " + file,
          JCudaDriver.cuFuncSetAttribute(
              handle,
              CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES,
              sharedBytes));
    }
    return new Kernel(
        context,
        queue,
        mode,
        name,
        handle,
        sharedBytes,
        KernelParameters.of(ptx, name),
        launchMemory.take());
  }

  /** Lets the driver compile a text. */
  CUmodule build(String file, String ptx) {
    JITOptions options = new JITOptions();
    options.putBytes(CUjit_option.CU_JIT_ERROR_LOG_BUFFER, new byte[LOG_BYTES]);
    options.putInt(CUjit_option.CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES, LOG_BYTES);
    // The driver reads up to a zero.
    byte[] text = ptx.getBytes(StandardCharsets.US_ASCII);
    CUmodule module = new CUmodule();
    int status =
        JCudaDriver.cuModuleLoadDataJIT(
            module, Pointer.to(Arrays.copyOf(text, text.length + 1)), options);
    if (isRefusal(status)) {
      String log = options.getString(CUjit_option.CU_JIT_ERROR_LOG_BUFFER);
      String reason = Status.name(status) + "\n" + log.strip();
      throw new KernelBuildException(file, context.device().info().id(), reason, null);
    }
    context.check("loading " + file, status);
    return module;
  }

  private static boolean isRefusal(int status) {
    return status == CUresult.CUDA_ERROR_INVALID_IMAGE
        || status == CUresult.CUDA_ERROR_INVALID_PTX
        || status == CUresult.CUDA_ERROR_NO_BINARY_FOR_GPU
        || status == CUresult.CUDA_ERROR_UNSUPPORTED_PTX_VERSION
        || status == CUresult.CUDA_ERROR_JIT_COMPILER_NOT_FOUND
        || status == CUresult.CUDA_ERROR_INVALID_SOURCE;
  }

  void close() {
    kernels.clear();
    for (CUmodule module : modules.values()) {
      context.checkRelease("releasing a module", JCudaDriver.cuModuleUnload(module));
    }
    modules.clear();
  }
}
