package dev.myelin.cuda.standin;

import static jcuda.driver.JCudaDriver.cuCtxSetCurrent;
import static jcuda.driver.JCudaDriver.cuCtxSynchronize;
import static jcuda.driver.JCudaDriver.cuDeviceGet;
import static jcuda.driver.JCudaDriver.cuDevicePrimaryCtxRelease;
import static jcuda.driver.JCudaDriver.cuDevicePrimaryCtxRetain;
import static jcuda.driver.JCudaDriver.cuGetErrorName;
import static jcuda.driver.JCudaDriver.cuInit;
import static jcuda.driver.JCudaDriver.cuLaunchKernel;
import static jcuda.driver.JCudaDriver.cuMemAlloc;
import static jcuda.driver.JCudaDriver.cuMemFree;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoH;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoD;
import static jcuda.driver.JCudaDriver.cuModuleGetFunction;
import static jcuda.driver.JCudaDriver.cuModuleLoadData;
import static jcuda.driver.JCudaDriver.cuModuleUnload;
import static jcuda.driver.JCudaDriver.cuStreamCreate;
import static jcuda.driver.JCudaDriver.cuStreamDestroy;
import static jcuda.driver.JCudaDriver.cuStreamSynchronize;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import jcuda.NativePointerObject;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.CUstream;
import jcuda.driver.CUstream_flags;

/**
 * The driver's device 0 with its primary context and a stream, and what tests do on it; fails on
 * any error.
 *
 * <p>The driver is the stand-in, or with {@code -Dmyelin.cuda.driver=real} the one of this
 * machine's GPU: what holds there must hold here.
 */
final class TestDevice implements AutoCloseable {
  static final boolean IS_REAL = System.getProperty("myelin.cuda.driver", "").equals("real");

  /** A real driver takes a second to make the device's first context: it is made once. */
  private static boolean isContextKept;

  final CUdevice device = new CUdevice();
  final CUcontext context = new CUcontext();
  final CUstream stream = new CUstream();
  private final List<CUdeviceptr> memory = new ArrayList<>();
  private final List<CUmodule> modules = new ArrayList<>();

  /** Puts the stand-in into the driver's place, as new, unless the real one is under test. */
  static void loadDriver() {
    if (!IS_REAL) {
      StandInDriver.loadOrSkip();
    }
  }

  /** That the stand-in has nothing to complain of; a real driver does not say. */
  static void requireNoReports() {
    if (!IS_REAL) {
      assertEquals(List.of(), StandInDriver.reports());
    }
  }

  TestDevice() {
    succeeds(cuInit(0));
    succeeds(cuDeviceGet(device, 0));
    if (IS_REAL) {
      keepContext(device);
    }
    succeeds(cuDevicePrimaryCtxRetain(context, device));
    succeeds(cuCtxSetCurrent(context));
    succeeds(cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING));
  }

  static void succeeds(int code) {
    assertEquals("CUDA_SUCCESS", nameOf(code));
  }

  private static synchronized void keepContext(CUdevice device) {
    if (!isContextKept) {
      succeeds(cuDevicePrimaryCtxRetain(new CUcontext(), device));
      isContextKept = true;
    }
  }

  static void refused(String name, int code) {
    assertEquals("CUDA_ERROR_" + name, nameOf(code));
  }

  static String nameOf(int code) {
    String[] name = {null};
    cuGetErrorName(code, name);
    return name[0];
  }

  static String resource(String name) {
    try (InputStream stream = TestDevice.class.getResourceAsStream(name)) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  static byte[] image(String ptx) {
    byte[] text = ptx.getBytes(StandardCharsets.UTF_8);
    return Arrays.copyOf(text, text.length + 1);
  }

  /** Loads a kernel that NVIDIA's assembler takes, so that a real driver would, too. */
  CUfunction function(String ptx, String name) {
    if (!IS_REAL) {
      Assembler.requireValid(ptx);
    }
    CUmodule module = new CUmodule();
    succeeds(cuModuleLoadData(module, image(ptx)));
    modules.add(module);
    CUfunction function = new CUfunction();
    succeeds(cuModuleGetFunction(function, module, name));
    return function;
  }

  CUdeviceptr allocate(long bytes) {
    CUdeviceptr pointer = new CUdeviceptr();
    succeeds(cuMemAlloc(pointer, bytes));
    memory.add(pointer);
    return pointer;
  }

  CUdeviceptr upload(float... values) {
    CUdeviceptr pointer = allocate(values.length * 4L);
    copyIn(pointer, Pointer.to(values), values.length * 4L);
    return pointer;
  }

  CUdeviceptr upload(int... values) {
    CUdeviceptr pointer = allocate(values.length * 4L);
    copyIn(pointer, Pointer.to(values), values.length * 4L);
    return pointer;
  }

  /** The driver may return before the bytes are there, and {@link #stream} would not wait. */
  private static void copyIn(CUdeviceptr to, Pointer from, long bytes) {
    succeeds(cuMemcpyHtoD(to, from, bytes));
    succeeds(cuCtxSynchronize());
  }

  float[] floats(CUdeviceptr pointer, int count) {
    float[] values = new float[count];
    succeeds(cuMemcpyDtoH(Pointer.to(values), pointer, count * 4L));
    return values;
  }

  int[] ints(CUdeviceptr pointer, int count) {
    int[] values = new int[count];
    succeeds(cuMemcpyDtoH(Pointer.to(values), pointer, count * 4L));
    return values;
  }

  long[] longs(CUdeviceptr pointer, int count) {
    long[] values = new long[count];
    succeeds(cuMemcpyDtoH(Pointer.to(values), pointer, count * 8L));
    return values;
  }

  /** Puts a kernel into the stream; arguments are device pointers and ints. */
  int enqueue(CUfunction function, int blocks, int threads, Object... arguments) {
    NativePointerObject[] pointers = new NativePointerObject[arguments.length];
    for (int index = 0; index < arguments.length; index++) {
      Object argument = arguments[index];
      pointers[index] =
          argument instanceof CUdeviceptr pointer
              ? Pointer.to(pointer)
              : Pointer.to(new int[] {(Integer) argument});
    }
    Pointer parameters = arguments.length == 0 ? null : Pointer.to(pointers);
    return cuLaunchKernel(function, blocks, 1, 1, threads, 1, 1, 0, stream, parameters, null);
  }

  /** Runs a kernel to its end and gives the code. */
  int run(CUfunction function, int blocks, int threads, Object... arguments) {
    succeeds(enqueue(function, blocks, threads, arguments));
    return cuStreamSynchronize(stream);
  }

  /** After a sticky error the driver takes nothing back: its codes are of no interest here. */
  @Override
  public void close() {
    memory.forEach(pointer -> cuMemFree(pointer));
    modules.forEach(module -> cuModuleUnload(module));
    cuStreamDestroy(stream);
    cuDevicePrimaryCtxRelease(device);
  }
}
