package dev.myelin.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.Backend;
import dev.myelin.CapturedWork;
import dev.myelin.ConcurrentUseException;
import dev.myelin.Tensor;
import dev.myelin.TensorArena;
import dev.myelin.Transpose;
import dev.myelin.WriteMode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * A device that is handed from thread to thread, closed by another one, and used by two at once.
 */
final class ThreadCases {
  private final Suite suite;

  private ThreadCases(Suite suite) {
    this.suite = suite;
  }

  static Stream<DynamicTest> of(Suite suite) {
    ThreadCases cases = new ThreadCases(suite);
    return Stream.of(
        cases.everyCallFromAnotherThread(),
        cases.turns(),
        cases.closeByAnotherThread(),
        cases.twoAtOnce(),
        cases.twoDevicesAtOnce());
  }

  private static <T> T onNewThread(Callable<T> work) throws Exception {
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      return thread.submit(work).get();
    } finally {
      thread.shutdown();
    }
  }

  private static void runOnNewThread(Runnable work) throws Exception {
    onNewThread(Executors.callable(work));
  }

  private DynamicTest everyCallFromAnotherThread() {
    return suite.plain(
        "each call on a device may come from another thread than the one before",
        () -> {
          Backend backend = onNewThread(suite::openAnother);
          TensorArena arena = onNewThread(() -> new TensorArena(backend, "threads"));
          Tensor value = onNewThread(() -> arena.upload("value", new float[] {1, 2}, 2));
          CapturedWork doubling =
              onNewThread(() -> backend.capture(() -> backend.ops().add(value, value, value)));
          for (int i = 0; i < 3; i++) {
            runOnNewThread(doubling::replay);
          }
          runOnNewThread(() -> backend.ops().scale(value, 10, value));
          assertArrayEquals(new float[] {80, 160}, onNewThread(value::toFloats));
          runOnNewThread(arena::close);
          runOnNewThread(doubling::close);
          runOnNewThread(backend::close);
        });
  }

  private DynamicTest turns() {
    return suite.plain(
        "threads that take turns compute as one does",
        () -> {
          int turns = suite.isFull() ? 200 : 30;
          ExecutorService threads = Executors.newFixedThreadPool(3);
          try (TensorArena arena = new TensorArena(suite.backend(), "turns")) {
            Tensor sum = arena.allocate("sum", 3);
            Tensor one = arena.upload("one", new float[] {1, 2, 3}, 3);
            Object turn = new Object();
            List<Future<?>> users = new ArrayList<>();
            for (int user = 0; user < 3; user++) {
              users.add(
                  threads.submit(
                      () -> {
                        for (int i = 0; i < turns; i++) {
                          synchronized (turn) {
                            suite.ops().add(sum, one, sum);
                          }
                        }
                      }));
            }
            for (Future<?> user : users) {
              user.get();
            }
            assertArrayEquals(new float[] {3f * turns, 6f * turns, 9f * turns}, sum.toFloats());
          } finally {
            threads.shutdown();
          }
        });
  }

  private DynamicTest closeByAnotherThread() {
    return suite.plain(
        "an arena, and a device, may be closed by another thread while work is in flight",
        () -> {
          int size = suite.isFull() ? 257 : 33;
          float[] values = Values.normal(1, size * size);
          Backend other = suite.openAnother();
          TensorArena kept = new TensorArena(other, "kept");
          Tensor out = kept.allocate("out", size, size);
          TensorArena arena = new TensorArena(other, "in flight");
          Tensor a = arena.upload("a", values, size, size);
          other.ops().matmul(a, Transpose.NO, a, Transpose.YES, WriteMode.OVERWRITE, out);
          runOnNewThread(arena::close);
          assertTrue(arena.isClosed());
          Expected product =
              Reference.matmul(values, Transpose.NO, values, Transpose.YES, size, size, size, null);
          assertNull(product.mismatch(out.toFloats()));
          Tensor b = kept.upload("b", values, size, size);
          for (int repeat = 0; repeat < 3; repeat++) {
            other.ops().matmul(b, Transpose.NO, b, Transpose.YES, WriteMode.ACCUMULATE, out);
          }
          runOnNewThread(other::close);
          assertTrue(kept.isClosed());
        });
  }

  /** How many are refused is chance; none may be done half, or twice. */
  private DynamicTest twoAtOnce() {
    return suite.plain(
        "of two threads in one device at once, one is refused, and nothing else happens",
        () -> {
          int calls = suite.isFull() ? 2000 : 200;
          ExecutorService threads = Executors.newFixedThreadPool(2);
          try (TensorArena arena = new TensorArena(suite.backend(), "both")) {
            Tensor sum = arena.allocate("sum", 1);
            Tensor one = arena.upload("one", new float[] {1}, 1);
            CyclicBarrier start = new CyclicBarrier(2);
            List<Future<Integer>> done = new ArrayList<>();
            for (int user = 0; user < 2; user++) {
              done.add(
                  threads.submit(
                      () -> {
                        start.await();
                        return additionsDone(calls, one, sum);
                      }));
            }
            int additions = done.get(0).get() + done.get(1).get();
            assertEquals(additions, sum.toFloats()[0]);
            assertTrue(additions > 0, "all refused");
          } finally {
            threads.shutdown();
          }
        });
  }

  private int additionsDone(int calls, Tensor one, Tensor sum) {
    int done = 0;
    for (int i = 0; i < calls; i++) {
      try {
        suite.ops().add(sum, one, sum);
        done++;
      } catch (ConcurrentUseException refused) {
        assertTrue(refused.getMessage().contains(suite.backend().device().id()));
      }
    }
    return done;
  }

  private DynamicTest twoDevicesAtOnce() {
    return suite.plain(
        "two threads with a device each compute at once",
        () -> {
          ExecutorService threads = Executors.newFixedThreadPool(2);
          try {
            Future<Float> slow = threads.submit(() -> count(1));
            Future<Float> fast = threads.submit(() -> count(2));
            assertEquals(100, slow.get());
            assertEquals(200, fast.get());
          } catch (ExecutionException failed) {
            throw new AssertionError(failed.getCause());
          } finally {
            threads.shutdown();
          }
        });
  }

  /** Adds a step a hundred times: half of them replayed. */
  private float count(float step) {
    try (Backend backend = suite.openAnother();
        TensorArena arena = new TensorArena(backend, "count")) {
      Tensor sum = arena.allocate("sum", 1);
      Tensor addend = arena.upload("addend", new float[] {step}, 1);
      try (CapturedWork addition = backend.capture(() -> backend.ops().add(sum, addend, sum))) {
        for (int i = 0; i < 50; i++) {
          addition.replay();
          backend.ops().add(sum, addend, sum);
          assertEquals(2 * step * (i + 1), sum.toFloats()[0]);
        }
      }
      return sum.toFloats()[0];
    }
  }
}
