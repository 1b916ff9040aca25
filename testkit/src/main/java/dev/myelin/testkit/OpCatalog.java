package dev.myelin.testkit;

import dev.myelin.Activation;
import dev.myelin.DType;
import dev.myelin.ElementLoss;
import dev.myelin.Ops;
import dev.myelin.Tensor;
import dev.myelin.Transpose;
import dev.myelin.WriteMode;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** One valid call of every operation, to be spoiled in all possible ways. */
final class OpCatalog {
  /** What a tensor of a call must look like. */
  record Slot(String name, DType type, List<Integer> shape) {
    int elements() {
      return shape.stream().reduce(1, Math::multiplyExact);
    }

    int[] dimensions() {
      return shape.stream().mapToInt(Integer::intValue).toArray();
    }

    boolean isOneOf(Set<String> names) {
      return names.contains(name);
    }
  }

  /**
   * A valid call.
   *
   * @param operation the method's name
   * @param outputs the tensors that it writes
   * @param inPlace the pairs "input output" that may be the same tensor
   * @param optional the tensors that may be null
   * @param anyLength the tensors of which no other tensor's shape depends
   * @param arguments slots, and other arguments as they are
   */
  record Call(
      String operation,
      Set<String> outputs,
      Set<String> inPlace,
      Set<String> optional,
      Set<String> anyLength,
      List<Object> arguments) {

    Call allowing(String... pairs) {
      return new Call(operation, outputs, Set.of(pairs), optional, anyLength, arguments);
    }

    Call optionally(String... names) {
      return new Call(operation, outputs, inPlace, Set.of(names), anyLength, arguments);
    }

    Call withAnyLengthOf(String... names) {
      return new Call(operation, outputs, inPlace, optional, Set.of(names), arguments);
    }

    List<Slot> slots() {
      return arguments.stream().filter(Slot.class::isInstance).map(Slot.class::cast).toList();
    }

    /** Calls the operation with these tensors. */
    void run(Ops ops, Function<Slot, Tensor> tensors) {
      Method method =
          Arrays.stream(Ops.class.getMethods())
              .filter(candidate -> candidate.getName().equals(operation))
              .findFirst()
              .orElseThrow();
      Object[] values =
          arguments.stream()
              .map(a -> a == NULL ? null : a instanceof Slot slot ? tensors.apply(slot) : a)
              .toArray();
      try {
        method.invoke(ops, values);
      } catch (InvocationTargetException thrown) {
        if (thrown.getCause() instanceof RuntimeException cause) {
          throw cause;
        }
        throw new IllegalStateException(thrown.getCause());
      } catch (IllegalAccessException impossible) {
        throw new IllegalStateException(impossible);
      }
    }
  }

  /** A tensor that this call does not need. */
  private static final Object NULL = new Object();

  private static final Map<String, Set<Integer>> OUTPUT_POSITIONS = allOutputPositions();

  private OpCatalog() {}

  /** At which argument of an operation is a tensor that it writes; none of an unknown operation. */
  static Set<Integer> outputPositions(String operation) {
    return OUTPUT_POSITIONS.getOrDefault(operation, Set.of());
  }

  private static Map<String, Set<Integer>> allOutputPositions() {
    Map<String, Set<Integer>> positions = new HashMap<>();
    for (Call call : calls()) {
      Set<Integer> ofCall = positions.computeIfAbsent(call.operation, key -> new HashSet<>());
      for (int i = 0; i < call.arguments.size(); i++) {
        if (call.arguments.get(i) instanceof Slot slot && slot.isOneOf(call.outputs)) {
          ofCall.add(i);
        }
      }
    }
    return positions;
  }

  static List<Call> calls() {
    return List.of(
        call("fill", Set.of("out"), 1f, floats("out", 4)).withAnyLengthOf("out"),
        call("copy", Set.of("out"), floats("in", 4), floats("out", 4)),
        binary("add"),
        binary("subtract"),
        binary("multiply"),
        call("scale", Set.of("out"), floats("in", 4), 2f, floats("out", 4)).allowing("in out"),
        call("addBias", Set.of("out"), floats("matrix", 3, 2), floats("bias", 2), out32())
            .allowing("matrix out"),
        call("activate", Set.of("y"), Activation.RELU, floats("z", 4), floats("y", 4))
            .allowing("z y"),
        call(
                "activationGradient",
                Set.of("dZ"),
                Activation.SIGMOID,
                NULL,
                floats("y", 4),
                floats("dY", 4),
                floats("dZ", 4))
            .allowing("dY dZ"),
        call("dropout", Set.of("y"), floats("x", 4), 0.5f, 1L, 0, ints("step", 1), floats("y", 4))
            .allowing("x y"),
        call(
            "matmul",
            Set.of("out"),
            floats("a", 3, 5),
            Transpose.NO,
            floats("b", 5, 2),
            Transpose.NO,
            WriteMode.OVERWRITE,
            out32()),
        call(
            "sumRows",
            Set.of("out"),
            floats("matrix", 3, 2),
            WriteMode.OVERWRITE,
            floats("out", 2)),
        call("sum", Set.of("out"), floats("in", 4), WriteMode.OVERWRITE, floats("out", 1))
            .withAnyLengthOf("in"),
        call("softmax", Set.of("out"), floats("logits", 3, 2), out32()).allowing("logits out"),
        call("argmaxRows", Set.of("out"), floats("matrix", 3, 2), ints("out", 3)),
        call(
            "countEqual",
            Set.of("count"),
            ints("a", 4),
            ints("b", 4),
            WriteMode.OVERWRITE,
            ints("count", 1)),
        call(
                "gatherRows",
                Set.of("out"),
                floats("source", 5, 2),
                ints("indices", 6),
                ints("start", 1),
                out32())
            .withAnyLengthOf("indices"),
        call("selectRow", Set.of("out"), floats("table", 3, 2), ints("row", 1), floats("out", 2)),
        call(
            "softmaxCrossEntropy",
            Set.of("rowLosses", "logitGradient"),
            floats("logits", 3, 2),
            ints("labels", 3),
            0f,
            1f,
            floats("rowLosses", 3),
            floats("logitGradient", 3, 2)),
        call(
            "elementLoss",
            Set.of("rowLosses", "gradient"),
            ElementLoss.SQUARED_ERROR,
            floats("prediction", 3, 2),
            floats("target", 3, 2),
            1f,
            floats("rowLosses", 3),
            floats("gradient", 3, 2)),
        call(
                "clipByNorm",
                Set.of("gradients", "norm"),
                floats("gradients", 4),
                1f,
                floats("norm", 1))
            .withAnyLengthOf("gradients"),
        call(
            "sgd",
            Set.of("velocity", "parameters"),
            0.9f,
            false,
            0f,
            floats("rates", 3),
            floats("gradients", 4),
            floats("velocity", 4),
            floats("parameters", 4)),
        adaptive("adagrad", 1e-8f, 0f),
        adaptive("rmsprop", 0.9f, 1e-8f, 0f),
        call(
            "adam",
            Set.of("firstMoments", "secondMoments", "parameters"),
            0.9f,
            0.99f,
            1e-8f,
            0f,
            false,
            floats("rates", 3),
            floats("gradients", 4),
            floats("firstMoments", 4),
            floats("secondMoments", 4),
            floats("parameters", 4)),
        call(
                "linear",
                Set.of("z", "y"),
                floats("x", 3, 5),
                floats("w", 2, 5),
                floats("bias", 2),
                Activation.RELU,
                floats("z", 3, 2),
                floats("y", 3, 2))
            .optionally("bias", "z"),
        call(
            "linearInputGradient",
            Set.of("dX"),
            floats("dZ", 3, 2),
            floats("w", 2, 5),
            Activation.SIGMOID,
            NULL,
            floats("y", 3, 5),
            floats("dX", 3, 5)),
        call(
                "linearParameterGradients",
                Set.of("dW", "dBias"),
                floats("x", 3, 5),
                floats("dZ", 3, 2),
                WriteMode.OVERWRITE,
                floats("dW", 2, 5),
                floats("dBias", 2))
            .optionally("dBias"));
  }

  private static Call binary(String operation) {
    return call(operation, Set.of("out"), floats("a", 4), floats("b", 4), floats("out", 4))
        .allowing("a out", "b out");
  }

  private static Call adaptive(String operation, Float... settings) {
    Object[] tensors = {
      floats("rates", 3), floats("gradients", 4), floats("squares", 4), floats("parameters", 4)
    };
    Object[] arguments = Arrays.copyOf(settings, settings.length + tensors.length, Object[].class);
    System.arraycopy(tensors, 0, arguments, settings.length, tensors.length);
    return call(operation, Set.of("squares", "parameters"), arguments);
  }

  private static Slot out32() {
    return floats("out", 3, 2);
  }

  private static Slot floats(String name, Integer... shape) {
    return new Slot(name, DType.F32, List.of(shape));
  }

  private static Slot ints(String name, Integer... shape) {
    return new Slot(name, DType.I32, List.of(shape));
  }

  private static Call call(String operation, Set<String> outputs, Object... arguments) {
    return new Call(operation, outputs, Set.of(), Set.of(), Set.of(), List.of(arguments));
  }
}
