package dev.myelin.cuda.standin;

import static dev.myelin.cuda.standin.TestDevice.nameOf;
import static dev.myelin.cuda.standin.TestDevice.succeeds;
import static jcuda.driver.JCudaDriver.cuFuncSetAttribute;
import static jcuda.driver.JCudaDriver.cuLaunchKernel;
import static jcuda.driver.JCudaDriver.cuStreamSynchronize;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jcuda.NativePointerObject;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
import jcuda.driver.CUfunction_attribute;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Shared memory beyond 48 KiB has to be asked for, and how much there is depends on the device. */
@DisabledIfSystemProperty(
    named = "myelin.cuda.driver",
    matches = "real",
    disabledReason = "the limits are those of capabilities that the stand-in is given")
class SharedMemoryLimitTest {
  /** Writes the word at the end of what it was told to have, and reads it again. */
  private static final String PTX =
      """
      .version 7.0
      .target sm_75
      .address_size 64
      .extern .shared .align 16 .b8 dynamic[];
      .visible .entry touchLast(.param .u64 out, .param .u32 bytes)
      {
        .reg .b32 %at, %value, %base;
        .reg .b64 %out;
        ld.param.u64 %out, [out];
        ld.param.u32 %at, [bytes];
        mov.u32 %base, dynamic;
        add.s32 %at, %at, %base;
        mov.u32 %value, 7;
        st.shared.u32 [%at+-4], %value;
        ld.shared.u32 %value, [%at+-4];
        st.global.u32 [%out], %value;
        ret;
      }
      """;

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

  private static int ask(CUfunction function, int bytes) {
    return cuFuncSetAttribute(
        function, CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, bytes);
  }

  private String launch(CUfunction function, int bytes) {
    CUdeviceptr out = device.upload(0);
    NativePointerObject[] arguments = {Pointer.to(out), Pointer.to(new int[] {bytes})};
    int code =
        cuLaunchKernel(
            function, 1, 1, 1, 1, 1, 1, bytes, device.stream, Pointer.to(arguments), null);
    if (code == 0) {
      succeeds(cuStreamSynchronize(device.stream));
      assertArrayEquals(new int[] {7}, device.ints(out, 1));
    }
    return nameOf(code);
  }

  @Test
  void launch_withMoreThanWasAskedFor_isRefused() {
    CUfunction function = device.function(PTX, "touchLast");
    assertEquals("CUDA_SUCCESS", launch(function, 48 << 10));
    assertEquals("CUDA_ERROR_INVALID_VALUE", launch(function, (48 << 10) + 16));
    assertTrue(StandInDriver.reports().get(0).contains("touchLast"), "said which");
    succeeds(ask(function, 96 << 10));
    assertEquals("CUDA_SUCCESS", launch(function, 96 << 10));
    assertEquals("CUDA_ERROR_INVALID_VALUE", launch(function, (96 << 10) + 16));
  }

  @ParameterizedTest
  @CsvSource({"7,5,64", "8,0,163", "8,6,99", "8,9,99", "9,0,227", "10,0,227", "12,0,99"})
  void asking_forMoreThanTheDeviceHas_isRefused(int major, int minor, int mostKibibytes) {
    StandInDriver.setComputeCapability(major, minor);
    CUfunction function = device.function(PTX, "touchLast");
    assertEquals("CUDA_ERROR_INVALID_VALUE", nameOf(ask(function, (mostKibibytes << 10) + 1)));
    succeeds(ask(function, mostKibibytes << 10));
    assertEquals("CUDA_SUCCESS", launch(function, mostKibibytes << 10));
  }
}
