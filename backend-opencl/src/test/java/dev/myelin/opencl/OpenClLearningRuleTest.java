package dev.myelin.opencl;

import dev.myelin.testkit.LearningRuleConformance;

class OpenClLearningRuleTest extends LearningRuleConformance {
  @Override
  protected String device() {
    return "opencl";
  }
}
