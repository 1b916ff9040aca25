package dev.myelin.cuda;

import dev.myelin.testkit.StreamingConformance;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(DriverUnderTest.class)
class CudaStreamingTest extends StreamingConformance {
  @Override
  protected String device() {
    return "cuda";
  }
}
