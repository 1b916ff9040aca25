package dev.myelin.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.Backend;
import dev.myelin.CapturedWork;
import dev.myelin.DType;
import dev.myelin.ShapeMismatchException;
import dev.myelin.Tensor;
import dev.myelin.TensorArena;
import dev.myelin.Transpose;
import dev.myelin.UploadQueue;
import dev.myelin.WriteMode;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.function.Executable;

/** Uploads beside the work. */
final class UploadQueueCases {
  private final Suite suite;

  private UploadQueueCases(Suite suite) {
    this.suite = suite;
  }

  static Stream<DynamicTest> of(Suite suite) {
    UploadQueueCases cases = new UploadQueueCases(suite);
    return Stream.of(
        cases.workAfterAFenceFindsTheUploads(),
        cases.uploadsAfterAFenceWaitForTheWork(),
        cases.uploadsFromAnotherThreadWhileThisOneWorks(),
        cases.hostArrayMayChangeAfterUpload(),
        cases.everythingIsChecked(),
        cases.closedInAnyOrder());
  }

  private interface Body {
    void run(Backend backend, TensorArena arena, UploadQueue queue);
  }

  private DynamicTest withQueue(String name, Body body) {
    return suite.plain(
        name,
        () -> {
          try (TensorArena arena = new TensorArena(suite.backend(), "uploads beside");
              UploadQueue queue = suite.backend().openUploadQueue()) {
            body.run(suite.backend(), arena, queue);
          }
        });
  }

  private static float[] filled(int length, float value) {
    float[] values = new float[length];
    Arrays.fill(values, value);
    return values;
  }

  private DynamicTest workAfterAFenceFindsTheUploads() {
    return withQueue(
        "work given after a fence finds what was uploaded before it",
        (backend, arena, queue) -> {
          int length = suite.isFull() ? 1_500_001 : 5_001;
          Tensor tensor = arena.allocate("tensor", length);
          Tensor sum = arena.allocate("sum", length);
          queue.fence();
          float[] result = new float[length];
          for (int round = 1; round <= 4; round++) {
            queue.upload(filled(length, round), 0, tensor);
            queue.fence();
            backend.ops().add(tensor, sum, sum);
            queue.fence();
          }
          backend.download(sum, result);
          assertArrayEquals(filled(length, 1 + 2 + 3 + 4), result);
        });
  }

  private DynamicTest uploadsAfterAFenceWaitForTheWork() {
    return withQueue(
        "an upload after a fence leaves the work before it what that work was given to read",
        (backend, arena, queue) -> {
          int size = suite.isFull() ? 300 : 20;
          Tensor a = arena.upload("a", filled(size * size, 1), size, size);
          Tensor out = arena.allocate("out", size, size);
          int products = 8;
          for (int i = 0; i < products; i++) {
            suite.ops().matmul(a, Transpose.NO, a, Transpose.NO, WriteMode.ACCUMULATE, out);
          }
          queue.fence();
          queue.upload(filled(size * size, 5), 0, a);
          queue.fence();
          float[] result = new float[size * size];
          backend.download(out, result);
          assertArrayEquals(filled(size * size, products * size), result);
          backend.download(a, result);
          assertArrayEquals(filled(size * size, 5), result);
        });
  }

  private DynamicTest uploadsFromAnotherThreadWhileThisOneWorks() {
    return withQueue(
        "another thread uploads while this one works",
        (backend, arena, queue) -> {
          int length = suite.isFull() ? 200_000 : 2_000;
          Tensor halves = arena.allocate("halves", 2, length);
          Tensor sum = arena.allocate("sum", length);
          queue.fence();
          CompletableFuture<Void> upload = uploadOnAnotherThread(queue, halves, 0, length);
          int rounds = 10;
          for (int round = 0; round < rounds; round++) {
            upload.join();
            queue.fence();
            if (round + 1 < rounds) {
              upload = uploadOnAnotherThread(queue, halves, round + 1, length);
            }
            Tensor half = halves.view("half", (long) (round % 2) * length, length);
            backend.ops().add(half, sum, sum);
          }
          float[] result = new float[length];
          backend.download(sum, result);
          assertArrayEquals(filled(length, rounds * (rounds - 1) / 2f), result);
        });
  }

  private static CompletableFuture<Void> uploadOnAnotherThread(
      UploadQueue queue, Tensor halves, int round, int length) {
    return CompletableFuture.runAsync(
        () -> {
          Tensor half = halves.view("half", (long) (round % 2) * length, length);
          queue.upload(filled(length, round), 0, half);
        });
  }

  private DynamicTest hostArrayMayChangeAfterUpload() {
    return withQueue(
        "the host array may be changed as soon as an upload beside the work returns",
        (backend, arena, queue) -> {
          int length = suite.isFull() ? 1_200_000 : 3_000;
          Tensor tensor = arena.allocate("tensor", DType.I32, 3, length);
          queue.fence();
          int[] source = new int[length + 1];
          for (int row = 0; row < 3; row++) {
            Arrays.fill(source, row + 7);
            queue.upload(source, 1, tensor.rows(row, 1));
            Arrays.fill(source, -1);
          }
          queue.fence();
          int[] result = new int[3 * length];
          backend.download(tensor, result);
          for (int i = 0; i < result.length; i++) {
            assertEquals(i / length + 7, result[i]);
          }
        });
  }

  private static void refused(
      Class<? extends RuntimeException> type, Executable call, String part) {
    String message = assertThrows(type, call).getMessage();
    assertTrue(message.contains(part), message);
  }

  private DynamicTest everythingIsChecked() {
    return withQueue(
        "uploads beside the work are checked as others",
        (backend, arena, queue) -> {
          Tensor floats = arena.allocate("floats", 3);
          refused(
              ShapeMismatchException.class,
              () -> queue.upload(new float[3], 1, floats),
              "floats [3] has 3 elements");
          refused(
              IllegalArgumentException.class,
              () -> queue.upload(new int[3], 0, floats),
              "floats [3] is F32");
          refused(
              IllegalStateException.class,
              () -> captureAndReplay(backend, queue::fence),
              "a fence cannot be recorded");
          try (Backend other = suite.openAnother();
              UploadQueue ofAnother = other.openUploadQueue()) {
            refused(
                IllegalArgumentException.class,
                () -> ofAnother.upload(new float[3], 0, floats),
                "floats [3] is of device");
          }
          TensorArena closed = new TensorArena(backend, "gone");
          Tensor gone = closed.allocate("gone", 2);
          closed.close();
          refused(
              IllegalStateException.class,
              () -> queue.upload(new float[2], 0, gone),
              "arena 'gone' was closed");
          queue.close();
          queue.close();
          refused(IllegalStateException.class, queue::fence, "after it was closed");
          refused(
              IllegalStateException.class,
              () -> queue.upload(new float[3], 0, floats),
              "after it was closed");
        });
  }

  private static void captureAndReplay(Backend backend, Runnable work) {
    try (CapturedWork captured = backend.capture(work)) {
      captured.replay();
    }
  }

  private DynamicTest closedInAnyOrder() {
    return suite.plain(
        "closing a device closes its upload queues",
        () -> {
          Backend backend = suite.openAnother();
          UploadQueue queue = backend.openUploadQueue();
          Tensor tensor = new TensorArena(backend, "open").allocate("tensor", 4);
          queue.fence();
          queue.upload(new float[4], 0, tensor);
          backend.close();
          refused(IllegalStateException.class, queue::fence, "after it was closed");
          queue.close();
        });
  }
}
