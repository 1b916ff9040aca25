package dev.myelin.cuda;

import dev.myelin.testkit.BackendConformance;
import dev.myelin.testkit.Effort;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(DriverUnderTest.class)
class CudaConformanceTest extends BackendConformance {
  @Override
  protected String device() {
    return "cuda";
  }

  @Override
  protected Effort effort() {
    return Effort.FULL;
  }
}
