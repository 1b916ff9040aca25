package dev.myelin.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.myelin.Activation;
import dev.myelin.Backend;
import dev.myelin.Backends;
import dev.myelin.Tensor;
import dev.myelin.TensorArena;
import dev.myelin.Transpose;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The short forms of operations, with numbers small enough to be exact. */
class EagerTensorTest {
  private final Backend backend = Backends.open("cpu");
  private final TensorArena arena = new TensorArena(backend, "test");
  private final Tensor a = arena.upload("a", new float[] {1, -2, 3, -4, 5, 6}, 2, 3);
  private final Tensor b = arena.upload("b", new float[] {1, 0, 0, 1, 1, 1}, 3, 2);

  @AfterEach
  void close() {
    backend.close();
  }

  private static void assertElements(Tensor tensor, float... expected) {
    assertArrayEquals(expected, tensor.toFloats());
  }

  @Test
  void products() {
    assertElements(a.matmul(b), 4, 1, 2, 11);
    assertElements(a.matmul(Transpose.NO, a, Transpose.YES), 14, 4, 4, 77);
    assertElements(b.matmul(Transpose.YES, b, Transpose.NO), 2, 1, 1, 2);
    Tensor bias = arena.upload("bias", new float[] {0.5f, -5}, 2);
    Tensor weight = arena.upload("weight", new float[] {1, 0, 1, 0, 1, 1}, 2, 3);
    assertElements(a.linear(weight, bias, Activation.RELU), 4.5f, 0, 2.5f, 6);
    assertElements(a.linear(weight, null, Activation.IDENTITY), 4, 1, 2, 11);
  }

  @Test
  void elementwise() {
    assertElements(a.add(a), 2, -4, 6, -8, 10, 12);
    assertElements(a.add(arena.upload("v", new float[] {10, 20, 30}, 3)), 11, 18, 33, 6, 25, 36);
    assertElements(a.subtract(a.scale(2)), -1, 2, -3, 4, -5, -6);
    assertElements(a.multiply(a), 1, 4, 9, 16, 25, 36);
    assertElements(a.relu(), 1, 0, 3, 0, 5, 6);
    Tensor zero = arena.allocate("zero", 2);
    assertElements(zero.sigmoid(), 0.5f, 0.5f);
    assertElements(zero.tanh(), 0, 0);
    assertElements(a, 1, -2, 3, -4, 5, 6);
  }

  @Test
  void reductions() {
    assertElements(a.sum(), 9);
    assertElements(a.sumRows(), -3, 3, 9);
    assertArrayEquals(new int[] {2, 2}, a.argmaxRows().toInts());
    assertElements(arena.allocate("zeros", 1, 4).softmax(), 0.25f, 0.25f, 0.25f, 0.25f);
  }

  @Test
  void integers_areAddedAndRead() {
    Tensor counts = arena.upload("counts", new int[] {1, 2}, 2);
    assertArrayEquals(new int[] {2, 4}, counts.add(counts).toInts());
    assertEquals(
        "download: tensor counts [2] is I32, the host array F32",
        assertThrows(IllegalArgumentException.class, counts::toFloats).getMessage());
  }

  @Test
  void empty_isAsGoodAsAny() {
    assertEquals(0, arena.allocate("none", 0, 3).matmul(b).toFloats().length);
  }

  @Test
  void temporaries_goWithTheirArena() {
    long before = backend.memory().usedBytes();
    for (int i = 0; i < 100; i++) {
      try (TensorArena step = new TensorArena(backend, "step")) {
        step.upload("x", new float[6], 2, 3).matmul(b).relu().softmax();
      }
    }
    assertEquals(before, backend.memory().usedBytes());
  }
}
