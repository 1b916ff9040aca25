package dev.myelin.testkit;

import static dev.myelin.testkit.Call.NULL;

import dev.myelin.Activation;
import dev.myelin.DType;
import dev.myelin.ElementLoss;
import dev.myelin.Transpose;
import dev.myelin.WriteMode;
import dev.myelin.testkit.Slot.Fit;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Valid calls of every operation, to be spoiled in all possible ways. */
final class OpCatalog {
  private static final Map<String, Set<Integer>> OUTPUT_POSITIONS = allOutputPositions();

  private OpCatalog() {}

  /** At which argument of an operation is a tensor that it writes; none of an unknown operation. */
  static Set<Integer> outputPositions(String operation) {
    return OUTPUT_POSITIONS.getOrDefault(operation, Set.of());
  }

  private static Map<String, Set<Integer>> allOutputPositions() {
    Map<String, Set<Integer>> positions = new HashMap<>();
    for (Call call : calls()) {
      Set<Integer> ofCall = positions.computeIfAbsent(call.operation(), key -> new HashSet<>());
      for (int i = 0; i < call.arguments().size(); i++) {
        if (call.arguments().get(i) instanceof Slot slot && slot.isOneOf(call.outputs())) {
          ofCall.add(i);
        }
      }
    }
    return positions;
  }

  static List<Call> calls() {
    return Stream.of(elementwise(), matrices(), rowsAndLosses(), optimizers(), layers())
        .flatMap(List::stream)
        .toList();
  }

  private static List<Call> elementwise() {
    return List.of(
        Call.of("fill", Set.of("out"), 1f, elements("out", 4).free(0)),
        Call.of("copy", Set.of("out"), elements("in", 4), elements("out", 4)),
        binary("add"),
        binary("subtract"),
        binary("multiply"),
        Call.of("scale", Set.of("out"), elements("in", 4), 2f, elements("out", 4))
            .allowing("in out"),
        Call.of("addBias", Set.of("out"), floats("matrix", 3, 2), floats("bias", 2), out32())
            .allowing("matrix out"),
        Call.of("activate", Set.of("y"), Activation.RELU, elements("z", 4), elements("y", 4))
            .allowing("z y"),
        activationGradient(Activation.SIGMOID, NULL, elements("y", 4)),
        activationGradient(Activation.GELU, elements("z", 4), NULL),
        activationGradient(Activation.IDENTITY, NULL, NULL),
        Call.of("maxout", Set.of("y"), 2, floats("z", 3, 4), floats("y", 3, 2)),
        Call.of(
            "maxoutGradient",
            Set.of("dZ"),
            2,
            floats("z", 3, 4),
            floats("dY", 3, 2),
            floats("dZ", 3, 4)),
        Call.of(
                "dropout",
                Set.of("y"),
                elements("x", 4),
                0.5f,
                1L,
                0,
                ints("step", 1),
                elements("y", 4))
            .allowing("x y"));
  }

  private static Call binary(String operation) {
    return Call.of(operation, Set.of("out"), elements("a", 4), elements("b", 4), elements("out", 4))
        .allowing("a out", "b out");
  }

  private static Call activationGradient(Activation f, Object z, Object y) {
    return Call.of(
            "activationGradient", Set.of("dZ"), f, z, y, elements("dY", 4), elements("dZ", 4))
        .titled("activationGradient of " + f.text())
        .allowing("dY dZ");
  }

  private static List<Call> matrices() {
    return List.of(
        matmul(floats("a", 3, 5), Transpose.NO, floats("b", 5, 2), Transpose.NO),
        matmul(floats("a", 5, 3), Transpose.YES, floats("b", 5, 2), Transpose.NO),
        matmul(floats("a", 3, 5), Transpose.NO, floats("b", 2, 5), Transpose.YES),
        matmul(floats("a", 5, 3), Transpose.YES, floats("b", 2, 5), Transpose.YES),
        Call.of(
            "sumRows",
            Set.of("out"),
            floats("matrix", 3, 2).free(0),
            WriteMode.OVERWRITE,
            floats("out", 2)),
        Call.of(
            "sum", Set.of("out"), elements("in", 4).free(0), WriteMode.OVERWRITE, floats("out", 1)),
        Call.of("softmax", Set.of("out"), floats("logits", 3, 2), out32()).allowing("logits out"),
        Call.of("argmaxRows", Set.of("out"), floats("matrix", 3, 2).free(1), ints("out", 3)),
        Call.of(
            "countEqual",
            Set.of("count"),
            slot(DType.I32, Fit.ELEMENTS, "a", 4),
            slot(DType.I32, Fit.ELEMENTS, "b", 4),
            WriteMode.OVERWRITE,
            ints("count", 1)));
  }

  private static Call matmul(Slot a, Transpose transposeA, Slot b, Transpose transposeB) {
    return Call.of(
            "matmul", Set.of("out"), a, transposeA, b, transposeB, WriteMode.OVERWRITE, out32())
        .titled("matmul " + a.shape() + " x " + b.shape());
  }

  private static List<Call> rowsAndLosses() {
    return List.of(
        Call.of(
            "gatherRows",
            Set.of("out"),
            slot(DType.F32, Fit.ROWS, "source", 5, 2).free(0),
            ints("indices", 6).free(0),
            ints("start", 1),
            slot(DType.F32, Fit.ROWS, "out", 3, 2).free(0)),
        Call.of(
            "selectRow",
            Set.of("out"),
            floats("table", 3, 2).free(0),
            ints("row", 1),
            floats("out", 2)),
        Call.of(
            "softmaxCrossEntropy",
            Set.of("rowLosses", "logitGradient"),
            floats("logits", 3, 2),
            ints("labels", 3),
            0f,
            1f,
            floats("rowLosses", 3),
            floats("logitGradient", 3, 2)),
        Call.of(
            "elementLoss",
            Set.of("rowLosses", "gradient"),
            ElementLoss.SQUARED_ERROR,
            floats("prediction", 3, 2),
            floats("target", 3, 2),
            1f,
            floats("rowLosses", 3),
            floats("gradient", 3, 2)));
  }

  private static List<Call> optimizers() {
    return List.of(
        Call.of(
            "clipByNorm",
            Set.of("gradients", "norm"),
            elements("gradients", 4).free(0),
            1f,
            floats("norm", 1)),
        optimizer("sgd", Set.of(), 0f, false, 0f, NULL).titled("sgd without momentum"),
        optimizer("sgd", Set.of("velocity"), 0.9f, false, 0f, elements("velocity", 4)),
        optimizer("adagrad", Set.of("squares"), 1e-8f, 0f, elements("squares", 4)),
        optimizer("rmsprop", Set.of("squares"), 0.9f, 1e-8f, 0f, elements("squares", 4)),
        optimizer(
            "adam",
            Set.of("firstMoments", "secondMoments"),
            0.9f,
            0.99f,
            1e-8f,
            0f,
            false,
            elements("firstMoments", 4),
            elements("secondMoments", 4)));
  }

  /** Rates and gradients stand between the settings and what the optimizer remembers. */
  private static Call optimizer(String operation, Set<String> states, Object... settingsAndStates) {
    List<Object> all = Arrays.asList(settingsAndStates);
    int settings = settingsAndStates.length - Math.max(1, states.size());
    Object[] arguments =
        Stream.of(
                all.subList(0, settings),
                List.of(floats("rates", 3), elements("gradients", 4)),
                all.subList(settings, all.size()),
                List.of(elements("parameters", 4)))
            .flatMap(List::stream)
            .toArray();
    Set<String> outputs = new HashSet<>(states);
    outputs.add("parameters");
    return Call.of(operation, outputs, arguments);
  }

  private static List<Call> layers() {
    return List.of(
        Call.of(
                "linear",
                Set.of("z", "y"),
                floats("x", 3, 5),
                floats("w", 2, 5),
                floats("bias", 2),
                Activation.RELU,
                floats("z", 3, 2),
                floats("y", 3, 2))
            .optionally("bias", "z"),
        linearInputGradient(Activation.SIGMOID, NULL, floats("y", 3, 5)),
        linearInputGradient(Activation.GELU, floats("z", 3, 5), NULL),
        linearInputGradient(Activation.IDENTITY, NULL, NULL),
        Call.of(
                "linearParameterGradients",
                Set.of("dW", "dBias"),
                floats("x", 3, 5),
                floats("dZ", 3, 2),
                WriteMode.OVERWRITE,
                floats("dW", 2, 5),
                floats("dBias", 2))
            .optionally("dBias"));
  }

  private static Call linearInputGradient(Activation f, Object z, Object y) {
    return Call.of(
            "linearInputGradient",
            Set.of("dX"),
            floats("dZ", 3, 2),
            floats("w", 2, 5),
            f,
            z,
            y,
            floats("dX", 3, 5))
        .titled("linearInputGradient of " + f.text());
  }

  private static Slot out32() {
    return floats("out", 3, 2);
  }

  private static Slot elements(String name, Integer count) {
    return slot(DType.F32, Fit.ELEMENTS, name, count);
  }

  private static Slot floats(String name, Integer... shape) {
    return slot(DType.F32, Fit.AXES, name, shape);
  }

  private static Slot ints(String name, Integer... shape) {
    return slot(DType.I32, Fit.AXES, name, shape);
  }

  private static Slot slot(DType type, Fit fit, String name, Integer... shape) {
    return new Slot(name, type, fit, List.of(shape), Set.of());
  }
}
