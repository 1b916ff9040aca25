package dev.myelin.opencl;

import dev.myelin.testkit.TrainingConformance;

class OpenClTrainingTest extends TrainingConformance {
  @Override
  protected String device() {
    return "opencl";
  }
}
