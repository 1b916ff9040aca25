package dev.myelin.testkit;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.myelin.Backend;
import dev.myelin.DType;
import dev.myelin.Ops;
import dev.myelin.ShapeMismatchException;
import dev.myelin.Tensor;
import dev.myelin.TensorArena;
import dev.myelin.Transpose;
import dev.myelin.WriteMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.function.Executable;

/**
 * What every operation refuses, for each of its arguments in turn: null, a closed arena, another
 * device, the other element type, a wrong shape, shared memory. In place, neighbouring memory and
 * every shape that is right are accepted.
 */
final class ArgumentCases {
  private final Suite suite;
  private final Ops ops;

  private ArgumentCases(Suite suite, Ops ops) {
    this.suite = suite;
    this.ops = ops;
  }

  static Stream<DynamicTest> of(Suite suite) {
    return of(suite, suite.ops());
  }

  /** The cases with other operations than the suite's, on the suite's tensors. */
  static Stream<DynamicTest> of(Suite suite, Ops ops) {
    ArgumentCases cases = new ArgumentCases(suite, ops);
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
        inArena(call, "accepts valid arguments", arena -> run(call, allocate(arena, call))),
        inArena(call, "refuses null, unless it may be null", arena -> nulls(call, arena)),
        inArena(call, "refuses tensors of a closed arena", arena -> closedArena(call, arena)),
        inArena(call, "refuses the other element type", arena -> otherType(call, arena)),
        inArena(call, "refuses wrong shapes", arena -> wrongShapes(call, arena)),
        inArena(call, "accepts all right shapes", arena -> rightShapes(call, arena)),
        inArena(call, "refuses overlapping memory", arena -> overlaps(call, arena)),
        inArena(call, "accepts in place only where it says so", arena -> inPlace(call, arena)));
  }

  private interface Body {
    void run(TensorArena arena);
  }

  private DynamicTest inArena(Call call, String what, Body body) {
    return suite.plain(
        call.title() + " " + what,
        () -> {
          try (TensorArena arena = new TensorArena(suite.backend(), "arguments")) {
            body.run(arena);
          }
        });
  }

  private static Tensor allocate(TensorArena arena, Slot slot) {
    return arena.allocate(slot.name(), slot.type(), slot.dimensions());
  }

  private static Map<Slot, Tensor> allocate(TensorArena arena, Call call) {
    Map<Slot, Tensor> tensors = new HashMap<>();
    call.slots().forEach(slot -> tensors.put(slot, allocate(arena, slot)));
    return tensors;
  }

  private void run(Call call, Map<Slot, Tensor> tensors) {
    call.run(ops, tensors::get);
    suite.backend().synchronize();
  }

  /** The call with one tensor replaced. */
  private void runWith(Call call, Map<Slot, Tensor> tensors, Slot replaced, Tensor replacement) {
    Map<Slot, Tensor> changed = new HashMap<>(tensors);
    changed.put(replaced, replacement);
    run(call, changed);
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
    Map<Slot, Tensor> valid = allocate(arena, call);
    for (Slot slot : call.slots()) {
      if (slot.isOneOf(call.optional())) {
        runWith(call, valid, slot, null);
      } else {
        refuses(
            IllegalArgumentException.class,
            () -> runWith(call, valid, slot, null),
            call.operation(),
            "missing");
      }
    }
    for (int choice : call.choices()) {
      refuses(
          IllegalArgumentException.class,
          () -> run(call.without(choice), valid),
          call.operation(),
          "missing");
    }
  }

  private void closedArena(Call call, TensorArena arena) {
    Map<Slot, Tensor> valid = allocate(arena, call);
    for (Slot slot : call.slots()) {
      Tensor closed;
      try (TensorArena other = new TensorArena(suite.backend(), "closed one")) {
        closed = allocate(other, slot);
      }
      refuses(
          IllegalStateException.class,
          () -> runWith(call, valid, slot, closed),
          slot.name(),
          "closed one");
    }
  }

  private void otherType(Call call, TensorArena arena) {
    Map<Slot, Tensor> valid = allocate(arena, call);
    for (Slot slot : call.slots()) {
      DType other = slot.type() == DType.F32 ? DType.I32 : DType.F32;
      Tensor wrong = arena.allocate(slot.name(), other, slot.dimensions());
      refuses(
          IllegalArgumentException.class,
          () -> runWith(call, valid, slot, wrong),
          call.operation(),
          slot.name(),
          other.name());
    }
  }

  private void wrongShapes(Call call, TensorArena arena) {
    Map<Slot, Tensor> valid = allocate(arena, call);
    for (Slot slot : call.slots()) {
      for (int[] shape : slot.wrongShapes()) {
        Tensor wrong = arena.allocate(slot.name(), slot.type(), shape);
        ShapeMismatchException refusal =
            assertThrows(
                ShapeMismatchException.class,
                () -> runWith(call, valid, slot, wrong),
                () -> slot.name() + slot.shape() + " may be " + Arrays.toString(shape));
        if (!refusal.getMessage().startsWith(call.operation() + ": ")
            || !refusal.getMessage().contains("[")) {
          throw new AssertionError("names no operation and shape: " + refusal.getMessage());
        }
      }
    }
  }

  private void rightShapes(Call call, TensorArena arena) {
    Map<Slot, Tensor> valid = allocate(arena, call);
    for (Slot slot : call.slots()) {
      for (int[] shape : slot.otherRightShapes()) {
        runWith(call, valid, slot, arena.allocate(slot.name(), slot.type(), shape));
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
    Map<Slot, Tensor> valid = allocate(arena, call);
    for (Slot[] pair : pairs(call)) {
      int first = pair[0].elements();
      Tensor both = arena.allocate("both", pair[0].type(), first + pair[1].elements());
      if (first > 1) {
        refuses(
            IllegalArgumentException.class,
            () -> runWithViews(call, valid, both, pair, first - 1),
            call.operation(),
            pair[0].name(),
            pair[1].name(),
            "share");
      }
      runWithViews(call, valid, both, pair, first);
    }
  }

  private void inPlace(Call call, TensorArena arena) {
    Map<Slot, Tensor> valid = allocate(arena, call);
    for (Slot[] pair : pairs(call)) {
      if (!pair[0].shape().equals(pair[1].shape())) {
        continue;
      }
      Tensor both = arena.allocate("both", pair[0].type(), pair[0].elements());
      if (call.inPlace().contains(pair[0].name() + " " + pair[1].name())) {
        runWithViews(call, valid, both, pair, 0);
      } else {
        refuses(
            IllegalArgumentException.class,
            () -> runWithViews(call, valid, both, pair, 0),
            call.operation(),
            "share");
      }
    }
  }

  private void runWithViews(
      Call call, Map<Slot, Tensor> tensors, Tensor both, Slot[] pair, int secondOffset) {
    Map<Slot, Tensor> changed = new HashMap<>(tensors);
    changed.put(pair[0], both.view(pair[0].name(), 0, pair[0].dimensions()));
    changed.put(pair[1], both.view(pair[1].name(), secondOffset, pair[1].dimensions()));
    run(call, changed);
  }

  private DynamicTest foreignTensors() {
    return suite.plain(
        "every operation refuses tensors of another opening of the device",
        () -> {
          try (Backend other = suite.openAnother();
              TensorArena otherArena = new TensorArena(other, "foreign");
              TensorArena arena = new TensorArena(suite.backend(), "arguments")) {
            for (Call call : OpCatalog.calls()) {
              Map<Slot, Tensor> valid = allocate(arena, call);
              for (Slot slot : call.slots()) {
                Tensor foreign = allocate(otherArena, slot);
                refuses(
                    IllegalArgumentException.class,
                    () -> runWith(call, valid, slot, foreign),
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
          OpCatalog.calls().forEach(call -> tensors.put(call, allocate(arena, call)));
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
                () -> ops.matmul(a, Transpose.NO, b, Transpose.NO, WriteMode.OVERWRITE, out),
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
                  type, () -> ops.dropout(matrix, rate, 1, 0, step, other), String.valueOf(rate));
            }
            for (float smoothing : new float[] {-0.1f, 1.5f, Float.NaN}) {
              refuses(
                  type,
                  () -> ops.softmaxCrossEntropy(matrix, labels, smoothing, 1, rows, other),
                  String.valueOf(smoothing));
            }
            for (float limit : new float[] {0, -1, Float.NaN}) {
              refuses(type, () -> ops.clipByNorm(matrix, limit, norm), String.valueOf(limit));
            }
            refuses(type, () -> ops.sgd(0, true, 0, rates, matrix, null, other), "Nesterov");
          }
        });
  }
}
