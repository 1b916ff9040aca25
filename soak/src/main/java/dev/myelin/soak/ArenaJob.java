package dev.myelin.soak;

import dev.myelin.Backend;
import dev.myelin.CapturedWork;
import dev.myelin.Tensor;
import dev.myelin.TensorArena;

/** Arenas within arenas, closed twice, and used after close. */
final class ArenaJob {
  private static final int ARENAS = 50;

  private ArenaJob() {}

  static int[] run(Workplace place) {
    Backend backend = place.backend();
    try (TensorArena outer = new TensorArena(backend, "outer")) {
      Tensor sum = outer.allocate("sum", 2, 2);
      for (int i = 0; i < ARENAS; i++) {
        addRound(backend, sum, i);
      }
      try (CapturedWork doubling = backend.capture(() -> backend.ops().add(sum, sum, sum))) {
        doubling.replay();
        doubling.replay();
      }
      return Bits.of(sum.toFloats());
    }
  }

  private static void addRound(Backend backend, Tensor sum, int round) {
    Tensor late;
    TensorArena inner = new TensorArena(backend, "round " + round);
    try (inner) {
      Tensor x = inner.upload("x", new float[] {round, 0.1f, -2, 3}, 2, 2);
      backend.ops().add(sum, x.matmul(x).tanh(), sum);
      late = x;
    }
    inner.close();
    try {
      late.toFloats();
    } catch (IllegalStateException refused) {
      return;
    }
    throw new AssertionError("a tensor of a closed arena was read");
  }
}
