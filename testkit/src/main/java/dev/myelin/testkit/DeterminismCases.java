package dev.myelin.testkit;

import dev.myelin.Activation;
import dev.myelin.Backend;
import dev.myelin.BackendOptions;
import dev.myelin.Ops;
import dev.myelin.Tensor;
import dev.myelin.TensorArena;
import dev.myelin.Transpose;
import dev.myelin.WriteMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * The same bits every time and at any number of threads, at sizes that are split among threads and
 * work groups. (Every other case is repeated once as well.)
 */
final class DeterminismCases {
  private static final int REPETITIONS = 4;

  private final Suite suite;
  private final int size;

  private DeterminismCases(Suite suite) {
    this.suite = suite;
    this.size = suite.isFull() ? 263 : 37;
  }

  static Stream<DynamicTest> of(Suite suite) {
    DeterminismCases cases = new DeterminismCases(suite);
    return Stream.of(cases.repeated(), cases.anyNumberOfThreads());
  }

  private DynamicTest repeated() {
    return suite.plain(
        "products and sums of " + size + " rows " + REPETITIONS + " times give the same bits",
        () -> {
          List<float[]> first = compute(suite.backend(), suite.ops());
          for (int i = 1; i < REPETITIONS; i++) {
            requireSame(first, compute(suite.backend(), suite.ops()), "repetition " + i);
          }
        });
  }

  private DynamicTest anyNumberOfThreads() {
    return suite.plain(
        "products and sums of " + size + " rows give the same bits on 1, 2 and 3 threads",
        () -> {
          List<float[]> first = compute(suite.backend(), suite.ops());
          for (int threads = 1; threads <= 3; threads++) {
            BackendOptions options = suite.options().withThreads(threads);
            try (Backend other = suite.open(options)) {
              requireSame(first, compute(other, other.ops()), threads + " threads");
            }
          }
        });
  }

  private static void requireSame(List<float[]> first, List<float[]> again, String when) {
    for (int i = 0; i < first.size(); i++) {
      int at = Arrays.mismatch(first.get(i), again.get(i));
      if (at >= 0) {
        throw new AssertionError(
            String.format(
                "%s: result %d differs at element %d: %s, then %s",
                when, i, at, first.get(i)[at], again.get(i)[at]));
      }
    }
  }

  private List<float[]> compute(Backend backend, Ops ops) {
    int columns = size / 2 + 1;
    try (TensorArena arena = new TensorArena(backend, "determinism")) {
      Tensor a = arena.upload("a", Values.normal(1, size * columns), size, columns);
      Tensor w = arena.upload("w", Values.normal(2, size * columns), size, columns);
      Tensor bias = arena.upload("bias", Values.normal(3, size), size);
      Tensor product = arena.allocate("product", columns, columns);
      Tensor y = arena.allocate("y", size, size);
      Tensor dW = arena.allocate("dW", size, columns);
      Tensor dBias = arena.allocate("dBias", size);
      Tensor rows = arena.allocate("rows", columns);
      Tensor sum = arena.allocate("sum", 1);
      Tensor norm = arena.allocate("norm", 1);
      Tensor losses = arena.allocate("losses", size);
      Tensor gradient = arena.allocate("gradient", size, size);
      Tensor labels = arena.upload("labels", Values.ints(4, size, size), size);
      ops.matmul(a, Transpose.YES, w, Transpose.NO, WriteMode.OVERWRITE, product);
      ops.linear(a, w, bias, Activation.elu(1), null, y);
      ops.softmaxCrossEntropy(y, labels, 0.1f, 1f / size, losses, gradient);
      ops.linearParameterGradients(a, gradient, WriteMode.OVERWRITE, dW, dBias);
      ops.sumRows(a, WriteMode.OVERWRITE, rows);
      ops.sum(y, WriteMode.OVERWRITE, sum);
      ops.clipByNorm(dW, 0.01f, norm);
      List<float[]> results = new ArrayList<>();
      for (Tensor t : List.of(product, y, losses, gradient, dW, dBias, rows, sum, norm)) {
        float[] values = new float[(int) t.elements()];
        backend.download(t, values);
        results.add(values);
      }
      return results;
    }
  }
}
