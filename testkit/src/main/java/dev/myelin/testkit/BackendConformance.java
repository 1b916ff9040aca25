package dev.myelin.testkit;

import dev.myelin.Backend;
import dev.myelin.BackendOptions;
import dev.myelin.Backends;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * What every backend promises, as tests. A backend's module extends this class and names a device:
 *
 * <pre>{@code
 * class CpuConformanceTest extends BackendConformance {
 *   @Override
 *   protected String device() {
 *     return "cpu";
 *   }
 * }
 * }</pre>
 *
 * <p>Every case compares with {@link Reference} within derived bounds, is run twice and must give
 * the same bits, and lies between sentinels that must survive it. After all of them, an operation
 * of which no case has compared what it writes is a failure.
 *
 * <p>A device that is not there skips the suite with the reason, or fails it; see {@link
 * TestDevices}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class BackendConformance {
  private final Set<String> topicsRun = new TreeSet<>();
  private Suite suite;

  /** What {@link Backends#open(String)} is asked for: "cpu", "opencl:1". */
  protected abstract String device();

  /** How the device is opened. */
  protected BackendOptions options() {
    return BackendOptions.DEFAULT;
  }

  /** How many sizes are tried. */
  protected Effort effort() {
    return Effort.FULL;
  }

  /**
   * Whether the device replaces subnormal numbers by zero. Sums and products must otherwise round
   * correctly down to 2^-149.
   */
  protected boolean flushesSubnormals() {
    return false;
  }

  @BeforeAll
  final void openDevice() {
    Function<BackendOptions, Backend> opener = options -> TestDevices.open(device(), options);
    suite = new Suite(opener, options(), effort(), flushesSubnormals());
  }

  @AfterAll
  final void reportAndClose() {
    if (suite == null) {
      return;
    }
    try {
      System.out.println("conformance: " + suite.cases() + " cases on " + describe());
      requireCoverage();
    } finally {
      closeDevice();
    }
  }

  final void closeDevice() {
    suite.close();
  }

  private String describe() {
    return suite.backend().device().id() + " (" + suite.backend().device().name() + ")";
  }

  /** Fails when nothing ran, or when all topics ran and none compared some operation's output. */
  final void requireCoverage() {
    if (suite.cases() == 0) {
      throw new AssertionError("no case ran on " + describe());
    }
    Set<String> uncompared = suite.uncomparedOperations();
    if (topicsRun.size() == topics() && !uncompared.isEmpty()) {
      throw new AssertionError(
          "no case compares what these operations write: " + String.join(", ", uncompared));
    }
  }

  private static long topics() {
    return Arrays.stream(BackendConformance.class.getDeclaredMethods())
        .filter(method -> method.isAnnotationPresent(TestFactory.class))
        .map(Method::getName)
        .distinct()
        .count();
  }

  private Stream<DynamicTest> topic(String name, Function<Suite, Stream<DynamicTest>> cases) {
    topicsRun.add(name);
    return cases.apply(suite);
  }

  @TestFactory
  protected final Stream<DynamicTest> elementwise() {
    return topic("elementwise", ElementwiseCases::of);
  }

  @TestFactory
  protected final Stream<DynamicTest> subnormals() {
    return topic("subnormals", SubnormalCases::of);
  }

  @TestFactory
  protected final Stream<DynamicTest> matmul() {
    return topic("matmul", MatmulCases::of);
  }

  @TestFactory
  protected final Stream<DynamicTest> activations() {
    return topic(
        "activations",
        activations -> Stream.concat(ActivationCases.of(activations), MaxoutCases.of(activations)));
  }

  @TestFactory
  protected final Stream<DynamicTest> dropout() {
    return topic("dropout", DropoutCases::of);
  }

  @TestFactory
  protected final Stream<DynamicTest> reductions() {
    return topic("reductions", ReductionCases::of);
  }

  @TestFactory
  protected final Stream<DynamicTest> gathers() {
    return topic("gathers", GatherCases::of);
  }

  @TestFactory
  protected final Stream<DynamicTest> losses() {
    return topic("losses", LossCases::of);
  }

  @TestFactory
  protected final Stream<DynamicTest> optimizers() {
    return topic("optimizers", OptimizerCases::of);
  }

  @TestFactory
  protected final Stream<DynamicTest> layers() {
    return topic("layers", LayerCases::of);
  }

  @TestFactory
  protected final Stream<DynamicTest> networks() {
    return topic("networks", NetworkCases::of);
  }

  @TestFactory
  protected final Stream<DynamicTest> goldenValues() {
    return topic("goldenValues", GoldenCases::of);
  }

  @TestFactory
  protected final Stream<DynamicTest> determinism() {
    return topic("determinism", DeterminismCases::of);
  }

  @TestFactory
  protected final Stream<DynamicTest> capture() {
    return topic("capture", CaptureCases::of);
  }

  @TestFactory
  protected final Stream<DynamicTest> arguments() {
    return topic("arguments", ArgumentCases::of);
  }

  @TestFactory
  protected final Stream<DynamicTest> lifetimes() {
    return topic("lifetimes", LifetimeCases::of);
  }

  @TestFactory
  protected final Stream<DynamicTest> threads() {
    return topic("threads", ThreadCases::of);
  }

  @TestFactory
  protected final Stream<DynamicTest> memory() {
    return topic(
        "memory", memory -> Stream.concat(MemoryCases.of(memory), OutOfMemoryCases.of(memory)));
  }

  @TestFactory
  protected final Stream<DynamicTest> transfers() {
    return topic(
        "transfers",
        transfers -> Stream.concat(TransferCases.of(transfers), UploadQueueCases.of(transfers)));
  }
}
