package dev.myelin.opencl;

import dev.myelin.testkit.StreamingConformance;

class OpenClStreamingTest extends StreamingConformance {
  @Override
  protected String device() {
    return "opencl";
  }
}
