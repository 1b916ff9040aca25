package dev.myelin.cuda;

import dev.myelin.testkit.TrainingConformance;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(DriverUnderTest.class)
class CudaTrainingTest extends TrainingConformance {
  @Override
  protected String device() {
    return "cuda";
  }
}
