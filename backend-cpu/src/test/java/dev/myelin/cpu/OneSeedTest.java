package dev.myelin.cpu;

import dev.myelin.testkit.OneSeedConformance;

class OneSeedTest extends OneSeedConformance {
  @Override
  protected String device() {
    return "cpu";
  }

  @Override
  protected int mostThreads() {
    return 4;
  }
}
