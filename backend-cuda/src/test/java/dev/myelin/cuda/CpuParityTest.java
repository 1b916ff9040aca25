package dev.myelin.cuda;

import dev.myelin.testkit.CpuParityConformance;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(DriverUnderTest.class)
class CpuParityTest extends CpuParityConformance {
  @Override
  protected String device() {
    return "cuda";
  }
}
