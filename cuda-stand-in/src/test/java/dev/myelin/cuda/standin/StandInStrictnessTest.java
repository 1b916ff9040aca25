package dev.myelin.cuda.standin;

import static dev.myelin.cuda.standin.TestDevice.image;
import static dev.myelin.cuda.standin.TestDevice.refused;
import static dev.myelin.cuda.standin.TestDevice.resource;
import static dev.myelin.cuda.standin.TestDevice.succeeds;
import static jcuda.driver.JCudaDriver.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUfunction;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUmodule;
import jcuda.driver.CUstream;
import jcuda.driver.CUstream_flags;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/**
 * Where the stand-in is stricter than a driver need be, and what only a stand-in can do: lazy
 * streams, handles used after they were destroyed, other machines' properties, injected failures,
 * leaks.
 */
@DisabledIfSystemProperty(
    named = "myelin.cuda.driver",
    matches = "real",
    disabledReason = "a real driver need not find these mistakes, nor play other machines")
class StandInStrictnessTest {
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
  void freshMemory_isNan_andAfterItsEndNobodys() {
    CUdeviceptr memory = new CUdeviceptr();
    succeeds(cuMemAlloc(memory, 16));
    assertTrue(Float.isNaN(device.floats(memory, 1)[0]));
    succeeds(cuMemFree(memory));
    refused("INVALID_VALUE", cuMemFree(memory));
    refused("INVALID_VALUE", cuMemcpyHtoD(memory, Pointer.to(new float[4]), 16));
    assertTrue(StandInDriver.reports().get(0).contains("where no allocation begins"));
  }

  @Test
  void otherStream_withoutEvent_runsAhead() {
    CUstream other = new CUstream();
    succeeds(cuStreamCreate(other, CUstream_flags.CU_STREAM_NON_BLOCKING));
    CUdeviceptr memory = device.upload(1f);
    succeeds(cuMemsetD32Async(memory, 0, 1, device.stream));
    float[] seen = {-1};
    succeeds(cuMemcpyDtoHAsync(Pointer.to(seen), memory, 4, other));
    assertEquals(1f, seen[0]);
    succeeds(cuStreamDestroy(other));
  }

  @Test
  void foreignHandles_areRefused() {
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
  void eventsNotReached_areNotReady_andHandlesEndWithTheirObjects() {
    CUevent from = new CUevent();
    CUevent to = new CUevent();
    succeeds(cuEventCreate(from, 0));
    succeeds(cuEventCreate(to, 0));
    succeeds(cuEventRecord(from, device.stream));
    succeeds(cuEventRecord(to, device.stream));
    refused("NOT_READY", cuEventElapsedTime(new float[1], from, to));
    succeeds(cuEventDestroy(from));
    succeeds(cuEventDestroy(to));
    refused("INVALID_HANDLE", cuEventDestroy(to));
    CUgraph graph = new CUgraph();
    CUgraphExec executable = new CUgraphExec();
    succeeds(cuStreamBeginCapture(device.stream, 1));
    succeeds(cuStreamEndCapture(device.stream, graph));
    succeeds(cuGraphInstantiate(executable, graph, 0));
    succeeds(cuGraphExecDestroy(executable));
    refused("INVALID_HANDLE", cuGraphLaunch(executable, device.stream));
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
  void refusedLaunch_saysWhy() {
    CUfunction addOne =
        device.function(KERNELS.replace("count)\n{", "count) .maxntid 64, 1, 1\n{"), "addOne");
    CUdeviceptr memory = device.upload(new float[64]);
    refused("INVALID_VALUE", device.enqueue(addOne, 1, 65, memory, memory, 1));
    assertTrue(
        StandInDriver.reports().get(0).contains("block of 65 threads, where .maxntid says 64"));
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
  }
}
