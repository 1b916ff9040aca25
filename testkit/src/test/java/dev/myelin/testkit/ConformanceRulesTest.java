package dev.myelin.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.Ops;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

/** When the suite is skipped, and when it fails although no case does. */
class ConformanceRulesTest {
  private static final class Subject extends BackendConformance {
    private final String device;

    Subject(String device) {
      this.device = device;
    }

    @Override
    protected String device() {
      return device;
    }

    @Override
    protected Effort effort() {
      return Effort.REDUCED;
    }
  }

  @AfterEach
  void forgetRequiredDevices() {
    System.clearProperty(TestDevices.REQUIRED_DEVICES);
  }

  @Test
  void openDevice_ofAnAbsentBackend_skipsWithTheReason() {
    TestAbortedException skipped =
        assertThrows(TestAbortedException.class, new Subject("absent")::openDevice);
    assertTrue(skipped.getMessage().contains("absent"), skipped.getMessage());
    assertTrue(skipped.getMessage().contains("class path"), skipped.getMessage());
  }

  @Test
  void openDevice_ofAnAbsentDeviceNumber_skipsWithTheReason() {
    assertThrows(TestAbortedException.class, new Subject("plain:9999")::openDevice);
  }

  @Test
  void openDevice_ofAnAbsentBackendThatIsRequired_fails() {
    System.setProperty(TestDevices.REQUIRED_DEVICES, "plain, absent");
    AssertionError failure = assertThrows(AssertionError.class, new Subject("absent")::openDevice);
    assertTrue(failure.getMessage().contains("class path"), failure.getMessage());
    assertThrows(AssertionError.class, new Subject("absent:1")::openDevice);
    assertThrows(TestAbortedException.class, new Subject("other")::openDevice);
  }

  @Test
  void requireCoverage_withoutACase_fails() {
    AssertionError failure = coverageFailure(cases -> {});
    assertTrue(failure.getMessage().contains("no case ran on plain:0"), failure.getMessage());
  }

  @Test
  void requireCoverage_whenAllTopicsRanButOperationsWereNotCalled_namesThem() {
    AssertionError failure =
        coverageFailure(
            subject -> {
              allTopics(subject).forEach(Stream::close);
              subject.dropout().forEach(ConformanceRulesTest::execute);
            });
    assertTrue(failure.getMessage().contains("adagrad, adam,"), failure.getMessage());
    assertTrue(failure.getMessage().contains("linearInputGradient"), failure.getMessage());
  }

  @Test
  void requireCoverage_whenOperationsWereOnlyCalled_namesAllOfThem() {
    AssertionError failure =
        coverageFailure(
            subject -> {
              allTopics(subject).forEach(Stream::close);
              subject.arguments().forEach(ConformanceRulesTest::execute);
              subject.determinism().forEach(ConformanceRulesTest::execute);
              subject.capture().forEach(ConformanceRulesTest::execute);
            });
    String all =
        Arrays.stream(Ops.class.getMethods())
            .map(Method::getName)
            .sorted()
            .collect(Collectors.joining(", "));
    assertEquals("no case compares what these operations write: " + all, failure.getMessage());
  }

  @Test
  void requireCoverage_withoutTheCasesOfOneOperation_namesIt() {
    AssertionError failure =
        coverageFailure(
            subject ->
                allTopics(subject)
                    .flatMap(topic -> topic)
                    .filter(test -> !test.getDisplayName().startsWith("adagrad decay"))
                    .forEach(ConformanceRulesTest::execute));
    assertEquals("no case compares what these operations write: adagrad", failure.getMessage());
  }

  @Test
  void requireCoverage_whenOnlySomeTopicsWereAskedFor_passes() {
    Subject subject = new Subject("plain:0");
    subject.openDevice();
    subject.dropout().forEach(ConformanceRulesTest::execute);
    subject.requireCoverage();
    subject.closeDevice();
  }

  private static AssertionError coverageFailure(Consumer<BackendConformance> run) {
    Subject subject = new Subject("plain:0");
    subject.openDevice();
    run.accept(subject);
    AssertionError failure = assertThrows(AssertionError.class, subject::requireCoverage);
    subject.closeDevice();
    return failure;
  }

  /** Asks for every topic's cases, which a caller may run. */
  private static Stream<Stream<DynamicTest>> allTopics(BackendConformance suite) {
    return Stream.of(
        suite.activations(),
        suite.arguments(),
        suite.capture(),
        suite.determinism(),
        suite.dropout(),
        suite.elementwise(),
        suite.gathers(),
        suite.goldenValues(),
        suite.layers(),
        suite.lifetimes(),
        suite.losses(),
        suite.matmul(),
        suite.memory(),
        suite.networks(),
        suite.optimizers(),
        suite.reductions(),
        suite.subnormals(),
        suite.threads(),
        suite.transfers());
  }

  private static void execute(DynamicTest test) {
    try {
      test.getExecutable().execute();
    } catch (Throwable failure) {
      throw new IllegalStateException(test.getDisplayName(), failure);
    }
  }
}
