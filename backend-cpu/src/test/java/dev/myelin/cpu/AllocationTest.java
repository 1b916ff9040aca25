package dev.myelin.cpu;

import static org.junit.jupiter.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import dev.myelin.Backend;
import dev.myelin.BackendOptions;
import dev.myelin.Backends;
import dev.myelin.TensorArena;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/**
 * No operation allocates once it is compiled. A vector that becomes an object would show here: that
 * happens when the JIT compiler stops inlining, and makes a loop ten times slower.
 */
final class AllocationTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int CALLS = 200;
  private static final int MAX_ROUNDS = 300;

  @Test
  void everyOperation_onceCompiled_allocatesNothing() {
    try (Backend backend = Backends.open("cpu", BackendOptions.DEFAULT.withThreads(1));
        TensorArena arena = new TensorArena(backend, "test")) {
      EveryOperation every = new EveryOperation(backend, arena, 16, 1000);
      every.fillInputs();
      // All functions are warm before the first is measured, as in a program that uses them all.
      every.works().forEach(AllocationTest::awaitNoAllocation);
      every.works().forEach(AllocationTest::awaitNoAllocation);
    }
  }

  private static void awaitNoAllocation(String name, Runnable work) {
    long bytes = Long.MAX_VALUE;
    for (int round = 0; round < MAX_ROUNDS; round++) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      for (int call = 0; call < CALLS; call++) {
        work.run();
      }
      bytes = THREADS.getCurrentThreadAllocatedBytes() - before;
      if (bytes == 0) {
        return;
      }
    }
    fail(name + ": " + CALLS + " calls allocate " + bytes + " bytes");
  }
}
