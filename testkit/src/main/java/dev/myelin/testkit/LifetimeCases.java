package dev.myelin.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.Backend;
import dev.myelin.DType;
import dev.myelin.Tensor;
import dev.myelin.TensorArena;
import dev.myelin.Transpose;
import dev.myelin.WriteMode;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.function.Executable;

/** Tensors, arenas and devices that are closed, in every order. */
final class LifetimeCases {
  private final Suite suite;

  private LifetimeCases(Suite suite) {
    this.suite = suite;
  }

  static Stream<DynamicTest> of(Suite suite) {
    LifetimeCases cases = new LifetimeCases(suite);
    return Stream.of(
        cases.useAfterArenaClose(),
        cases.closingTwice(),
        cases.backendBeforeArena(),
        cases.useAfterBackendClose(),
        cases.arenasAreIndependent(),
        cases.closeWaitsForWork(),
        cases.manyCyclesGiveAllMemoryBack(),
        cases.closingTheBackendWithTensorsInUse());
  }

  private static void refused(Executable use, String... parts) {
    IllegalStateException refusal = assertThrows(IllegalStateException.class, use);
    for (String part : parts) {
      assertTrue(refusal.getMessage().contains(part), refusal.getMessage());
    }
  }

  private DynamicTest useAfterArenaClose() {
    return suite.plain(
        "every use of a tensor after its arena was closed names tensor and arena",
        () -> {
          Tensor weight;
          TensorArena arena = new TensorArena(suite.backend(), "training");
          try (arena) {
            weight = arena.allocate("layer1.weight", 2, 3);
          }
          Backend backend = suite.backend();
          List<Executable> uses =
              List.of(
                  () -> backend.upload(new float[6], weight),
                  () -> backend.upload(new float[8], 2, weight),
                  () -> backend.download(weight, new float[6]),
                  () -> suite.ops().fill(1, weight),
                  () -> weight.view("part", 0, 1),
                  () -> weight.rows(0, 1));
          for (Executable use : uses) {
            refused(use, "layer1.weight [2, 3]", "training");
          }
          refused(() -> arena.allocate("late", 1), "late", "training");
          refused(() -> arena.upload("late", new float[1], 1), "late", "training");
        });
  }

  private DynamicTest closingTwice() {
    return suite.plain(
        "closing an arena or a device twice is harmless",
        () -> {
          Backend other = suite.openAnother();
          TensorArena arena = new TensorArena(other, "twice");
          arena.allocate("tensor", 100);
          arena.close();
          arena.close();
          assertTrue(arena.isClosed());
          other.close();
          other.close();
          arena.close();
        });
  }

  private DynamicTest backendBeforeArena() {
    return suite.plain(
        "a device may be closed before its arenas",
        () -> {
          Backend other = suite.openAnother();
          TensorArena arena = new TensorArena(other, "outlived");
          Tensor tensor = arena.upload("tensor", new float[] {1, 2}, 2);
          other.close();
          assertTrue(arena.isClosed());
          refused(() -> tensor.view("view", 0, 1), "tensor", "outlived");
          arena.close();
        });
  }

  private DynamicTest useAfterBackendClose() {
    return suite.plain(
        "every use of a closed device names it",
        () -> {
          Backend other = suite.openAnother();
          TensorArena arena = new TensorArena(other, "arena");
          Tensor tensor = arena.allocate("tensor", 2);
          other.close();
          List<Executable> uses =
              List.of(
                  other::memory,
                  other::synchronize,
                  () -> other.allocate(DType.F32, 1),
                  () -> other.upload(new float[2], tensor),
                  () -> other.download(tensor, new float[2]),
                  () -> other.ops().fill(1, tensor),
                  () -> other.capture(() -> {}),
                  () -> new TensorArena(other, "late"));
          for (Executable use : uses) {
            refused(use, other.device().id(), "closed");
          }
        });
  }

  private DynamicTest arenasAreIndependent() {
    return suite.plain(
        "closing one arena leaves the values of another",
        () -> {
          try (TensorArena kept = new TensorArena(suite.backend(), "kept")) {
            TensorArena closed = new TensorArena(suite.backend(), "closed");
            float[] values = Values.normal(1, 1000);
            closed.allocate("before", 1000);
            Tensor tensor = kept.upload("tensor", values, 1000);
            closed.allocate("after", 1000);
            closed.close();
            try (TensorArena reused = new TensorArena(suite.backend(), "reused")) {
              suite.ops().fill(7, reused.allocate("before", 1000));
              suite.ops().fill(8, reused.allocate("after", 1000));
              float[] downloaded = new float[1000];
              suite.backend().download(tensor, downloaded);
              assertArrayEquals(values, downloaded);
            }
          }
        });
  }

  private DynamicTest closeWaitsForWork() {
    return suite.plain(
        "an arena may be closed while work reads it, and a device while work is in flight",
        () -> {
          int size = suite.isFull() ? 257 : 33;
          float[] values = Values.normal(1, size * size);
          float[] product = new float[size * size];
          Backend other = suite.openAnother();
          TensorArena kept = new TensorArena(other, "kept");
          Tensor out = kept.allocate("out", size, size);
          TensorArena arena = new TensorArena(other, "in flight");
          Tensor a = arena.upload("a", values, size, size);
          other.ops().matmul(a, Transpose.NO, a, Transpose.YES, WriteMode.OVERWRITE, out);
          arena.close();
          try (TensorArena reused = new TensorArena(other, "reused")) {
            other.ops().fill(7, reused.allocate("where a was", size, size));
          }
          other.download(out, product);
          assertNull(product(values, size).mismatch(product));

          Tensor b = kept.upload("b", values, size, size);
          for (int repeat = 0; repeat < 3; repeat++) {
            other.ops().matmul(b, Transpose.NO, b, Transpose.YES, WriteMode.ACCUMULATE, out);
          }
          other.close();
          assertTrue(kept.isClosed());
        });
  }

  private static Expected product(float[] values, int size) {
    return Reference.matmul(values, Transpose.NO, values, Transpose.YES, size, size, size, null);
  }

  private DynamicTest manyCyclesGiveAllMemoryBack() {
    int cycles = suite.isFull() ? 4000 : 400;
    return suite.plain(
        cycles + " arenas opened and closed leave as many bytes in use as before",
        () -> {
          long before = suite.backend().memory().usedBytes();
          for (int i = 0; i < cycles; i++) {
            try (TensorArena arena = new TensorArena(suite.backend(), "cycle " + i)) {
              arena.allocate("floats", 1 + i % 100);
              arena.allocate("ints", DType.I32, 3, i % 7);
            }
          }
          assertEquals(before, suite.backend().memory().usedBytes());
        });
  }

  private DynamicTest closingTheBackendWithTensorsInUse() {
    return suite.plain(
        "a device that is closed with tensors in use can be opened and filled again",
        () -> {
          for (int i = 0; i < 3; i++) {
            try (Backend other = suite.openAnother()) {
              TensorArena arena = new TensorArena(other, "held");
              float[] values = Values.normal(i, 1 << 16);
              Tensor held = arena.upload("held", values, 1 << 16);
              float[] downloaded = new float[1 << 16];
              other.download(held, downloaded);
              assertArrayEquals(values, downloaded);
            }
          }
        });
  }
}
