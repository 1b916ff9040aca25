package dev.myelin.cuda.standin;

import static dev.myelin.cuda.standin.TestDevice.image;
import static dev.myelin.cuda.standin.TestDevice.nameOf;
import static dev.myelin.cuda.standin.TestDevice.resource;
import static dev.myelin.cuda.standin.TestDevice.succeeds;
import static jcuda.driver.JCudaDriver.*;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
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
 * What the host sees of the driver: the codes that wrong calls get, lazy streams, capture, injected
 * failures, leaks.
 */
class DriverContractTest {
  private static final String KERNELS = resource("kernels.ptx");

  private TestDevice device;

  @BeforeEach
  void open() {
    StandInDriver.loadOrSkip();
    device = new TestDevice();
  }

  @AfterEach
  void close() {
    if (device != null) {
      device.close();
    }
  }

  private static void refused(String name, int code) {
    assertEquals("CUDA_ERROR_" + name, nameOf(code));
  }

  private static FloatBuffer pinned(Pointer pointer, int count) {
    succeeds(cuMemAllocHost(pointer, count * 4L));
    return pointer.getByteBuffer(0, count * 4L).order(ByteOrder.nativeOrder()).asFloatBuffer();
  }

  @Test
  void pinnedDownload_readBeforeSynchronize_isNan() {
    Pointer host = new Pointer();
    FloatBuffer values = pinned(host, 4);
    CUdeviceptr memory = device.upload(1, 2, 3, 4f);
    succeeds(cuMemcpyDtoHAsync(host, memory, 16, device.stream));
    assertTrue(Float.isNaN(values.get(0)));
    refused("NOT_READY", notReadyOf(device.stream));
    succeeds(cuStreamSynchronize(device.stream));
    assertEquals(1f, values.get(0));
    succeeds(cuMemFreeHost(host));
  }

  /** Two pieces of work: the first question does one, so the second is still to come. */
  private int notReadyOf(CUstream stream) {
    CUevent event = new CUevent();
    succeeds(cuEventCreate(event, 0));
    succeeds(cuEventRecord(event, stream));
    int code = cuStreamQuery(stream);
    succeeds(cuEventDestroy(event));
    return code;
  }

  @Test
  void freshMemory_isNan_andFreesAreOnce() {
    CUdeviceptr memory = new CUdeviceptr();
    succeeds(cuMemAlloc(memory, 16));
    assertTrue(Float.isNaN(device.floats(memory, 1)[0]));
    succeeds(cuMemFree(memory));
    refused("INVALID_VALUE", cuMemFree(memory));
    refused("INVALID_VALUE", cuMemcpyHtoD(memory, Pointer.to(new float[4]), 16));
    assertTrue(StandInDriver.reports().get(0).contains("where no allocation begins"));
  }

  @Test
  void otherStream_withoutEvent_runsAhead_withEvent_waits() {
    CUstream other = new CUstream();
    succeeds(cuStreamCreate(other, CUstream_flags.CU_STREAM_NON_BLOCKING));
    CUdeviceptr memory = device.upload(1f);
    succeeds(cuMemsetD32Async(memory, 0, 1, device.stream));
    float[] seen = {-1};
    succeeds(cuMemcpyDtoHAsync(Pointer.to(seen), memory, 4, other));
    assertEquals(1f, seen[0]);
    CUevent event = new CUevent();
    succeeds(cuEventCreate(event, 0));
    succeeds(cuEventRecord(event, device.stream));
    succeeds(cuStreamWaitEvent(other, event, 0));
    succeeds(cuMemcpyDtoHAsync(Pointer.to(seen), memory, 4, other));
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
    refused("NOT_READY", cuEventElapsedTime(milliseconds, from, to));
    succeeds(cuEventSynchronize(to));
    succeeds(cuEventElapsedTime(milliseconds, from, to));
    assertTrue(milliseconds[0] >= 0);
    succeeds(cuEventDestroy(from));
    succeeds(cuEventDestroy(to));
    refused("INVALID_HANDLE", cuEventDestroy(to));
  }

  @Test
  void capturedGraph_replaysWhatEagerDoes() {
    CUfunction addOne = device.function(KERNELS, "addOne");
    CUdeviceptr values = device.upload(new float[100]);
    CUgraph graph = new CUgraph();
    CUgraphExec executable = new CUgraphExec();
    succeeds(
        cuStreamBeginCapture(
            device.stream, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL));
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
    refused("INVALID_HANDLE", cuGraphLaunch(executable, device.stream));
  }

  @Test
  void captureViolations_endTheCapture() {
    CUgraph graph = new CUgraph();
    int local = CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL;
    refused("ILLEGAL_STATE", cuStreamEndCapture(device.stream, graph));
    succeeds(cuStreamBeginCapture(device.stream, local));
    refused("ILLEGAL_STATE", cuStreamBeginCapture(device.stream, local));
    refused("STREAM_CAPTURE_UNSUPPORTED", cuStreamSynchronize(device.stream));
    refused("STREAM_CAPTURE_INVALIDATED", cuStreamEndCapture(device.stream, graph));
    succeeds(cuStreamBeginCapture(device.stream, local));
    refused("STREAM_CAPTURE_UNSUPPORTED", cuMemAlloc(new CUdeviceptr(), 16));
    refused("STREAM_CAPTURE_INVALIDATED", cuStreamEndCapture(device.stream, graph));
  }

  @Test
  void captureEndedByAnotherThread_isRefused() {
    CUgraph graph = new CUgraph();
    succeeds(
        cuStreamBeginCapture(
            device.stream, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL));
    int code =
        CompletableFuture.supplyAsync(
                () -> {
                  succeeds(cuCtxSetCurrent(device.context));
                  return cuStreamEndCapture(device.stream, graph);
                })
            .join();
    refused("STREAM_CAPTURE_WRONG_THREAD", code);
    refused("STREAM_CAPTURE_INVALIDATED", cuStreamEndCapture(device.stream, graph));
  }

  @Test
  void contexts_areOfThreads_andForeignHandlesAreRefused() {
    int withoutContext =
        CompletableFuture.supplyAsync(() -> cuMemAlloc(new CUdeviceptr(), 16)).join();
    refused("INVALID_CONTEXT", withoutContext);
    CUcontext other = new CUcontext();
    succeeds(cuCtxCreate(other, 0, device.device));
    refused("INVALID_HANDLE", cuStreamSynchronize(device.stream));
    assertTrue(StandInDriver.reports().get(0).contains("stream belongs to another context"));
    succeeds(cuCtxDestroy(other));
    succeeds(cuCtxSetCurrent(device.context));
    succeeds(cuStreamSynchronize(device.stream));
    succeeds(cuCtxSetCurrent(other));
    refused("CONTEXT_IS_DESTROYED", cuCtxSynchronize());
    succeeds(cuCtxSetCurrent(device.context));
  }

  @Test
  void kernel_onMemoryOfAnotherContext_isIllegal() {
    CUcontext other = new CUcontext();
    succeeds(cuCtxCreate(other, 0, device.device));
    CUdeviceptr foreign = new CUdeviceptr();
    succeeds(cuMemAlloc(foreign, 256));
    succeeds(cuCtxSetCurrent(device.context));
    CUfunction addOne = device.function(KERNELS, "addOne");
    refused("ILLEGAL_ADDRESS", device.run(addOne, 1, 1, foreign, foreign, 1));
    succeeds(cuCtxDestroy(other));
  }

  @Test
  void ptxNewerThanDriver_andOfAnotherArchitecture_areRefused() {
    StandInDriver.setDriverVersion(11040);
    CUmodule module = new CUmodule();
    refused("UNSUPPORTED_PTX_VERSION", cuModuleLoadData(module, image(resource("matrices.ptx"))));
    assertTrue(
        StandInDriver.reports()
            .get(0)
            .contains("PTX version 8.0 is newer than driver 11040 takes"));
    StandInDriver.setDriverVersion(13000);
    StandInDriver.setComputeCapability(7, 5);
    refused("INVALID_PTX", cuModuleLoadData(module, image(KERNELS)));
    StandInDriver.setComputeCapability(10, 0);
    refused("NO_BINARY_FOR_GPU", cuModuleLoadData(module, image(resource("matrices.ptx"))));
    refused("NO_BINARY_FOR_GPU", cuModuleLoadData(module, new byte[] {0x7f, 'E', 'L', 'F', 0}));
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
        new String(
            options.getBytes(CUjit_option.CU_JIT_ERROR_LOG_BUFFER),
            java.nio.charset.StandardCharsets.UTF_8);
    assertTrue(log.contains("PTX line 22: instruction frobnicate.b32 is not supported"), log);
  }

  @Test
  void memoryLimit_refusesAndAccountsHonestly() {
    StandInDriver.setMemoryBytes(1 << 20);
    long[] free = {0};
    long[] total = {0};
    CUdeviceptr half = device.allocate(1 << 19);
    refused("OUT_OF_MEMORY", cuMemAlloc(new CUdeviceptr(), (1 << 19) + 1));
    succeeds(cuMemGetInfo(free, total));
    assertEquals(1 << 19, free[0]);
    assertEquals(1 << 20, total[0]);
    assertEquals(1 << 19, StandInDriver.usedBytes());
    succeeds(cuMemFree(half));
    assertEquals(0, StandInDriver.usedBytes());
    assertEquals(1 << 19, StandInDriver.peakBytes());
  }

  @Test
  void injectedFailures_comeOnceAndWhenAsked() {
    StandInDriver.failAllocation(2);
    device.allocate(16);
    refused("OUT_OF_MEMORY", cuMemAlloc(new CUdeviceptr(), 16));
    device.allocate(16);
    StandInDriver.failCall("cuStreamSynchronize", 1, 999);
    succeeds(cuCtxSynchronize());
    refused("UNKNOWN", cuStreamSynchronize(device.stream));
    succeeds(cuStreamSynchronize(device.stream));
    StandInDriver.failCall(3, 2);
    succeeds(cuCtxSynchronize());
    succeeds(cuCtxSynchronize());
    refused("OUT_OF_MEMORY", cuCtxSynchronize());
    succeeds(cuCtxSynchronize());
    StandInDriver.failCall(1, 719);
    refused("LAUNCH_FAILED", cuCtxSynchronize());
    refused("LAUNCH_FAILED", cuCtxSynchronize());
  }

  @Test
  void release_tellsWhatWasNotGivenBack() {
    CUmodule module = new CUmodule();
    CUevent event = new CUevent();
    Pointer host = new Pointer();
    succeeds(cuModuleLoadData(module, image(KERNELS)));
    succeeds(cuEventCreate(event, 0));
    succeeds(cuMemAllocHost(host, 64));
    device.allocate(1000);
    succeeds(cuDevicePrimaryCtxRelease(device.device));
    assertEquals(
        List.of(
            "device memory of 1000 bytes",
            "pinned host memory of 64 bytes",
            "stream",
            "event",
            "module addOne"),
        StandInDriver.leaks());
    assertEquals(0, StandInDriver.usedBytes());
  }

  @Test
  void twoThreads_onStreamsOfTheirOwn_doNotDisturbEachOther() {
    CUfunction addOne = device.function(KERNELS, "addOne");
    CompletableFuture<?>[] threads = new CompletableFuture<?>[2];
    for (int thread = 0; thread < threads.length; thread++) {
      threads[thread] = CompletableFuture.runAsync(() -> addOnes(addOne, 40));
    }
    CompletableFuture.allOf(threads).join();
    assertEquals(List.of(), StandInDriver.reports());
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
    float[] expected = new float[64];
    java.util.Arrays.fill(expected, times);
    assertArrayEquals(expected, results);
    succeeds(cuMemFree(memory));
    succeeds(cuStreamDestroy(stream));
  }

  @Test
  void launches_thatTheDeviceRefuses_sayWhy() {
    CUfunction addOne =
        device.function(
            KERNELS.replace(
                ".visible .entry addOne(.param .u64 in, .param .u64 out, .param .u32 count)",
                ".visible .entry addOne(.param .u64 in, .param .u64 out, .param .u32 count) .maxntid 64, 1, 1"),
            "addOne");
    CUdeviceptr memory = device.upload(new float[64]);
    refused("INVALID_VALUE", device.enqueue(addOne, 1, 65, memory, memory, 1));
    assertTrue(
        StandInDriver.reports().get(0).contains("block of 65 threads, where .maxntid says 64"));
    refused("INVALID_VALUE", device.enqueue(addOne, 0, 64, memory, memory, 1));
    refused(
        "INVALID_VALUE",
        cuLaunchKernel(addOne, 1, 1, 1, 64, 1, 1, 50_000, device.stream, Pointer.to(memory), null));
  }

  @Test
  void functionsNobodyStandsInFor_answerNotSupported() {
    refused("NOT_SUPPORTED", cuMemcpy(new CUdeviceptr(), new CUdeviceptr(), 0));
    assertEquals(1, StandInDriver.calls().get("cuMemcpy"));
  }

  @Test
  void noDevices_andAllDriverCallsBeforeInit_areToldApart() {
    StandInDriver.reset();
    refused("NOT_INITIALIZED", cuDeviceGet(new CUdevice(), 0));
    StandInDriver.setDeviceCount(0);
    refused("NO_DEVICE", cuInit(0));
    StandInDriver.setDeviceCount(2);
    succeeds(cuInit(0));
    int[] count = {0};
    succeeds(cuDeviceGetCount(count));
    assertEquals(2, count[0]);
    String[] name = {"x"};
    cuGetErrorName(12345, name);
    assertNull(name[0]);
  }
}
