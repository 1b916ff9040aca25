package dev.myelin.cpu;

import dev.myelin.testkit.LearningRuleConformance;

class CpuLearningRuleTest extends LearningRuleConformance {
  @Override
  protected String device() {
    return "cpu";
  }
}
