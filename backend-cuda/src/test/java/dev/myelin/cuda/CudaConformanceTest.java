package dev.myelin.cuda;

import dev.myelin.testkit.BackendConformance;
import dev.myelin.testkit.Effort;

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
