package dev.myelin.cpu;

import dev.myelin.testkit.WorkedExamplesConformance;

class CpuWorkedExamplesTest extends WorkedExamplesConformance {
  @Override
  protected String device() {
    return "cpu";
  }
}
