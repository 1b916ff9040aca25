package dev.myelin.testkit;

import dev.myelin.BackendOptions;
import dev.myelin.Precision;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.opentest4j.TestAbortedException;

/**
 * What {@link BackendConformance} asks of matrix products and of what is made of them, in every
 * precision but F32 that a device has: the reference rounds the operands in the same way, so what
 * is compared is as narrow as in F32 but for the order and the rounding of sums. Skipped on a
 * device that has none; a backend's test class extends it and names its device.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class PrecisionConformance {
  private final List<Suite> suites = new ArrayList<>();

  /** As in {@link BackendConformance}. */
  protected abstract String device();

  /** How many sizes are tried. */
  protected Effort effort() {
    return Effort.FULL;
  }

  @BeforeAll
  final void openDevice() {
    List<Precision> precisions;
    try (var backend = TestDevices.open(device(), BackendOptions.DEFAULT)) {
      precisions = List.copyOf(backend.device().precisions());
    }
    for (Precision precision : precisions) {
      if (precision != Precision.F32) {
        BackendOptions options = BackendOptions.DEFAULT.withPrecision(precision);
        suites.add(new Suite(each -> TestDevices.open(device(), each), options, effort(), false));
      }
    }
    if (suites.isEmpty()) {
      throw new TestAbortedException(device() + " multiplies in f32 only");
    }
  }

  @AfterAll
  final void closeDevice() {
    suites.forEach(Suite::close);
  }

  private Stream<DynamicContainer> inEach(Function<Suite, Stream<DynamicTest>> cases) {
    return suites.stream()
        .map(
            suite ->
                DynamicContainer.dynamicContainer(suite.precision().text(), cases.apply(suite)));
  }

  @TestFactory
  final Stream<DynamicContainer> matmul() {
    return inEach(MatmulCases::of);
  }

  @TestFactory
  final Stream<DynamicContainer> layers() {
    return inEach(LayerCases::of);
  }

  @TestFactory
  final Stream<DynamicContainer> determinism() {
    return inEach(DeterminismCases::of);
  }

  @TestFactory
  final Stream<DynamicContainer> capture() {
    return inEach(CaptureCases::of);
  }
}
