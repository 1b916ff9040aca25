package dev.myelin.cpu;

import dev.myelin.testkit.GoldenTrainingConformance;

class CpuGoldenTrainingTest extends GoldenTrainingConformance {
  @Override
  protected String device() {
    return "cpu";
  }
}
