package dev.myelin.cuda;

import dev.myelin.data.Dataset;
import dev.myelin.data.GeneratedData;
import dev.myelin.testkit.OneSeedConformance;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(DriverUnderTest.class)
class OneSeedTest extends OneSeedConformance {
  @Override
  protected String device() {
    return "cuda";
  }

  // The stand-in interprets each instruction: a smaller training there.

  @Override
  protected Dataset data() {
    return DriverUnderTest.IS_REAL ? super.data() : GeneratedData.moons(10, 3);
  }

  @Override
  protected int hidden() {
    return DriverUnderTest.IS_REAL ? super.hidden() : 8;
  }
}
