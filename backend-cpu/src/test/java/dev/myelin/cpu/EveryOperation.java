package dev.myelin.cpu;

import dev.myelin.Activation;
import dev.myelin.Backend;
import dev.myelin.DType;
import dev.myelin.ElementLoss;
import dev.myelin.Ops;
import dev.myelin.Tensor;
import dev.myelin.TensorArena;
import dev.myelin.Transpose;
import dev.myelin.WriteMode;
import dev.myelin.random.Philox;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Every operation on one set of tensors, as pieces of work with a name that can be run again, for
 * tests of what must hold for all of them. Values are reset by {@link #fillInputs}.
 */
final class EveryOperation {
  private static final ElementLoss[] LOSSES = {
    ElementLoss.SQUARED_ERROR,
    ElementLoss.ABSOLUTE_ERROR,
    ElementLoss.huber(1),
    ElementLoss.BINARY_CROSS_ENTROPY
  };

  private final Backend backend;
  private final TensorArena arena;
  private final List<Tensor> tensors = new ArrayList<>();
  private final Map<String, Runnable> works = new LinkedHashMap<>();

  private final int rows;
  private final int columns;

  /**
   * @param rows of the matrices; the batch
   * @param columns of the matrices; the classes
   */
  EveryOperation(Backend backend, TensorArena arena, int rows, int columns) {
    this.backend = backend;
    this.arena = arena;
    this.rows = rows;
    this.columns = columns;
    elementwise(backend.ops());
    activations(backend.ops());
    maxout(backend.ops());
    reductions(backend.ops());
    losses(backend.ops());
    optimizers(backend.ops());
    layers(backend.ops());
  }

  Map<String, Runnable> works() {
    return works;
  }

  /** The same values before each run: small normal numbers, and row numbers for integers. */
  void fillInputs() {
    Philox random = new Philox(3, 1);
    for (Tensor tensor : tensors) {
      int count = (int) tensor.elements();
      if (tensor.type() == DType.F32) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
          values[i] = (float) random.nextGaussian();
          boolean squares = tensor.name().equals("squares");
          values[i] = squares ? Math.abs(values[i]) : values[i];
        }
        backend.upload(values, tensor);
      } else {
        int[] values = new int[count];
        for (int i = 0; i < count; i++) {
          values[i] = tensor.name().equals("step") ? 0 : random.nextInt(Math.min(rows, columns));
        }
        backend.upload(values, tensor);
      }
    }
  }

  /** The bits of all tensors. */
  List<int[]> bits() {
    List<int[]> bits = new ArrayList<>();
    for (Tensor tensor : tensors) {
      int[] values = new int[(int) tensor.elements()];
      if (tensor.type() == DType.F32) {
        float[] floats = new float[values.length];
        backend.download(tensor, floats);
        for (int i = 0; i < values.length; i++) {
          values[i] = Float.floatToIntBits(floats[i]);
        }
      } else {
        backend.download(tensor, values);
      }
      bits.add(values);
    }
    return bits;
  }

  private Tensor matrix(String name) {
    return floats(name, rows, columns);
  }

  private Tensor floats(String name, int... shape) {
    Tensor tensor = arena.allocate(name, shape);
    tensors.add(tensor);
    return tensor;
  }

  private Tensor ints(String name, int... shape) {
    Tensor tensor = arena.allocate(name, DType.I32, shape);
    tensors.add(tensor);
    return tensor;
  }

  private void elementwise(Ops ops) {
    Tensor a = matrix("a");
    Tensor b = matrix("b");
    Tensor out = matrix("out");
    Tensor bias = floats("bias", columns);
    Tensor labels = ints("labels", rows, columns);
    Tensor moreLabels = ints("moreLabels", rows, columns);
    Tensor step = ints("step", 1);
    works.put("fill", () -> ops.fill(2, out));
    works.put("copy", () -> ops.copy(a, out));
    works.put("add", () -> ops.add(a, b, out));
    works.put("add of integers", () -> ops.add(labels, moreLabels, moreLabels));
    works.put("subtract", () -> ops.subtract(a, b, out));
    works.put("multiply", () -> ops.multiply(a, b, out));
    works.put("scale", () -> ops.scale(a, 0.3f, out));
    works.put("addBias", () -> ops.addBias(a, bias, out));
    works.put("dropout", () -> ops.dropout(a, 0.4f, 99, 2, step, out));
    works.put("gatherRows", () -> ops.gatherRows(a, floatRowIndices(), step, out));
    works.put("selectRow", () -> ops.selectRow(a, step, bias));
  }

  private Tensor rowIndices;

  private Tensor floatRowIndices() {
    if (rowIndices == null) {
      int[] indices = new int[rows];
      for (int i = 0; i < rows; i++) {
        indices[i] = rows - 1 - i;
      }
      rowIndices = arena.upload("rowIndices", indices, rows);
    }
    return rowIndices;
  }

  private void activations(Ops ops) {
    Tensor z = matrix("z");
    Tensor y = matrix("y");
    Tensor dY = matrix("dY");
    Tensor dZ = matrix("dZ");
    for (Activation f : ActivationAccuracyTest.activations()) {
      works.put("activate " + f.kind(), () -> ops.activate(f, z, y));
      works.put("gradient of " + f.kind(), () -> ops.activationGradient(f, z, z, dY, dZ));
    }
  }

  private void maxout(Ops ops) {
    Tensor z = floats("pieces", rows, 3 * columns);
    Tensor dZ = floats("pieceGradients", rows, 3 * columns);
    Tensor y = matrix("largestPieces");
    works.put("maxout", () -> ops.maxout(3, z, y));
    works.put("maxoutGradient", () -> ops.maxoutGradient(3, z, y, dZ));
  }

  private void reductions(Ops ops) {
    Tensor in = matrix("in");
    Tensor sums = floats("sums", columns);
    Tensor sum = floats("sum", 1);
    Tensor norm = floats("norm", 1);
    Tensor gradients = matrix("clipped");
    Tensor probabilities = matrix("probabilities");
    Tensor largest = ints("largest", rows);
    Tensor expected = ints("expected", rows);
    Tensor count = ints("count", 1);
    works.put("sumRows", () -> ops.sumRows(in, WriteMode.ACCUMULATE, sums));
    works.put("sum", () -> ops.sum(in, WriteMode.OVERWRITE, sum));
    works.put("clipByNorm", () -> ops.clipByNorm(gradients, 0.9f, norm));
    works.put("softmax", () -> ops.softmax(in, probabilities));
    works.put("argmaxRows", () -> ops.argmaxRows(in, largest));
    works.put("countEqual", () -> ops.countEqual(largest, expected, WriteMode.ACCUMULATE, count));
  }

  private void losses(Ops ops) {
    Tensor logits = matrix("logits");
    Tensor labels = ints("classes", rows);
    Tensor targets = matrix("targets");
    Tensor rowLosses = floats("rowLosses", rows);
    Tensor gradient = matrix("gradient");
    works.put(
        "softmaxCrossEntropy",
        () -> ops.softmaxCrossEntropy(logits, labels, 0.1f, 0.01f, rowLosses, gradient));
    for (ElementLoss loss : LOSSES) {
      works.put(
          "elementLoss " + loss.kind(),
          () -> ops.elementLoss(loss, logits, targets, 0.01f, rowLosses, gradient));
    }
  }

  private void optimizers(Ops ops) {
    Tensor rates = floats("rates", 3);
    Tensor gradients = matrix("gradients");
    Tensor moments = matrix("moments");
    Tensor squares = matrix("squares");
    Tensor parameters = matrix("parameters");
    works.put("sgd", () -> ops.sgd(0, false, 0.01f, rates, gradients, null, parameters));
    works.put(
        "sgd with momentum", () -> ops.sgd(0.9f, false, 0, rates, gradients, moments, parameters));
    works.put(
        "sgd of Nesterov", () -> ops.sgd(0.9f, true, 0, rates, gradients, moments, parameters));
    works.put("adagrad", () -> ops.adagrad(1e-8f, 0.01f, rates, gradients, squares, parameters));
    works.put(
        "rmsprop", () -> ops.rmsprop(0.9f, 1e-8f, 0.01f, rates, gradients, squares, parameters));
    works.put(
        "adam",
        () ->
            ops.adam(
                0.9f, 0.999f, 1e-8f, 0.01f, true, rates, gradients, moments, squares, parameters));
  }

  private void layers(Ops ops) {
    int inner = 65;
    Tensor x = floats("x", rows, inner);
    Tensor w = floats("w", columns, inner);
    Tensor bias = floats("layerBias", columns);
    Tensor z = matrix("layerZ");
    Tensor y = matrix("layerY");
    Tensor dX = floats("dX", rows, inner);
    Tensor dW = floats("dW", columns, inner);
    works.put(
        "matmul", () -> ops.matmul(x, Transpose.NO, w, Transpose.YES, WriteMode.ACCUMULATE, y));
    works.put("linear", () -> ops.linear(x, w, bias, Activation.GELU, z, y));
    works.put("linear alone", () -> ops.linear(x, w, bias, Activation.TANH, null, y));
    works.put(
        "linearInputGradient", () -> ops.linearInputGradient(z, w, Activation.SILU, x, null, dX));
    works.put(
        "linearParameterGradients",
        () -> ops.linearParameterGradients(x, z, WriteMode.ACCUMULATE, dW, bias));
  }
}
