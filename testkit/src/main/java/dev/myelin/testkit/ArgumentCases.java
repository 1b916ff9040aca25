package dev.myelin.testkit;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.myelin.Backend;
import dev.myelin.DType;
import dev.myelin.ShapeMismatchException;
import dev.myelin.Tensor;
import dev.myelin.TensorArena;
import dev.myelin.Transpose;
import dev.myelin.WriteMode;
import dev.myelin.testkit.OpCatalog.Call;
import dev.myelin.testkit.OpCatalog.Slot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.function.Executable;

/**
 * What every operation refuses, for each of its tensors in turn: null, a closed arena, another
 * device, the other element type, a wrong shape, shared memory. In place and neighbouring memory
 * are accepted.
 */
final class ArgumentCases {
  private final Suite suite;

  private ArgumentCases(Suite suite) {
    this.suite = suite;
  }

  static Stream<DynamicTest> of(Suite suite) {
    ArgumentCases cases = new ArgumentCases(suite);
    return Stream.concat(
        OpCatalog.calls().stream().flatMap(cases::ofCall),
        Stream.of(
            cases.foreignTensors(),
            cases.closedBackend(),
            cases.matmulNamesBothTensors(),
            cases.numbersOutOfRange()));
  }

  private Stream<DynamicTest> ofCall(Call call) {
    return Stream.of(
        inArena(call, "accepts valid arguments", arena -> run(call, arena)),
        inArena(call, "refuses null, unless it may be null", arena -> nulls(call, arena)),
        inArena(call, "refuses tensors of a closed arena", arena -> closedArena(call, arena)),
        inArena(call, "refuses the other element type", arena -> otherType(call, arena)),
        inArena(call, "refuses wrong shapes", arena -> wrongShapes(call, arena)),
        inArena(call, "refuses overlapping memory", arena -> overlaps(call, arena)),
        inArena(call, "accepts in place only where it says so", arena -> inPlace(call, arena)));
  }

  private interface Body {
    void run(TensorArena arena);
  }

  private DynamicTest inArena(Call call, String what, Body body) {
    return suite.plain(
        call.operation() + " " + what,
        () -> {
          try (TensorArena arena = new TensorArena(suite.backend(), "arguments")) {
            body.run(arena);
          }
        });
  }

  private static Tensor allocate(TensorArena arena, Slot slot) {
    return arena.allocate(slot.name(), slot.type(), slot.dimensions());
  }

  private void run(Call call, TensorArena arena) {
    call.run(suite.ops(), slot -> allocate(arena, slot));
    suite.backend().synchronize();
  }

  /** The call with one tensor replaced. */
  private void runWith(Call call, TensorArena arena, Slot replaced, Tensor replacement) {
    call.run(suite.ops(), slot -> slot.equals(replaced) ? replacement : allocate(arena, slot));
    suite.backend().synchronize();
  }

  private static <E extends Exception> void refuses(
      Class<E> type, Executable executable, String... parts) {
    E refusal = assertThrows(type, executable);
    for (String part : parts) {
      if (!refusal.getMessage().contains(part)) {
        throw new AssertionError("'" + part + "' is missing in: " + refusal.getMessage());
      }
    }
  }

  private void nulls(Call call, TensorArena arena) {
    for (Slot slot : call.slots()) {
      if (slot.isOneOf(call.optional())) {
        runWith(call, arena, slot, null);
      } else {
        refuses(
            IllegalArgumentException.class,
            () -> runWith(call, arena, slot, null),
            call.operation(),
            "missing");
      }
    }
  }

  private void closedArena(Call call, TensorArena arena) {
    for (Slot slot : call.slots()) {
      Tensor closed;
      try (TensorArena other = new TensorArena(suite.backend(), "closed one")) {
        closed = allocate(other, slot);
      }
      refuses(
          IllegalStateException.class,
          () -> runWith(call, arena, slot, closed),
          slot.name(),
          "closed one");
    }
  }

  private void otherType(Call call, TensorArena arena) {
    for (Slot slot : call.slots()) {
      DType other = slot.type() == DType.F32 ? DType.I32 : DType.F32;
      Tensor wrong = arena.allocate(slot.name(), other, slot.dimensions());
      refuses(
          IllegalArgumentException.class,
          () -> runWith(call, arena, slot, wrong),
          call.operation(),
          slot.name(),
          other.name());
    }
  }

  /** Longer in the first or in the last dimension; where one of them fits, the other must not. */
  private void wrongShapes(Call call, TensorArena arena) {
    for (Slot slot : call.slots()) {
      if (slot.isOneOf(call.anyLength())) {
        continue;
      }
      int refused = 0;
      for (int axis : new int[] {0, slot.shape().size() - 1}) {
        int[] shape = slot.dimensions();
        shape[axis]++;
        Tensor wrong = arena.allocate(slot.name(), slot.type(), shape);
        try {
          runWith(call, arena, slot, wrong);
        } catch (ShapeMismatchException refusal) {
          refused++;
          if (!refusal.getMessage().startsWith(call.operation() + ": ")
              || !refusal.getMessage().contains("[")) {
            throw new AssertionError("names no operation and shape: " + refusal.getMessage());
          }
        }
      }
      if (refused == 0) {
        throw new AssertionError(slot.name() + " may have a wrong shape");
      }
    }
  }

  /** Every output with every other tensor of its type. */
  private static List<Slot[]> pairs(Call call) {
    List<Slot[]> pairs = new ArrayList<>();
    for (Slot output : call.slots()) {
      for (Slot other : call.slots()) {
        if (output.isOneOf(call.outputs())
            && !other.equals(output)
            && other.type() == output.type()) {
          pairs.add(new Slot[] {other, output});
        }
      }
    }
    return pairs;
  }

  private void overlaps(Call call, TensorArena arena) {
    for (Slot[] pair : pairs(call)) {
      int first = pair[0].elements();
      Tensor both = arena.allocate("both", pair[0].type(), first + pair[1].elements());
      if (first > 1) {
        refuses(
            IllegalArgumentException.class,
            () -> runWithViews(call, arena, both, pair, first - 1),
            call.operation(),
            pair[0].name(),
            pair[1].name(),
            "share");
      }
      runWithViews(call, arena, both, pair, first);
    }
  }

  private void inPlace(Call call, TensorArena arena) {
    for (Slot[] pair : pairs(call)) {
      if (!pair[0].shape().equals(pair[1].shape())) {
        continue;
      }
      Tensor both = arena.allocate("both", pair[0].type(), pair[0].elements());
      if (call.inPlace().contains(pair[0].name() + " " + pair[1].name())) {
        runWithViews(call, arena, both, pair, 0);
      } else {
        refuses(
            IllegalArgumentException.class,
            () -> runWithViews(call, arena, both, pair, 0),
            call.operation(),
            "share");
      }
    }
  }

  private void runWithViews(
      Call call, TensorArena arena, Tensor both, Slot[] pair, int secondOffset) {
    Function<Slot, Tensor> tensors =
        slot -> {
          if (slot.equals(pair[0])) {
            return both.view(slot.name(), 0, slot.dimensions());
          }
          return slot.equals(pair[1])
              ? both.view(slot.name(), secondOffset, slot.dimensions())
              : allocate(arena, slot);
        };
    call.run(suite.ops(), tensors);
    suite.backend().synchronize();
  }

  private DynamicTest foreignTensors() {
    return suite.plain(
        "every operation refuses tensors of another opening of the device",
        () -> {
          try (Backend other = suite.openAnother();
              TensorArena otherArena = new TensorArena(other, "foreign");
              TensorArena arena = new TensorArena(suite.backend(), "arguments")) {
            for (Call call : OpCatalog.calls()) {
              for (Slot slot : call.slots()) {
                Tensor foreign = allocate(otherArena, slot);
                refuses(
                    IllegalArgumentException.class,
                    () -> runWith(call, arena, slot, foreign),
                    call.operation(),
                    slot.name(),
                    other.device().id());
              }
            }
          }
        });
  }

  private DynamicTest closedBackend() {
    return suite.plain(
        "every operation refuses to run after the device was closed",
        () -> {
          Backend other = suite.openAnother();
          TensorArena arena = new TensorArena(other, "arena of a closed device");
          Map<Call, Map<Slot, Tensor>> tensors = new HashMap<>();
          for (Call call : OpCatalog.calls()) {
            Map<Slot, Tensor> ofCall = new HashMap<>();
            call.slots().forEach(slot -> ofCall.put(slot, allocate(arena, slot)));
            tensors.put(call, ofCall);
          }
          other.close();
          tensors.forEach(
              (call, ofCall) ->
                  refuses(
                      IllegalStateException.class,
                      () -> call.run(other.ops(), ofCall::get),
                      other.device().id()));
        });
  }

  private DynamicTest matmulNamesBothTensors() {
    return suite.plain(
        "matmul with wrong shapes names both tensors with their shapes",
        () -> {
          try (TensorArena arena = new TensorArena(suite.backend(), "arguments")) {
            Tensor a = arena.allocate("activations0", 128, 784);
            Tensor b = arena.allocate("layer1.weight", 700, 256);
            Tensor out = arena.allocate("out", 128, 256);
            refuses(
                ShapeMismatchException.class,
                () ->
                    suite.ops().matmul(a, Transpose.NO, b, Transpose.NO, WriteMode.OVERWRITE, out),
                "matmul",
                "activations0 [128, 784]",
                "layer1.weight [700, 256]");
          }
        });
  }

  private DynamicTest numbersOutOfRange() {
    return suite.plain(
        "a rate, a smoothing, a norm or a momentum out of range is refused with its value",
        () -> {
          try (TensorArena arena = new TensorArena(suite.backend(), "arguments")) {
            Tensor matrix = arena.allocate("matrix", 2, 2);
            Tensor other = arena.allocate("other", 2, 2);
            Tensor rows = arena.allocate("rows", 2);
            Tensor labels = arena.allocate("labels", DType.I32, 2);
            Tensor step = arena.allocate("step", DType.I32, 1);
            Tensor norm = arena.allocate("norm", 1);
            Tensor rates = arena.allocate("rates", 3);
            Class<IllegalArgumentException> type = IllegalArgumentException.class;
            for (float rate : new float[] {-0.1f, 1, Float.NaN}) {
              refuses(
                  type,
                  () -> suite.ops().dropout(matrix, rate, 1, 0, step, other),
                  String.valueOf(rate));
            }
            for (float smoothing : new float[] {-0.1f, 1.5f, Float.NaN}) {
              refuses(
                  type,
                  () -> suite.ops().softmaxCrossEntropy(matrix, labels, smoothing, 1, rows, other),
                  String.valueOf(smoothing));
            }
            for (float limit : new float[] {0, -1, Float.NaN}) {
              refuses(
                  type, () -> suite.ops().clipByNorm(matrix, limit, norm), String.valueOf(limit));
            }
            refuses(
                type, () -> suite.ops().sgd(0, true, 0, rates, matrix, null, other), "Nesterov");
          }
        });
  }
}
