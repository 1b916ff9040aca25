package dev.myelin.testkit;

import dev.myelin.Backend;
import dev.myelin.BackendOptions;
import dev.myelin.Ops;
import dev.myelin.Precision;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.function.Executable;

/** What the cases of one run share: the open device, and what was counted. */
final class Suite implements AutoCloseable {
  /** What a case does; its tensors come from the fixture. */
  interface Body {
    void run(Fixture fixture);
  }

  private final Function<BackendOptions, Backend> opener;
  private final BackendOptions options;
  private final Backend backend;
  private final Effort effort;
  private final boolean flushesSubnormals;
  private final Coverage coverage = new Coverage();
  private int cases;

  Suite(
      Function<BackendOptions, Backend> opener,
      BackendOptions options,
      Effort effort,
      boolean flushesSubnormals) {
    this.opener = opener;
    this.options = options;
    this.effort = effort;
    this.flushesSubnormals = flushesSubnormals;
    this.backend = opener.apply(options);
  }

  Backend backend() {
    return backend;
  }

  Ops ops() {
    return backend.ops();
  }

  BackendOptions options() {
    return options;
  }

  /** Another instance of the same device. */
  Backend open(BackendOptions otherOptions) {
    return opener.apply(otherOptions);
  }

  /** Another instance of the same device, opened the same way. */
  Backend openAnother() {
    return open(options);
  }

  /** Another instance of the same device that may use only so much memory. */
  Backend openWithBudget(long bytes) {
    return open(options.withMemoryBudgetBytes(bytes));
  }

  /** How operands of matrix products are rounded. */
  Precision precision() {
    return options.precision();
  }

  boolean isFull() {
    return effort == Effort.FULL;
  }

  /** What an operation that rounds correctly may be off by: numbers flushed to zero, if any. */
  double flushError() {
    return flushesSubnormals ? Bounded.SMALLEST_NORMAL : 0;
  }

  /**
   * A case that is run twice: compared with what is expected, and repeated to see whether the bits
   * are the same.
   */
  DynamicTest test(String name, Body body) {
    return plain(
        name,
        () -> {
          List<int[]> first = run(body, true);
          List<int[]> second = run(body, false);
          for (int i = 0; i < first.size(); i++) {
            int at = Arrays.mismatch(first.get(i), second.get(i));
            if (at >= 0) {
              throw new AssertionError(
                  String.format(
                      "result %d differs from run to run: element %d is %08x, then %08x",
                      i, at, first.get(i)[at], second.get(i)[at]));
            }
          }
        });
  }

  private List<int[]> run(Body body, boolean comparing) {
    try (Fixture fixture = new Fixture(backend, coverage, comparing)) {
      body.run(fixture);
      fixture.finish();
      return fixture.results();
    }
  }

  /** A case that looks after its tensors itself. */
  DynamicTest plain(String name, Executable body) {
    return DynamicTest.dynamicTest(
        name,
        () -> {
          cases++;
          try {
            body.execute();
          } catch (AssertionError | RuntimeException failure) {
            // Build tools print the message only, which must therefore say which case it was.
            String reason =
                failure instanceof AssertionError ? failure.getMessage() : failure.toString();
            throw new AssertionError(name + ": " + reason, failure);
          }
        });
  }

  /** How many cases were started. */
  int cases() {
    return cases;
  }

  /** The operations of which no case has compared what they write. */
  Set<String> uncomparedOperations() {
    return coverage.missing();
  }

  @Override
  public void close() {
    backend.close();
  }
}
