package dev.myelin.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.myelin.cuda.standin.StandInDriver;
import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Puts the stand-in in the driver's place before JCuda is touched, and fails tests under which it
 * has seen something wrong, and classes that left something behind. With {@code
 * -Dmyelin.cuda.driver=real} the tests run on this machine's GPU.
 */
final class DriverUnderTest implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {
  static final boolean IS_REAL = System.getProperty("myelin.cuda.driver", "").equals("real");

  @Override
  public void beforeAll(ExtensionContext context) {
    if (!IS_REAL) {
      StandInDriver.loadOrSkip();
    }
  }

  @Override
  public void afterEach(ExtensionContext context) {
    if (!IS_REAL) {
      List<String> reports = StandInDriver.reports();
      StandInDriver.clearReports();
      assertEquals(List.of(), reports, "what the driver has seen");
    }
  }

  @Override
  public void afterAll(ExtensionContext context) {
    if (!IS_REAL) {
      assertEquals(List.of(), StandInDriver.leaks(), "what was not given back");
    }
  }
}
