package dev.myelin.cuda;

import dev.myelin.testkit.Effort;
import dev.myelin.testkit.LearningRuleConformance;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(DriverUnderTest.class)
class CudaLearningRuleTest extends LearningRuleConformance {
  @Override
  protected String device() {
    return "cuda";
  }

  @Override
  protected Effort effort() {
    return Effort.REDUCED;
  }
}
