package dev.myelin.testkit;

import dev.myelin.Backend;
import dev.myelin.BackendOptions;
import dev.myelin.Ops;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.function.Executable;

/** What the cases of one run share: the open device, its operations, and what was counted. */
final class Suite implements AutoCloseable {
  /** What a case does; its tensors come from the bench. */
  interface Body {
    void run(Bench bench);
  }

  private final Function<BackendOptions, Backend> opener;
  private final BackendOptions options;
  private final Backend backend;
  private final Ops ops;
  private final Effort effort;
  private final boolean flushesSubnormals;
  private final Set<String> called = new TreeSet<>();
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
    this.ops = recording(backend.ops());
  }

  Backend backend() {
    return backend;
  }

  Ops ops() {
    return ops;
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
    try (Bench bench = new Bench(backend, ops, comparing)) {
      body.run(bench);
      bench.finish();
      return bench.results();
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

  /** The operations that no case has called. */
  Set<String> uncalledOperations() {
    Set<String> uncalled = new TreeSet<>();
    for (Method method : Ops.class.getMethods()) {
      if (!Modifier.isStatic(method.getModifiers()) && !called.contains(method.getName())) {
        uncalled.add(method.getName());
      }
    }
    return uncalled;
  }

  private Ops recording(Ops target) {
    return (Ops)
        Proxy.newProxyInstance(
            Ops.class.getClassLoader(),
            new Class<?>[] {Ops.class},
            (proxy, method, arguments) -> {
              called.add(method.getName());
              try {
                return method.invoke(target, arguments);
              } catch (InvocationTargetException thrown) {
                throw thrown.getCause();
              }
            });
  }

  @Override
  public void close() {
    backend.close();
  }
}
