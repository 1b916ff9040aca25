package dev.myelin.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.myelin.testkit.DeviceLossConformance;
import java.util.List;
import org.jocl.CL;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** From some call on all fail, those included that give things back. */
class DeviceLossTest extends DeviceLossConformance {
  @BeforeEach
  void load() {
    FaultyLoader.loadOrSkip();
  }

  @AfterEach
  void reset() {
    FaultyLoader.reset();
  }

  @Override
  protected String device() {
    return "opencl";
  }

  @Override
  protected void loseDevice(int nth) {
    FaultyLoader.loseDevice(nth, CL.CL_DEVICE_NOT_AVAILABLE);
  }

  @Override
  protected void restoreDevice() {
    FaultyLoader.reset();
  }

  @Override
  protected long calls() {
    return FaultyLoader.calls().values().stream().mapToInt(Integer::intValue).sum();
  }

  @Override
  protected String code() {
    return "CL_DEVICE_NOT_AVAILABLE";
  }

  @Override
  protected void requireAllGivenBack() {
    assertEquals(List.of(), FaultyLoader.mistakes(), "what nobody tried to give back");
  }
}
