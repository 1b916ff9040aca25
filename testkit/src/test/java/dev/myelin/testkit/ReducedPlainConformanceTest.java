package dev.myelin.testkit;

/** The reduced suite on a backend that is right, and on numbers flushed to zero where it may. */
class ReducedPlainConformanceTest extends BackendConformance {
  @Override
  protected String device() {
    return "plain";
  }

  @Override
  protected Effort effort() {
    return Effort.REDUCED;
  }

  @Override
  protected boolean flushesSubnormals() {
    return true;
  }
}
