package dev.myelin.opencl;

import dev.myelin.testkit.CheckpointConformance;

class OpenClCheckpointTest extends CheckpointConformance {
  @Override
  protected String device() {
    return "opencl";
  }
}
