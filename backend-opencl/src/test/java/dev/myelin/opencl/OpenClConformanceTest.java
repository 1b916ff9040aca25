package dev.myelin.opencl;

import dev.myelin.testkit.BackendConformance;

class OpenClConformanceTest extends BackendConformance {
  @Override
  protected String device() {
    return "opencl";
  }
}
