package dev.myelin.cuda;

import dev.myelin.testkit.TrainingConformance;

class CudaTrainingTest extends TrainingConformance {
  @Override
  protected String device() {
    return "cuda";
  }
}
