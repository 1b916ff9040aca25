package dev.myelin.opencl;

import dev.myelin.testkit.OneSeedConformance;

class OneSeedTest extends OneSeedConformance {
  @Override
  protected String device() {
    return "opencl";
  }
}
