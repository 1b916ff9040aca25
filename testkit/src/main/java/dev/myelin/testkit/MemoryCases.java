package dev.myelin.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.Backend;
import dev.myelin.DType;
import dev.myelin.OutOfDeviceMemoryException;
import dev.myelin.Tensor;
import dev.myelin.TensorArena;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** Allocation: zeros, what is in use, and what happens when there is no room. */
final class MemoryCases {
  private static final long BUDGET_BYTES = 1 << 20;

  /** A device may round an allocation up to its granularity. */
  private static final long GRANULARITY_BYTES = 4096;

  private final Suite suite;

  private MemoryCases(Suite suite) {
    this.suite = suite;
  }

  static Stream<DynamicTest> of(Suite suite) {
    MemoryCases cases = new MemoryCases(suite);
    return Stream.of(
        cases.allocatesZeros(),
        cases.allocatesZerosWhereSomethingWasBefore(),
        cases.countsWhatIsInUse(),
        cases.emptyTensors(),
        cases.budgetIsTheTotal(),
        cases.outOfMemorySaysAskedUsedAndTotal(),
        cases.outOfMemoryLosesNothing(),
        cases.absurdSizes());
  }

  private DynamicTest allocatesZeros() {
    return suite.plain(
        "a new tensor is zero",
        () -> {
          try (TensorArena arena = new TensorArena(suite.backend(), "zeros")) {
            for (int length : new int[] {1, 3, 64, 1000, 70001}) {
              float[] floats = Values.normal(1, length);
              int[] ints = Values.ints(1, length, 100);
              suite.backend().download(arena.allocate("floats", length), floats);
              suite.backend().download(arena.allocate("ints", DType.I32, length), ints);
              assertArrayEquals(new float[length], floats);
              assertArrayEquals(new int[length], ints);
            }
          }
        });
  }

  private DynamicTest allocatesZerosWhereSomethingWasBefore() {
    return suite.plain(
        "a new tensor is zero also where a closed arena left something",
        () -> {
          for (int i = 0; i < 5; i++) {
            try (TensorArena arena = new TensorArena(suite.backend(), "zeros")) {
              Tensor tensor = arena.allocate("tensor", 5000);
              float[] values = new float[5000];
              suite.backend().download(tensor, values);
              assertArrayEquals(new float[5000], values);
              suite.ops().fill(42, tensor);
            }
          }
        });
  }

  private DynamicTest countsWhatIsInUse() {
    return suite.plain(
        "memory() counts what is allocated, and no longer what is freed",
        () -> {
          Backend backend = suite.backend();
          long before = backend.memory().usedBytes();
          try (TensorArena arena = new TensorArena(backend, "counted")) {
            Tensor tensor = arena.allocate("tensor", 100, 1000);
            long taken = backend.memory().usedBytes() - before;
            assertTrue(
                taken >= 400_000 && taken <= 400_000 + GRANULARITY_BYTES,
                "400,000 bytes took " + taken);
            tensor.view("view", 0, 50, 1000);
            assertEquals(before + taken, backend.memory().usedBytes(), "a view takes nothing");
          }
          assertEquals(before, backend.memory().usedBytes());
          assertTrue(backend.memory().totalBytes() > 0);
        });
  }

  private DynamicTest emptyTensors() {
    return suite.plain(
        "a tensor without elements can be allocated, uploaded, filled and downloaded",
        () -> {
          try (TensorArena arena = new TensorArena(suite.backend(), "empty")) {
            Tensor empty = arena.upload("empty", new float[0], 0, 7);
            Tensor other = arena.allocate("other", 7, 0);
            suite.ops().fill(1, empty);
            suite.ops().copy(empty, other);
            suite.backend().download(other, new float[0]);
            assertEquals(0, empty.elements());
          }
        });
  }

  private DynamicTest budgetIsTheTotal() {
    return suite.plain(
        "a memory budget is the total that memory() tells",
        () -> {
          try (Backend small = suite.openWithBudget(BUDGET_BYTES)) {
            assertEquals(BUDGET_BYTES, small.memory().totalBytes());
          }
        });
  }

  private DynamicTest outOfMemorySaysAskedUsedAndTotal() {
    return suite.plain(
        "out of memory says what was asked for, used and there",
        () -> {
          try (Backend small = suite.openWithBudget(BUDGET_BYTES);
              TensorArena arena = new TensorArena(small, "small")) {
            arena.allocate("half", 1 << 17);
            long used = small.memory().usedBytes();
            OutOfDeviceMemoryException refusal =
                assertThrows(
                    OutOfDeviceMemoryException.class, () -> arena.allocate("large", 1 << 18));
            long asked = 4L << 18;
            assertTrue(
                refusal.askedBytes() >= asked && refusal.askedBytes() <= asked + GRANULARITY_BYTES,
                "asked " + refusal.askedBytes());
            assertEquals(used, refusal.usedBytes(), "used");
            assertEquals(BUDGET_BYTES, refusal.totalBytes(), "total");
            assertTrue(refusal.getMessage().contains(small.device().id()), refusal.getMessage());
            assertEquals(used, small.memory().usedBytes(), "nothing is taken");
          }
        });
  }

  private DynamicTest outOfMemoryLosesNothing() {
    return suite.plain(
        "after out of memory what is held is valid, less fits, and freeing makes room",
        () -> {
          try (Backend small = suite.openWithBudget(BUDGET_BYTES);
              TensorArena kept = new TensorArena(small, "kept")) {
            float[] values = Values.normal(1, 1000);
            Tensor held = kept.upload("held", values, 1000);
            TensorArena filler = new TensorArena(small, "filler");
            filler.allocate("most", 200_000);
            for (int i = 0; i < 3; i++) {
              assertThrows(
                  OutOfDeviceMemoryException.class, () -> kept.allocate("too much", 150_000));
            }
            Tensor less = kept.allocate("less", 10_000);
            small.ops().fill(3, less);
            float[] downloaded = new float[1000];
            small.download(held, downloaded);
            assertArrayEquals(values, downloaded);
            filler.close();
            Tensor now = kept.allocate("fits now", 150_000);
            small.ops().fill(5, now);
            small.ops().scale(held, 2, held);
            small.download(held, downloaded);
            assertEquals(2 * values[999], downloaded[999]);
          }
        });
  }

  private DynamicTest absurdSizes() {
    return suite.plain(
        "2^40 elements are out of memory, not a crash",
        () -> {
          try (TensorArena arena = new TensorArena(suite.backend(), "absurd")) {
            long before = suite.backend().memory().usedBytes();
            OutOfDeviceMemoryException refusal =
                assertThrows(
                    OutOfDeviceMemoryException.class,
                    () -> arena.allocate("absurd", 1 << 20, 1 << 20));
            assertTrue(refusal.askedBytes() >= 4L << 40, "asked " + refusal.askedBytes());
            assertEquals(before, suite.backend().memory().usedBytes());
          }
        });
  }
}
