package dev.myelin.cuda.standin;

import static dev.myelin.cuda.standin.TestDevice.image;
import static dev.myelin.cuda.standin.TestDevice.nameOf;
import static dev.myelin.cuda.standin.TestDevice.refused;
import static dev.myelin.cuda.standin.TestDevice.requireNoReports;
import static dev.myelin.cuda.standin.TestDevice.resource;
import static dev.myelin.cuda.standin.TestDevice.succeeds;
import static jcuda.driver.JCudaDriver.*;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUfunction;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUjit_option;
import jcuda.driver.CUmodule;
import jcuda.driver.CUstream;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JITOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What the backend relies on, of any driver: with {@code -Dmyelin.cuda.driver=real} these tests ask
 * the one of this machine's GPU, and so show where the stand-in behaves otherwise. Where a driver
 * may do as it likes, {@link StandInStrictnessTest} says what the stand-in does.
 */
class DriverContractTest {
  private static final String KERNELS = resource("kernels.ptx");
  private static final int THREAD_LOCAL = CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL;

  /** JCuda tells an address to subclasses only. */
  private static final class Address extends CUdeviceptr {
    long value() {
      return getNativePointer();
    }
  }

  private TestDevice device;

  @BeforeEach
  void open() {
    TestDevice.loadDriver();
    device = new TestDevice();
  }

  @AfterEach
  void close() {
    if (device != null) {
      device.close();
    }
  }

  private static <T> T onNewThread(Callable<T> work) throws Exception {
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      return thread.submit(work).get();
    } finally {
      thread.shutdown();
    }
  }

  @Test
  void pinnedTransfers_arriveWhereTheirStreamIsWaitedFor() {
    Pointer host = new Pointer();
    succeeds(cuMemAllocHost(host, 16));
    FloatBuffer values = host.getByteBuffer(0, 16).order(ByteOrder.nativeOrder()).asFloatBuffer();
    values.put(new float[] {1, 2, 3, 4}).rewind();
    CUdeviceptr memory = device.allocate(16);
    succeeds(cuMemcpyHtoDAsync(memory, host, 16, device.stream));
    succeeds(cuStreamSynchronize(device.stream));
    values.put(new float[4]).rewind();
    succeeds(cuMemcpyDtoHAsync(host, memory, 16, device.stream));
    succeeds(cuStreamSynchronize(device.stream));
    assertEquals(1f, values.get(0));
    assertEquals(4f, values.get(3));
    succeeds(cuStreamQuery(device.stream));
    succeeds(cuMemFreeHost(host));
  }

  @Test
  void memory_isAlignedForVectors_andFreedOnce() {
    for (long bytes : new long[] {1, 3, 500, 70_000}) {
      Address place = new Address();
      succeeds(cuMemAlloc(place, bytes));
      assertEquals(0, place.value() % 256, bytes + " bytes");
      succeeds(cuMemFree(place));
    }
    CUdeviceptr memory = new CUdeviceptr();
    succeeds(cuMemAlloc(memory, 16));
    succeeds(cuMemFree(memory));
    refused("INVALID_VALUE", cuMemFree(memory));
    refused("INVALID_VALUE", cuMemAlloc(memory, 0));
  }

  @Test
  void memory_thatTheDeviceDoesNotHave_isRefused_andNothingIsLost() {
    long[] free = {0};
    long[] total = {0};
    succeeds(cuMemGetInfo(free, total));
    assertTrue(0 < free[0] && free[0] <= total[0], free[0] + " of " + total[0]);
    refused("OUT_OF_MEMORY", cuMemAlloc(new CUdeviceptr(), total[0] + (1 << 20)));
    CUdeviceptr large = device.allocate(16 << 20);
    long[] freeThen = {0};
    succeeds(cuMemGetInfo(freeThen, total));
    // Others may use the device at the same time: all that can be said is that it counts.
    assertTrue(freeThen[0] <= total[0] - (16 << 20), freeThen[0] + " of " + total[0]);
    succeeds(cuMemsetD32Async(large, 7, 4 << 20, device.stream));
    succeeds(cuStreamSynchronize(device.stream));
    assertEquals(7, device.ints(large, 4 << 20)[(4 << 20) - 1]);
  }

  @Test
  void event_makesAnotherStreamWait() {
    CUstream other = new CUstream();
    succeeds(cuStreamCreate(other, CUstream_flags.CU_STREAM_NON_BLOCKING));
    CUdeviceptr memory = device.upload(1f);
    succeeds(cuMemsetD32Async(memory, 0, 1, device.stream));
    CUevent event = new CUevent();
    succeeds(cuEventCreate(event, 0));
    succeeds(cuEventRecord(event, device.stream));
    succeeds(cuStreamWaitEvent(other, event, 0));
    float[] seen = {-1};
    succeeds(cuMemcpyDtoHAsync(Pointer.to(seen), memory, 4, other));
    succeeds(cuStreamSynchronize(other));
    assertEquals(0f, seen[0]);
    succeeds(cuEventDestroy(event));
    succeeds(cuStreamDestroy(other));
  }

  @Test
  void events_measureWhatLiesBetween() {
    CUevent from = new CUevent();
    CUevent to = new CUevent();
    succeeds(cuEventCreate(from, 0));
    succeeds(cuEventCreate(to, 0));
    float[] milliseconds = {-1};
    refused("INVALID_HANDLE", cuEventElapsedTime(milliseconds, from, to));
    succeeds(cuEventRecord(from, device.stream));
    succeeds(cuEventRecord(to, device.stream));
    succeeds(cuEventSynchronize(to));
    succeeds(cuEventQuery(to));
    succeeds(cuEventElapsedTime(milliseconds, from, to));
    assertTrue(milliseconds[0] >= 0);
    succeeds(cuEventDestroy(from));
    succeeds(cuEventDestroy(to));
  }

  @Test
  void eventWithoutTime_measuresNothing() {
    CUevent event = new CUevent();
    succeeds(cuEventCreate(event, jcuda.driver.CUevent_flags.CU_EVENT_DISABLE_TIMING));
    succeeds(cuEventRecord(event, device.stream));
    succeeds(cuEventSynchronize(event));
    refused("INVALID_HANDLE", cuEventElapsedTime(new float[1], event, event));
    succeeds(cuEventDestroy(event));
  }

  @Test
  void capturedGraph_replaysWhatEagerDoes() {
    CUfunction addOne = device.function(KERNELS, "addOne");
    CUdeviceptr values = device.upload(new float[100]);
    CUgraph graph = new CUgraph();
    CUgraphExec executable = new CUgraphExec();
    succeeds(cuStreamBeginCapture(device.stream, THREAD_LOCAL));
    succeeds(device.enqueue(addOne, 2, 64, values, values, 100));
    succeeds(device.enqueue(addOne, 1, 64, values, values, 50));
    succeeds(cuStreamEndCapture(device.stream, graph));
    assertEquals(0f, device.floats(values, 1)[0], "captured work does not run");
    succeeds(cuGraphInstantiate(executable, graph, 0));
    succeeds(cuGraphDestroy(graph));
    for (int replay = 0; replay < 3; replay++) {
      succeeds(cuGraphLaunch(executable, device.stream));
    }
    succeeds(cuStreamSynchronize(device.stream));
    assertEquals(6f, device.floats(values, 100)[0]);
    assertEquals(3f, device.floats(values, 100)[99]);
    succeeds(cuGraphExecDestroy(executable));
  }

  @Test
  void captureViolations_endTheCapture() {
    CUgraph graph = new CUgraph();
    refused("ILLEGAL_STATE", cuStreamEndCapture(device.stream, graph));
    succeeds(cuStreamBeginCapture(device.stream, THREAD_LOCAL));
    refused("ILLEGAL_STATE", cuStreamBeginCapture(device.stream, THREAD_LOCAL));
    refused("STREAM_CAPTURE_UNSUPPORTED", cuStreamSynchronize(device.stream));
    refused("STREAM_CAPTURE_INVALIDATED", cuStreamEndCapture(device.stream, graph));
    succeeds(cuStreamBeginCapture(device.stream, THREAD_LOCAL));
    refused("STREAM_CAPTURE_UNSUPPORTED", cuMemAlloc(new CUdeviceptr(), 16));
    refused("STREAM_CAPTURE_INVALIDATED", cuStreamEndCapture(device.stream, graph));
    succeeds(cuStreamSynchronize(device.stream));
  }

  @Test
  void captureEndedByAnotherThread_isRefused() throws Exception {
    CUgraph graph = new CUgraph();
    succeeds(cuStreamBeginCapture(device.stream, THREAD_LOCAL));
    int code =
        onNewThread(
            () -> {
              succeeds(cuCtxSetCurrent(device.context));
              return cuStreamEndCapture(device.stream, graph);
            });
    refused("STREAM_CAPTURE_WRONG_THREAD", code);
    // Whether the capture outlives that is not written down; ended by its own thread it is over.
    if (cuStreamEndCapture(device.stream, graph) == 0) {
      succeeds(cuGraphDestroy(graph));
    }
    succeeds(cuStreamSynchronize(device.stream));
  }

  @Test
  void contexts_areOfThreads() throws Exception {
    refused("INVALID_CONTEXT", onNewThread(() -> cuMemAlloc(new CUdeviceptr(), 16)));
    CUcontext other = new CUcontext();
    succeeds(cuCtxCreate(other, 0, device.device));
    CUcontext current = new CUcontext();
    succeeds(cuCtxGetCurrent(current));
    assertEquals(other, current);
    succeeds(cuCtxDestroy(other));
    succeeds(cuCtxSetCurrent(device.context));
    succeeds(cuStreamSynchronize(device.stream));
  }

  @Test
  void primaryContext_isShared_andLivesUntilItsLastUserGivesItBack() {
    CUcontext same = new CUcontext();
    succeeds(cuDevicePrimaryCtxRetain(same, device.device));
    assertEquals(device.context, same);
    succeeds(cuDevicePrimaryCtxRelease(device.device));
    CUdeviceptr memory = device.upload(5f);
    assertEquals(5f, device.floats(memory, 1)[0]);
  }

  @Test
  void ptxOfAVersionToCome_isRefused() {
    byte[] image = image(KERNELS.replace(".version 7.0", ".version 9.9"));
    refused("UNSUPPORTED_PTX_VERSION", cuModuleLoadData(new CUmodule(), image));
  }

  @Test
  void jitLog_tellsTheLine() {
    JITOptions options = new JITOptions();
    options.putBytes(CUjit_option.CU_JIT_ERROR_LOG_BUFFER, new byte[1024]);
    options.putInt(CUjit_option.CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES, 1024);
    Pointer image =
        Pointer.to(image(KERNELS.replace("add.s32 %s, %m, %s;", "frobnicate.b32 %s, %m;")));
    refused("INVALID_PTX", cuModuleLoadDataJIT(new CUmodule(), image, options));
    String log =
        new String(options.getBytes(CUjit_option.CU_JIT_ERROR_LOG_BUFFER), StandardCharsets.UTF_8);
    assertTrue(log.contains("line 22") && log.contains("frobnicate"), log);
  }

  @Test
  void functionThatAModuleDoesNotHave_isNotFound() {
    CUmodule module = new CUmodule();
    succeeds(cuModuleLoadData(module, image(KERNELS)));
    refused("NOT_FOUND", cuModuleGetFunction(new CUfunction(), module, "nobody"));
    succeeds(cuModuleUnload(module));
  }

  @Test
  void twoThreads_onStreamsOfTheirOwn_doNotDisturbEachOther() throws Exception {
    CUfunction addOne = device.function(KERNELS, "addOne");
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      Future<?> first = threads.submit(() -> addOnes(addOne, 40));
      Future<?> second = threads.submit(() -> addOnes(addOne, 30));
      first.get();
      second.get();
    } finally {
      threads.shutdown();
    }
    requireNoReports();
  }

  private void addOnes(CUfunction addOne, int times) {
    succeeds(cuCtxSetCurrent(device.context));
    CUstream stream = new CUstream();
    CUdeviceptr memory = new CUdeviceptr();
    succeeds(cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING));
    succeeds(cuMemAlloc(memory, 256));
    succeeds(cuMemsetD32Async(memory, 0, 64, stream));
    Pointer pointer = Pointer.to(memory);
    for (int time = 0; time < times; time++) {
      Pointer parameters = Pointer.to(pointer, pointer, Pointer.to(new int[] {64}));
      succeeds(cuLaunchKernel(addOne, 1, 1, 1, 64, 1, 1, 0, stream, parameters, null));
    }
    float[] results = new float[64];
    succeeds(cuMemcpyDtoHAsync(Pointer.to(results), memory, 256, stream));
    succeeds(cuStreamSynchronize(stream));
    float[] expected = new float[64];
    Arrays.fill(expected, times);
    assertArrayEquals(expected, results);
    succeeds(cuMemFree(memory));
    succeeds(cuStreamDestroy(stream));
  }

  @Test
  void launches_thatTheDeviceCannotDo_areRefused_andTheNextOneRuns() {
    CUfunction addOne =
        device.function(KERNELS.replace("count)\n{", "count) .maxntid 64, 1, 1\n{"), "addOne");
    CUdeviceptr memory = device.upload(new float[64]);
    // Which of the two codes is not written down.
    Set<String> refusals = Set.of("CUDA_ERROR_INVALID_VALUE", "CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES");
    for (int lanes : new int[] {65, 1025}) {
      String code = nameOf(device.enqueue(addOne, 1, lanes, memory, memory, 64));
      assertTrue(refusals.contains(code), code);
    }
    refused("INVALID_VALUE", device.enqueue(addOne, 0, 64, memory, memory, 64));
    Pointer pointer = Pointer.to(memory);
    Pointer parameters = Pointer.to(pointer, pointer, Pointer.to(new int[] {64}));
    int shared = 50_000;
    refused(
        "INVALID_VALUE",
        cuLaunchKernel(addOne, 1, 1, 1, 64, 1, 1, shared, device.stream, parameters, null));
    succeeds(device.run(addOne, 1, 64, memory, memory, 64));
    assertEquals(1f, device.floats(memory, 64)[63]);
  }

  @Test
  void codes_haveNames_unlessTheyAreNone() {
    String[] name = {"x"};
    assertNotEquals(0, cuGetErrorName(12345, name));
    assertNull(name[0]);
    assertEquals("CUDA_ERROR_OUT_OF_MEMORY", nameOf(2));
  }
}
