package dev.myelin.cpu;

import dev.myelin.testkit.TrainingConformance;

class CpuTrainingTest extends TrainingConformance {
  @Override
  protected String device() {
    return "cpu";
  }
}
