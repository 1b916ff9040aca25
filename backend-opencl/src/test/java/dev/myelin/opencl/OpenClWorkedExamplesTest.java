package dev.myelin.opencl;

import dev.myelin.testkit.WorkedExamplesConformance;

class OpenClWorkedExamplesTest extends WorkedExamplesConformance {
  @Override
  protected String device() {
    return "opencl";
  }
}
