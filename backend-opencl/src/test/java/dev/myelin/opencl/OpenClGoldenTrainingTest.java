package dev.myelin.opencl;

import dev.myelin.testkit.GoldenTrainingConformance;

class OpenClGoldenTrainingTest extends GoldenTrainingConformance {
  @Override
  protected String device() {
    return "opencl";
  }
}
