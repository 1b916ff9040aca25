package dev.myelin.cuda;

import dev.myelin.testkit.Effort;
import dev.myelin.testkit.PrecisionConformance;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(DriverUnderTest.class)
class CudaPrecisionTest extends PrecisionConformance {
  @Override
  protected String device() {
    return "cuda";
  }

  @Override
  protected Effort effort() {
    return DriverUnderTest.IS_REAL ? Effort.FULL : Effort.REDUCED;
  }
}
