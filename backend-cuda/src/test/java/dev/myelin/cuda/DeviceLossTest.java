package dev.myelin.cuda;

import dev.myelin.cuda.standin.StandInDriver;
import dev.myelin.testkit.DeviceLossConformance;
import jcuda.driver.CUresult;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

/** After an error that the driver calls sticky the context takes no more work. */
@ExtendWith(DriverUnderTest.class)
@DisabledIfSystemProperty(
    named = "myelin.cuda.driver",
    matches = "real",
    disabledReason = "a real driver does not fail when it is asked to")
class DeviceLossTest extends DeviceLossConformance {
  @BeforeEach
  @AfterEach
  void reset() {
    StandInDriver.reset();
  }

  @Override
  protected String device() {
    return "cuda";
  }

  @Override
  protected void loseDevice(int nth) {
    StandInDriver.failCall(nth, CUresult.CUDA_ERROR_LAUNCH_FAILED);
  }

  @Override
  protected void restoreDevice() {
    StandInDriver.reset();
  }

  @Override
  protected long calls() {
    return StandInDriver.callCount();
  }

  @Override
  protected String code() {
    return "CUDA_ERROR_LAUNCH_FAILED";
  }
}
