package dev.myelin.cuda;

import dev.myelin.testkit.Effort;
import dev.myelin.testkit.GoldenTrainingConformance;

class CudaGoldenTrainingTest extends GoldenTrainingConformance {
  @Override
  protected String device() {
    return "cuda";
  }

  @Override
  protected Effort effort() {
    return Effort.REDUCED;
  }
}
