package dev.myelin.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.myelin.io.OnnxGraph.ElementType;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What no reader would forgive; that files are read is tested where onnxruntime is. */
class OnnxGraphTest {
  private final OnnxGraph graph = new OnnxGraph("test");

  private static void requireRefusal(String message, Runnable action) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, action::run).getMessage());
  }

  @Test
  void node_beforeItsInputs_isRefused() {
    requireRefusal(
        "node y: its input x is not defined before it",
        () -> graph.node("Relu", "y", List.of("x")));
  }

  @Test
  void name_givenTwice_isRefused() {
    graph.input("x", ElementType.FLOAT, 1);
    requireRefusal("the graph has two values named x", () -> graph.node("Relu", "x", List.of("x")));
  }

  @Test
  void constant_askedForTwice_isOne() {
    assertEquals(graph.constant("half", 0.5f), graph.constant("half", 0.5f));
    requireRefusal("constant half is 0.5 and 0.25", () -> graph.constant("half", 0.25f));
  }
}
