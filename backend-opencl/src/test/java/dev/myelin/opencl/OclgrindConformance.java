package dev.myelin.opencl;

import dev.myelin.testkit.BackendConformance;
import dev.myelin.testkit.Effort;

/** All operations at a few sizes, for oclgrind, which interprets kernels and needs that long. */
class OclgrindConformance extends BackendConformance {
  @Override
  protected String device() {
    return "opencl";
  }

  @Override
  protected Effort effort() {
    return Effort.REDUCED;
  }
}
