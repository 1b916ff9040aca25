package dev.myelin.cuda;

import dev.myelin.testkit.CheckpointConformance;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(DriverUnderTest.class)
class CudaCheckpointTest extends CheckpointConformance {
  @Override
  protected String device() {
    return "cuda";
  }
}
