package dev.myelin.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.myelin.cuda.standin.StandInDriver;
import java.util.List;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.JCudaDriver;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Puts the stand-in in the driver's place before JCuda is touched, and fails tests under which it
 * has seen something wrong, and classes that left something behind. With {@code
 * -Dmyelin.cuda.driver=real} the tests run on this machine's GPU.
 */
final class DriverUnderTest implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {
  static final boolean IS_REAL = System.getProperty("myelin.cuda.driver", "").equals("real");

  private static CUcontext kept;

  @Override
  public void beforeAll(ExtensionContext context) {
    if (!IS_REAL) {
      StandInDriver.loadOrSkip();
    } else if (NativeLibrary.isLoaded()) {
      keepContext();
    }
  }

  /**
   * A real driver takes a second to make a device's first context, so one lives for all tests. What
   * fails here fails again, with a reason, in the tests.
   */
  private static synchronized void keepContext() {
    CUdevice device = new CUdevice();
    if (kept == null && JCudaDriver.cuInit(0) == 0 && JCudaDriver.cuDeviceGet(device, 0) == 0) {
      kept = new CUcontext();
      JCudaDriver.cuDevicePrimaryCtxRetain(kept, device);
    }
  }

  @Override
  public void afterEach(ExtensionContext context) {
    if (!IS_REAL) {
      List<String> reports = StandInDriver.reports();
      StandInDriver.clearReports();
      assertEquals(List.of(), reports, "what the driver has seen");
    }
  }

  @Override
  public void afterAll(ExtensionContext context) {
    if (!IS_REAL) {
      assertEquals(List.of(), StandInDriver.leaks(), "what was not given back");
    }
  }
}
