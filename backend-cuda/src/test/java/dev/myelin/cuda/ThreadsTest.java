package dev.myelin.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.myelin.Backend;
import dev.myelin.BackendOptions;
import dev.myelin.CapturedWork;
import dev.myelin.Tensor;
import dev.myelin.TensorArena;
import dev.myelin.testkit.TestDevices;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A backend may be handed from thread to thread, and several backends run side by side. */
@ExtendWith(DriverUnderTest.class)
class ThreadsTest {
  private static Backend open() {
    return TestDevices.open("cuda", BackendOptions.DEFAULT);
  }

  private static <T> T onNewThread(Callable<T> work) throws Exception {
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      return thread.submit(work).get();
    } finally {
      thread.shutdown();
    }
  }

  @Test
  void everyCall_mayComeFromAnotherThread() throws Exception {
    Backend backend = onNewThread(ThreadsTest::open);
    TensorArena arena = onNewThread(() -> new TensorArena(backend, "threads"));
    Tensor value = onNewThread(() -> arena.upload("value", new float[] {1, 2}, 2));
    CapturedWork doubling =
        onNewThread(() -> backend.capture(() -> backend.ops().add(value, value, value)));
    for (int i = 0; i < 3; i++) {
      onNewThread(
          () -> {
            doubling.replay();
            return null;
          });
    }
    float[] result = new float[2];
    onNewThread(
        () -> {
          backend.ops().scale(value, 10, value);
          backend.download(value, result);
          return null;
        });
    assertArrayEquals(new float[] {80, 160}, result);
    onNewThread(
        () -> {
          arena.close();
          doubling.close();
          backend.close();
          return null;
        });
  }

  @Test
  void twoBackends_computeSideBySide() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      List<Future<Float>> results = new ArrayList<>();
      for (int thread = 0; thread < 2; thread++) {
        float step = thread + 1;
        results.add(threads.submit(() -> count(step)));
      }
      assertEquals(200, results.get(0).get());
      assertEquals(400, results.get(1).get());
    } finally {
      threads.shutdown();
    }
  }

  /** Adds a step two hundred times: half of them replayed, in turns. */
  private static float count(float step) {
    try (Backend backend = open();
        TensorArena arena = new TensorArena(backend, "count")) {
      Tensor sum = arena.allocate("sum", 1);
      Tensor addend = arena.upload("addend", new float[] {step}, 1);
      float[] result = new float[1];
      try (CapturedWork addition = backend.capture(() -> backend.ops().add(sum, addend, sum))) {
        for (int i = 0; i < 100; i++) {
          addition.replay();
          backend.ops().add(sum, addend, sum);
          if (i % 10 == 0) {
            backend.download(sum, result);
          }
        }
      }
      backend.download(sum, result);
      return result[0];
    }
  }
}
