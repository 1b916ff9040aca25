package dev.myelin;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Where results live and what is refused; the numbers are tested where something computes. */
class TensorMethodsTest {
  private final StandInBackend device = new StandInBackend();
  private final Backend backend = device.checked();
  private final TensorArena outer = new TensorArena(backend, "outer");
  private final TensorArena inner = new TensorArena(backend, "inner");
  private final Tensor w = outer.allocate("w", 3, 4);
  private final Tensor x = inner.allocate("x", 2, 3);

  @AfterEach
  void close() {
    backend.close();
  }

  private static void requireRefusal(String message, Runnable action) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, action::run).getMessage());
  }

  @Test
  void result_isOfTheOperationsShape_andSaysHowItCameToBe() {
    Tensor bias = outer.allocate("bias", 4);
    Tensor y = x.matmul(w).add(bias).relu();
    assertEquals("x.matmul(w).add(bias).relu() [2, 4]", y.toString());
    List<String> log = device.log();
    assertEquals(
        List.of("matmul", "addBias", "activate"),
        log.stream().filter(entry -> !entry.startsWith("allocate")).toList());
    assertArrayEquals(new int[] {4, 2}, w.matmul(Transpose.YES, x, Transpose.YES).shape());
    Tensor weight = outer.allocate("weight", 5, 3);
    assertArrayEquals(new int[] {2, 5}, x.linear(weight, null, Activation.TANH).shape());
    assertArrayEquals(new int[] {3}, x.sumRows().shape());
    assertArrayEquals(new int[] {1}, x.sum().shape());
    assertArrayEquals(new int[] {2}, x.argmaxRows().shape());
    assertEquals(DType.I32, x.argmaxRows().type());
    assertArrayEquals(new int[] {2, 3}, x.softmax().shape());
  }

  @Test
  void result_livesInTheArenaThatWasOpenedLast() {
    assertSame(inner, x.matmul(w).arena());
    assertSame(inner, w.matmul(Transpose.YES, x, Transpose.YES).arena());
    assertSame(outer, w.scale(2).arena());
    Tensor product = x.matmul(w);
    inner.close();
    String message = assertThrows(IllegalStateException.class, product::relu).getMessage();
    assertEquals("tensor x.matmul(w) [2, 4] is used after its arena 'inner' was closed", message);
    w.relu();
  }

  @Test
  void name_ofALongChain_keepsItsEnd() {
    Tensor y = x;
    for (int i = 0; i < 20; i++) {
      y = y.scale(2).relu();
    }
    assertEquals(83, y.name().length());
    assertTrue(y.name().startsWith("...") && y.name().endsWith(".scale().relu()"), y.name());
  }

  @Test
  void shapesThatDoNotFit_areRefused_andNothingStaysAllocated() {
    device.clearLog();
    requireRefusal("matmul: inner dimensions differ: w [3, 4] x x [2, 3]", () -> w.matmul(x));
    requireRefusal("add: shapes differ: x [2, 3], w [3, 4]", () -> x.add(w));
    Tensor turned = inner.allocate("turned", 3, 2);
    requireRefusal("multiply: shapes differ: x [2, 3], turned [3, 2]", () -> x.multiply(turned));
    Tensor vector = inner.allocate("v", 2);
    requireRefusal("matmul: b must be a matrix, but is v [2]", () -> x.matmul(vector));
    requireRefusal("addBias: bias must have 3 elements, but is v [2]", () -> x.add(vector));
    requireRefusal("matmul: b is missing (null)", () -> x.matmul(null));
    requireRefusal("activate: f is missing (null)", () -> x.activate(null));
    requireRefusal("sumRows: matrix must be a matrix, but is v [2]", vector::sumRows);
    // Of the eight refusals above, two come before anything is allocated.
    assertEquals(6, device.log().stream().filter(entry -> entry.startsWith("free")).count());
  }

  @Test
  void tensorOfAnotherDevice_isRefusedByName() {
    try (Backend other = new StandInBackend().checked();
        TensorArena arena = new TensorArena(other, "other")) {
      Tensor there = arena.allocate("there", 3, 4);
      String message =
          assertThrows(IllegalArgumentException.class, () -> x.matmul(there)).getMessage();
      assertTrue(message.startsWith("matmul: tensor "), message);
    }
  }

  @Test
  void recordedWork_mayNotAllocateResults() {
    String message =
        assertThrows(IllegalStateException.class, () -> backend.capture(x::relu)).getMessage();
    assertEquals(
        "x.relu() allocates its result, which work that is recorded may not: write into a tensor of"
            + " your own with Backend.ops()",
        message);
  }
}
