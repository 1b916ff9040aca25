package dev.myelin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Choices that are left out. What tensors must be is tested by the testkit, on every backend. */
class CheckedOpsTest {
  private final StandInBackend device = new StandInBackend();
  private final Backend backend = device.checked();
  private final Ops ops = backend.ops();
  private TensorArena arena;

  @BeforeEach
  void openArena() {
    arena = new TensorArena(backend, "test");
  }

  @AfterEach
  void closeArena() {
    arena.close();
  }

  private Tensor matrix(String name) {
    return arena.allocate(name, 2, 2);
  }

  @Test
  void matmul_withoutTransposition_isRefusedInsteadOfTakenForOneOfTheTwo() {
    Tensor a = matrix("a");
    Tensor b = matrix("b");
    Tensor out = matrix("out");
    WriteMode mode = WriteMode.OVERWRITE;
    Map<String, Executable> calls = new LinkedHashMap<>();
    calls.put(
        "matmul: transposeA is missing (null)",
        () -> ops.matmul(a, null, b, Transpose.NO, mode, out));
    calls.put(
        "matmul: transposeB is missing (null)",
        () -> ops.matmul(a, Transpose.NO, b, null, mode, out));
    requireRefused(calls);
  }

  @Test
  void everyOperation_withoutMode_isRefusedInsteadOfOverwriting() {
    Tensor a = matrix("a");
    Tensor b = matrix("b");
    Tensor out = matrix("out");
    Tensor columns = arena.allocate("columns", 2);
    Tensor sum = arena.allocate("sum", 1);
    Tensor labels = arena.allocate("labels", DType.I32, 2);
    Tensor count = arena.allocate("count", DType.I32, 1);
    Map<String, Executable> calls = new LinkedHashMap<>();
    calls.put(
        "matmul: mode is missing (null)",
        () -> ops.matmul(a, Transpose.NO, b, Transpose.NO, null, out));
    calls.put("sumRows: mode is missing (null)", () -> ops.sumRows(a, null, columns));
    calls.put("sum: mode is missing (null)", () -> ops.sum(a, null, sum));
    calls.put(
        "countEqual: mode is missing (null)", () -> ops.countEqual(labels, labels, null, count));
    calls.put(
        "linearParameterGradients: mode is missing (null)",
        () -> ops.linearParameterGradients(a, b, null, out, columns));
    requireRefused(calls);
  }

  @Test
  void everyOperation_withoutFunction_isRefused() {
    Tensor a = matrix("a");
    Tensor b = matrix("b");
    Tensor out = matrix("out");
    Tensor rowLosses = arena.allocate("rowLosses", 2);
    Map<String, Executable> calls = new LinkedHashMap<>();
    calls.put("activate: f is missing (null)", () -> ops.activate(null, a, out));
    calls.put(
        "activationGradient: f is missing (null)",
        () -> ops.activationGradient(null, a, a, b, out));
    calls.put("linear: f is missing (null)", () -> ops.linear(a, b, null, null, null, out));
    calls.put(
        "linearInputGradient: f is missing (null)",
        () -> ops.linearInputGradient(a, b, null, a, a, out));
    calls.put(
        "elementLoss: loss is missing (null)",
        () -> ops.elementLoss(null, a, b, 1, rowLosses, out));
    requireRefused(calls);
  }

  private void requireRefused(Map<String, Executable> calls) {
    device.clearLog();
    calls.forEach(
        (message, call) ->
            assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage()));
    assertEquals(List.of(), device.log(), "what reached the device");
  }
}
