package dev.myelin.opencl;

import dev.myelin.Activation;
import dev.myelin.Backend;
import dev.myelin.BackendOptions;
import dev.myelin.DType;
import dev.myelin.ElementLoss;
import dev.myelin.Ops;
import dev.myelin.Tensor;
import dev.myelin.TensorArena;
import dev.myelin.Transpose;
import dev.myelin.WriteMode;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * What runs under oclgrind: every kernel, at sizes of several groups and tiles that fill neither.
 */
final class KernelCheckMain {
  private static final int ROWS = 33;
  private static final int DEPTH = 19;
  private static final int COLUMNS = 35;

  /** Two groups of an elementwise kernel, the second one not full. */
  private static final int LENGTH = 300;

  /** Two groups of a reduction, the second one not full. */
  private static final int LONG_LENGTH = 8400;

  /** Small, since an item of a simulated device takes a microsecond an instruction. */
  private static final TiledShape TILES = new TiledShape(32, 32, 8, 4, 4);

  private KernelCheckMain() {}

  public static void main(String[] arguments) {
    OpenClDevice device = OpenClDevices.of(OpenClDevices.platforms()).get(0);
    Tuning small = new Tuning(TILES, TILES, TILES, new PackedShape(4, 6, 16));
    run(device, GemmVariant.TILED, small, KernelCheckMain::runAll);
    run(device, GemmVariant.TILED, Tuning.defaults(device), KernelCheckMain::runLinear);
    run(device, GemmVariant.PACKED, small, KernelCheckMain::runProducts);
    run(device, GemmVariant.BY_SIZE, small, KernelCheckMain::runProducts);
    System.out.println("done on " + device.info().name());
  }

  private static void run(
      OpenClDevice device, GemmVariant variant, Tuning tuning, BiConsumer<Ops, TensorArena> work) {
    System.setProperty(GemmVariant.PROPERTY, variant.name());
    try (Backend backend =
            Tuner.withChecks(OpenClBackend.open(device, BackendOptions.DEFAULT, tuning));
        TensorArena arena = new TensorArena(backend, "kernel check")) {
      work.accept(backend.ops(), arena);
      backend.synchronize();
    }
  }

  private static void runAll(Ops ops, TensorArena arena) {
    runProducts(ops, arena);
    runElementwise(ops, arena);
    runReductions(ops, arena);
    runRows(ops, arena);
    runOptimizers(ops, arena);
  }

  /** One product, for sizes that take long. */
  private static void runLinear(Ops ops, TensorArena arena) {
    Tensor x = arena.allocate("x", ROWS, DEPTH);
    Tensor w = arena.allocate("w", COLUMNS, DEPTH);
    Tensor bias = arena.allocate("bias", COLUMNS);
    ops.linear(x, w, bias, Activation.RELU, null, arena.allocate("y", ROWS, COLUMNS));
  }

  private static void runProducts(Ops ops, TensorArena arena) {
    Tensor a = arena.allocate("a", ROWS, DEPTH);
    Tensor aT = arena.allocate("aT", DEPTH, ROWS);
    Tensor b = arena.allocate("b", DEPTH, COLUMNS);
    Tensor bT = arena.allocate("bT", COLUMNS, DEPTH);
    Tensor z = arena.allocate("z", ROWS, COLUMNS);
    Tensor y = arena.allocate("y", ROWS, COLUMNS);
    Tensor bias = arena.allocate("bias", COLUMNS);
    ops.matmul(a, Transpose.NO, b, Transpose.NO, WriteMode.OVERWRITE, z);
    ops.matmul(aT, Transpose.YES, bT, Transpose.YES, WriteMode.ACCUMULATE, z);
    ops.linear(a, bT, bias, Activation.TANH, z, y);
    Tensor dX = arena.allocate("dX", ROWS, DEPTH);
    ops.linearInputGradient(y, bT, Activation.RELU, null, a, dX);
    Tensor dW = arena.allocate("dW", COLUMNS, DEPTH);
    ops.linearParameterGradients(a, y, WriteMode.OVERWRITE, dW, bias);
  }

  private static void runElementwise(Ops ops, TensorArena arena) {
    Tensor a = arena.allocate("a", LENGTH);
    Tensor b = arena.allocate("b", LENGTH);
    Tensor out = arena.allocate("out", LENGTH);
    ops.fill(1, a);
    ops.copy(a, b);
    ops.add(a, b, out);
    ops.subtract(a, b, out);
    ops.multiply(a, b, out);
    ops.scale(a, 2, out);
    Tensor integers = arena.allocate("integers", DType.I32, LENGTH);
    ops.add(integers, integers, integers);
    Set<Activation.Kind> elementwise = EnumSet.complementOf(EnumSet.of(Activation.Kind.MAXOUT));
    for (Activation.Kind kind : elementwise) {
      Activation f = Activation.of(kind.name().toLowerCase(Locale.ROOT));
      ops.activate(f, a, out);
      Tensor z = f.derivativeReads() == Activation.DerivativeReads.INPUT ? a : null;
      Tensor y = f.derivativeReads() == Activation.DerivativeReads.OUTPUT ? a : null;
      ops.activationGradient(f, z, y, b, out);
    }
    Tensor step = arena.allocate("step", DType.I32, 1);
    ops.dropout(arena.allocate("x", 1030), 0.5f, 1, 0, step, arena.allocate("dropped", 1030));
    Tensor matrix = arena.allocate("matrix", 5, 70);
    ops.addBias(matrix, arena.allocate("bias", 70), matrix);
  }

  private static void runReductions(Ops ops, TensorArena arena) {
    Tensor numbers = arena.allocate("numbers", LONG_LENGTH);
    Tensor one = arena.allocate("one", 1);
    ops.sum(numbers, WriteMode.ACCUMULATE, one);
    ops.clipByNorm(numbers, 1, one);
    Tensor integers = arena.allocate("integers", DType.I32, LONG_LENGTH);
    Tensor count = arena.allocate("count", DType.I32, 1);
    ops.countEqual(integers, integers, WriteMode.OVERWRITE, count);
    ops.sumRows(arena.allocate("matrix", 21, 35), WriteMode.ACCUMULATE, arena.allocate("sums", 35));
  }

  private static void runRows(Ops ops, TensorArena arena) {
    Tensor matrix = arena.allocate("matrix", 5, 70);
    Tensor other = arena.allocate("other", 5, 70);
    Tensor rows = arena.allocate("rows", DType.I32, 5);
    Tensor losses = arena.allocate("losses", 5);
    Tensor gradient = arena.allocate("gradient", 5, 70);
    Tensor pieces = arena.allocate("pieces", 5, 210);
    Tensor pieceGradients = arena.allocate("pieceGradients", 5, 210);
    ops.maxout(3, pieces, other);
    ops.maxoutGradient(3, pieces, other, pieceGradients);
    ops.softmax(matrix, other);
    ops.argmaxRows(matrix, rows);
    ops.softmaxCrossEntropy(matrix, rows, 0.1f, 1, losses, gradient);
    for (ElementLoss.Kind kind : ElementLoss.Kind.values()) {
      ops.elementLoss(
          new ElementLoss(kind, kind == ElementLoss.Kind.HUBER ? 1 : 0),
          matrix,
          other,
          1,
          losses,
          gradient);
    }
    Tensor indices = arena.upload("indices", new int[] {9, 4, 0, 3, 2, 1}, 6);
    Tensor start = arena.upload("start", new int[] {1}, 1);
    ops.gatherRows(matrix, indices, start, other);
    ops.selectRow(arena.allocate("table", 5, LENGTH), start, arena.allocate("row", LENGTH));
  }

  private static void runOptimizers(Ops ops, TensorArena arena) {
    Tensor rates = arena.upload("rates", new float[] {0.1f, 1, 1}, 3);
    Tensor gradients = arena.allocate("gradients", LENGTH);
    Tensor first = arena.allocate("first", LENGTH);
    Tensor second = arena.allocate("second", LENGTH);
    Tensor parameters = arena.allocate("parameters", LENGTH);
    ops.sgd(0.9f, true, 0.1f, rates, gradients, first, parameters);
    ops.sgd(0, false, 0, rates, gradients, null, parameters);
    ops.adagrad(1e-8f, 0.1f, rates, gradients, first, parameters);
    ops.rmsprop(0.9f, 1e-8f, 0.1f, rates, gradients, first, parameters);
    ops.adam(0.9f, 0.99f, 1e-8f, 0.1f, true, rates, gradients, first, second, parameters);
    ops.adam(0.9f, 0.99f, 1e-8f, 0.1f, false, rates, gradients, first, second, parameters);
  }
}
