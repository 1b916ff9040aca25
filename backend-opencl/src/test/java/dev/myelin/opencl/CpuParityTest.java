package dev.myelin.opencl;

import dev.myelin.testkit.CpuParityConformance;

class CpuParityTest extends CpuParityConformance {
  @Override
  protected String device() {
    return "opencl";
  }
}
