package dev.myelin.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.Activation;
import dev.myelin.Backend;
import dev.myelin.CapturedWork;
import dev.myelin.DType;
import dev.myelin.Ops;
import dev.myelin.Tensor;
import dev.myelin.TensorArena;
import dev.myelin.WriteMode;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** Captured work does the same as the operations one by one, bit for bit. */
final class CaptureCases {
  private static final int STEPS = 3;
  private static final int BATCH = 4;

  private final Suite suite;

  private CaptureCases(Suite suite) {
    this.suite = suite;
  }

  static Stream<DynamicTest> of(Suite suite) {
    CaptureCases cases = new CaptureCases(suite);
    return Stream.of(
        cases.replaysLikeEager(),
        cases.captureDoesNotRun(),
        cases.twoCapturesAlternate(),
        cases.emptyWork(),
        cases.resultsOfTheirOwn(),
        cases.replayAfterClose(),
        cases.replayAfterItsArenaWasClosed(),
        cases.replayAfterDeviceClose());
  }

  /** A training step whose batch, learning rate and dropout mask move on by device tensors. */
  private static final class Step {
    private final Backend backend;
    private final Ops ops;
    private final Tensor samples;
    private final Tensor labels;
    private final Tensor indices;
    private final Tensor start;
    private final Tensor stepNumber;
    private final Tensor one;
    private final Tensor batchSize;
    private final Tensor rateTable;
    private final Tensor rates;
    private final Tensor x;
    private final Tensor y;
    private final Tensor w;
    private final Tensor bias;
    private final Tensor dropped;
    private final Tensor logits;
    private final Tensor rowLosses;
    private final Tensor gradient;
    private final Tensor dW;
    private final Tensor dBias;
    private final Tensor m;
    private final Tensor v;
    private final Tensor losses;

    Step(Suite suite, TensorArena arena) {
      backend = suite.backend();
      ops = suite.ops();
      samples = arena.upload("samples", Values.normal(1, 20 * 5), 20, 5);
      labels = arena.upload("labels", Values.ints(2, 20, 3), 20);
      indices = arena.upload("indices", Values.ints(3, 12, 20), 12);
      start = arena.upload("start", new int[] {0}, 1);
      stepNumber = arena.upload("stepNumber", new int[] {0}, 1);
      one = arena.upload("one", new int[] {1}, 1);
      batchSize = arena.upload("batchSize", new int[] {BATCH}, 1);
      rateTable = arena.upload("rateTable", Values.uniform(4, STEPS * 3, 0.5, 1), STEPS, 3);
      rates = arena.allocate("rates", 3);
      x = arena.allocate("x", BATCH, 5);
      y = arena.allocate("y", DType.I32, BATCH);
      w = arena.upload("w", Values.normal(5, 15), 3, 5);
      bias = arena.upload("bias", Values.normal(6, 3), 3);
      dropped = arena.allocate("dropped", BATCH, 5);
      logits = arena.allocate("logits", BATCH, 3);
      rowLosses = arena.allocate("rowLosses", BATCH);
      gradient = arena.allocate("gradient", BATCH, 3);
      dW = arena.allocate("dW", 3, 5);
      dBias = arena.allocate("dBias", 3);
      m = arena.allocate("m", 3, 5);
      v = arena.allocate("v", 3, 5);
      losses = arena.allocate("losses", 1);
    }

    void run() {
      ops.selectRow(rateTable, stepNumber, rates);
      ops.gatherRows(samples, indices, start, x);
      ops.gatherRows(labels, indices, start, y);
      ops.dropout(x, 0.3f, 99, 0, stepNumber, dropped);
      ops.linear(dropped, w, bias, Activation.IDENTITY, null, logits);
      ops.softmaxCrossEntropy(logits, y, 0.1f, 1f / BATCH, rowLosses, gradient);
      ops.sum(rowLosses, WriteMode.ACCUMULATE, losses);
      ops.linearParameterGradients(dropped, gradient, WriteMode.OVERWRITE, dW, dBias);
      ops.adam(0.9f, 0.999f, 1e-8f, 0.01f, true, rates, dW, m, v, w);
      ops.sgd(0, false, 0, rates, dBias, null, bias);
      ops.add(stepNumber, one, stepNumber);
      ops.add(start, batchSize, start);
    }

    /** Everything that a step changes for good. */
    int[] state() {
      float[] state = new float[15 * 3 + 3 + 1];
      int at = 0;
      for (Tensor tensor : new Tensor[] {w, m, v, bias, losses}) {
        backend.download(tensor, state, at);
        at += (int) tensor.elements();
      }
      int[] bits = new int[state.length + 2];
      for (int i = 0; i < state.length; i++) {
        bits[i] = Float.floatToRawIntBits(state[i]);
      }
      backend.download(stepNumber, bits, state.length);
      backend.download(start, bits, state.length + 1);
      return bits;
    }
  }

  private DynamicTest replaysLikeEager() {
    return suite.plain(
        "a training step captured once and replayed " + STEPS + " times equals " + STEPS + " steps",
        () -> {
          try (TensorArena arena = new TensorArena(suite.backend(), "capture")) {
            Step eager = new Step(suite, arena);
            Step captured = new Step(suite, arena);
            try (CapturedWork work = suite.backend().capture(captured::run)) {
              for (int i = 0; i < STEPS; i++) {
                eager.run();
                work.replay();
                assertArrayEquals(eager.state(), captured.state(), "after step " + (i + 1));
              }
            }
          }
        });
  }

  private DynamicTest captureDoesNotRun() {
    return suite.plain(
        "capture records without running; replays without waiting in between add up",
        () -> {
          try (TensorArena arena = new TensorArena(suite.backend(), "capture")) {
            Tensor counter = arena.upload("counter", new int[] {5}, 1);
            Tensor one = arena.upload("one", new int[] {1}, 1);
            int[] count = new int[1];
            try (CapturedWork work =
                suite.backend().capture(() -> suite.ops().add(counter, one, counter))) {
              suite.backend().download(counter, count);
              assertArrayEquals(new int[] {5}, count, "after capture");
              for (int i = 0; i < 100; i++) {
                work.replay();
              }
              suite.backend().download(counter, count);
            }
            assertArrayEquals(new int[] {105}, count, "after 100 replays");
          }
        });
  }

  private DynamicTest twoCapturesAlternate() {
    return suite.plain(
        "two captures and eager work alternate in the order of the calls",
        () -> {
          try (TensorArena arena = new TensorArena(suite.backend(), "capture")) {
            Tensor value = arena.upload("value", new float[] {1}, 1);
            Tensor three = arena.upload("three", new float[] {3}, 1);
            try (CapturedWork doubling =
                    suite.backend().capture(() -> suite.ops().add(value, value, value));
                CapturedWork adding =
                    suite.backend().capture(() -> suite.ops().add(value, three, value))) {
              doubling.replay();
              adding.replay();
              suite.ops().scale(value, 10, value);
              doubling.replay();
              adding.replay();
            }
            float[] result = new float[1];
            suite.backend().download(value, result);
            assertArrayEquals(new float[] {103}, result);
          }
        });
  }

  /** Some devices record when work is captured, others run it when it is replayed. */
  private DynamicTest resultsOfTheirOwn() {
    return suite.plain(
        "captured work that allocates its results is refused, when recorded or when replayed",
        () -> {
          try (TensorArena arena = new TensorArena(suite.backend(), "test")) {
            Tensor x = arena.upload("x", Values.normal(1, 6), 2, 3);
            IllegalStateException refusal =
                assertThrows(
                    IllegalStateException.class,
                    () -> {
                      try (CapturedWork work = suite.backend().capture(x::relu)) {
                        work.replay();
                      }
                    });
            assertTrue(refusal.getMessage().startsWith("x.relu() allocates"), refusal.getMessage());
            x.relu(); // afterwards it may
          }
        });
  }

  private DynamicTest emptyWork() {
    return suite.plain(
        "work that calls nothing can be captured and replayed",
        () -> {
          try (CapturedWork work = suite.backend().capture(() -> {})) {
            work.replay();
            suite.backend().synchronize();
          }
        });
  }

  private DynamicTest replayAfterClose() {
    return suite.plain(
        "replay of closed work is refused; closing it twice is harmless",
        () -> {
          try (TensorArena arena = new TensorArena(suite.backend(), "capture")) {
            Tensor out = arena.allocate("out", 3);
            CapturedWork work = suite.backend().capture(() -> suite.ops().fill(1, out));
            work.replay();
            work.close();
            work.close();
            assertThrows(IllegalStateException.class, work::replay);
          }
        });
  }

  private DynamicTest replayAfterItsArenaWasClosed() {
    return suite.plain(
        "replay after one of its arenas was closed is refused with the arena's name",
        () -> {
          try (TensorArena kept = new TensorArena(suite.backend(), "kept")) {
            Tensor out = kept.allocate("out", 3);
            TensorArena closed = new TensorArena(suite.backend(), "closed one");
            Tensor in = closed.allocate("in", 3);
            try (CapturedWork work = suite.backend().capture(() -> suite.ops().copy(in, out))) {
              work.replay();
              closed.close();
              IllegalStateException refusal =
                  assertThrows(IllegalStateException.class, work::replay);
              assertTrue(refusal.getMessage().contains("closed one"), refusal.getMessage());
            }
          }
        });
  }

  private DynamicTest replayAfterDeviceClose() {
    return suite.plain(
        "replay after the device was closed is refused",
        () -> {
          Backend other = suite.openAnother();
          TensorArena arena = new TensorArena(other, "capture");
          Tensor out = arena.allocate("out", 3);
          CapturedWork work = other.capture(() -> other.ops().fill(1, out));
          work.replay();
          other.close();
          IllegalStateException refusal = assertThrows(IllegalStateException.class, work::replay);
          assertTrue(refusal.getMessage().contains(other.device().id()), refusal.getMessage());
          work.close();
        });
  }
}
