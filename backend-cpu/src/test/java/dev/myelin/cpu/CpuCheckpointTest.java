package dev.myelin.cpu;

import dev.myelin.testkit.CheckpointConformance;

class CpuCheckpointTest extends CheckpointConformance {
  @Override
  protected String device() {
    return "cpu";
  }
}
