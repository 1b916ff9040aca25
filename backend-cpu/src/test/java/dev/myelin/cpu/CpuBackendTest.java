package dev.myelin.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.Activation;
import dev.myelin.Backend;
import dev.myelin.BackendOptions;
import dev.myelin.Backends;
import dev.myelin.DType;
import dev.myelin.DeviceInfo;
import dev.myelin.OutOfDeviceMemoryException;
import dev.myelin.Tensor;
import dev.myelin.TensorArena;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CpuBackendTest {

  @Test
  void best_withThisJarAlone_isTheProcessor() {
    try (Backend backend = Backends.best()) {
      assertEquals("cpu", backend.device().id());
      assertEquals(200, backend.device().preference());
    }
  }

  @Test
  void linear_withBiasAndReLU_givesTheKnownNumbers() {
    try (Backend backend = Backends.open("cpu");
        TensorArena arena = new TensorArena(backend, "test")) {
      Tensor x = arena.upload("x", new float[] {1, 2, 3, 4}, 2, 2);
      Tensor w = arena.upload("w", new float[] {1, 0, 0, 1, -1, -1}, 3, 2);
      Tensor bias = arena.upload("bias", new float[] {10, 20, 4}, 3);
      Tensor z = arena.allocate("z", 2, 3);
      Tensor y = arena.allocate("y", 2, 3);

      backend.ops().linear(x, w, bias, Activation.RELU, z, y);

      float[] preActivations = new float[6];
      float[] activations = new float[6];
      backend.download(z, preActivations);
      backend.download(y, activations);
      assertArrayEquals(new float[] {11, 22, 1, 13, 24, -3}, preActivations);
      assertArrayEquals(new float[] {11, 22, 1, 13, 24, 0}, activations);
    }
  }

  /** Large tensors begin inside their array. */
  @ParameterizedTest
  @ValueSource(ints = {(1 << 17) - 1, 1 << 17, (1 << 17) + 1})
  void operation_onPartOfATensor_changesThatPartOnly(int elements) {
    float[] values = new float[elements];
    int[] numbers = new int[elements];
    for (int i = 0; i < elements; i++) {
      values[i] = i + 1;
      numbers[i] = -i;
    }
    try (Backend backend = Backends.open("cpu");
        TensorArena arena = new TensorArena(backend, "test")) {
      long before = backend.memory().usedBytes();
      Tensor x = arena.upload("x", values, elements);
      Tensor indices = arena.upload("indices", numbers, elements);
      assertEquals(8L * elements, backend.memory().usedBytes() - before);
      Tensor inner = x.view("inner", 1, elements - 2);

      backend.ops().scale(inner, -2, inner);

      for (int i = 1; i < elements - 1; i++) {
        values[i] *= -2;
      }
      float[] actual = new float[elements];
      backend.download(x, actual);
      assertArrayEquals(values, actual);
      int[] actualNumbers = new int[elements];
      backend.download(indices, actualNumbers);
      assertArrayEquals(numbers, actualNumbers);
    }
  }

  @Test
  void allocate_overTheBudget_throwsWithNumbersAndTakesNothing() {
    BackendOptions options = BackendOptions.DEFAULT.withMemoryBudgetBytes(1000);
    try (Backend backend = Backends.open("cpu", options);
        TensorArena arena = new TensorArena(backend, "test")) {
      arena.allocate("held", 200);

      OutOfDeviceMemoryException thrown =
          assertThrows(
              OutOfDeviceMemoryException.class, () -> arena.allocate("asked", DType.I32, 51));

      assertEquals(204, thrown.askedBytes());
      assertEquals(800, thrown.usedBytes());
      assertEquals(1000, thrown.totalBytes());
      assertEquals(800, backend.memory().usedBytes());
      arena.allocate("fits", 50);
      assertEquals(1000, backend.memory().usedBytes());
    }
  }

  @Test
  void allocate_longerThanAJavaArray_throwsWithTheSize() {
    BackendOptions options = BackendOptions.DEFAULT.withMemoryBudgetBytes(1L << 40);
    try (Backend backend = Backends.open("cpu", options)) {
      OutOfDeviceMemoryException thrown =
          assertThrows(
              OutOfDeviceMemoryException.class, () -> backend.allocate(DType.F32, 1L << 31));

      assertEquals(1L << 33, thrown.askedBytes());
      assertEquals(0, backend.memory().usedBytes());
    }
  }

  @Test
  void allocate_whenTheHeapIsFull_throwsAndTakesNothing() {
    BackendOptions options = BackendOptions.DEFAULT.withMemoryBudgetBytes(1L << 40);
    long moreThanTheHeap = Math.min(Runtime.getRuntime().maxMemory() / 4 + 1, (1L << 31) - 9);
    try (Backend backend = Backends.open("cpu", options);
        TensorArena arena = new TensorArena(backend, "test")) {
      Tensor kept = arena.upload("kept", new float[] {1, 2}, 2);

      OutOfDeviceMemoryException thrown =
          assertThrows(
              OutOfDeviceMemoryException.class,
              () -> {
                while (true) {
                  arena.allocate("asked", (int) moreThanTheHeap);
                }
              });

      assertTrue(thrown.getCause() instanceof OutOfMemoryError);
      float[] values = new float[2];
      backend.download(kept, values);
      assertArrayEquals(new float[] {1, 2}, values);
    }
  }

  @Test
  void close_ofAnArena_givesItsBytesBack() {
    try (Backend backend = Backends.open("cpu")) {
      try (TensorArena arena = new TensorArena(backend, "test")) {
        arena.allocate("tensor", 10, 10);
        assertEquals(400, backend.memory().usedBytes());
      }
      assertEquals(0, backend.memory().usedBytes());
    }
  }

  @Test
  void newBackend_thatFailsAfterItsThreadsWereStarted_endsThem() {
    long before = workers();
    BackendOptions options = BackendOptions.DEFAULT.withThreads(4);
    DeviceInfo device = new DeviceInfo("cpu", 0, "test", "", 1 << 20, 1);
    assertThrows(NullPointerException.class, () -> new CpuBackend(device, options, null));
    assertEquals(before, workers());
  }

  private static long workers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("myelin-cpu-"))
        .count();
  }
}
