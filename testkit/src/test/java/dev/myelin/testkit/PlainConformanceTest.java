package dev.myelin.testkit;

/** The suite on a backend that is right. */
class PlainConformanceTest extends BackendConformance {
  @Override
  protected String device() {
    return "plain:0";
  }
}
