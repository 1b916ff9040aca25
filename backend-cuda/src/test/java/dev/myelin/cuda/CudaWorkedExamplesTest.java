package dev.myelin.cuda;

import dev.myelin.testkit.Effort;
import dev.myelin.testkit.WorkedExamplesConformance;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(DriverUnderTest.class)
class CudaWorkedExamplesTest extends WorkedExamplesConformance {
  @Override
  protected String device() {
    return "cuda";
  }

  @Override
  protected Effort effort() {
    return Effort.REDUCED;
  }
}
