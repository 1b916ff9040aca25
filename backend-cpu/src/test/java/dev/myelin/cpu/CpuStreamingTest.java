package dev.myelin.cpu;

import dev.myelin.testkit.StreamingConformance;

class CpuStreamingTest extends StreamingConformance {
  @Override
  protected String device() {
    return "cpu";
  }
}
