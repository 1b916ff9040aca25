package dev.myelin.cuda;

import dev.myelin.testkit.GoldenTrainingConformance;

class CudaGoldenTrainingTest extends GoldenTrainingConformance {
  @Override
  protected String device() {
    return "cuda";
  }
}
