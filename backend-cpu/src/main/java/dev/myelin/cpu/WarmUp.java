package dev.myelin.cpu;

import dev.myelin.Activation;
import java.util.ArrayList;
import java.util.List;

/**
 * Has the JVM compile the loops on vectors that nearly every training needs while the program
 * prepares its data and takes its first steps.
 *
 * <p>Until it is compiled, a vector operation takes about a microsecond instead of part of a
 * nanosecond, and the products of a first training step take a quarter of a second. So a thread
 * calls the loops itself until they are fast, once in a JVM: first the tiles of products, which
 * {@link PlainTile} computes meanwhile, then what the default network has beside them.
 *
 * <p>What is multiplied is small, since the JVM counts calls and rounds of loops together: many
 * calls of few rounds have a method compiled for the fewest vector operations, and as a whole,
 * before the JVM sees a reason to compile the loop that it is in (on-stack replacement) as well.
 */
final class WarmUp {
  private static final int DEPTH = 8;
  private static final int VECTORS = 4;
  private static final int CALLS_PER_TURN = 16;

  /** Compiled, each of the calls takes less than a tenth of a microsecond; before, several. */
  private static final long COMPILED_NANOS_PER_CALL = 1_000;

  /** A JVM that interprets only, or without the C2 compiler, never gets there. */
  private static final long MAX_NANOS = 2_000_000_000L;

  private static boolean begun;

  /** Volatile, so that no worker computes by plain loops what its caller wants by kernels. */
  private static volatile boolean tilesAreCompiled;

  private WarmUp() {}

  /** Begins in the background, unless that was done before. */
  static synchronized void begin() {
    if (!begun) {
      begun = true;
      Thread thread = new Thread(WarmUp::run, "myelin-warm-up");
      thread.setDaemon(true);
      thread.start();
    }
  }

  static boolean tilesAreCompiled() {
    return tilesAreCompiled;
  }

  private static void run() {
    boolean isInTime = callUntilCompiled(tiles());
    tilesAreCompiled = true;
    if (isInTime) {
      callUntilCompiled(elements());
    }
  }

  /** Returns whether all calls became fast before it gave up. */
  private static boolean callUntilCompiled(List<Runnable> calls) {
    List<Runnable> left = new ArrayList<>(calls);
    long begunNanos = System.nanoTime();
    while (!left.isEmpty() && System.nanoTime() - begunNanos < MAX_NANOS) {
      left.removeIf(WarmUp::isFast);
    }
    return left.isEmpty();
  }

  private static boolean isFast(Runnable call) {
    long begunNanos = System.nanoTime();
    for (int i = 0; i < CALLS_PER_TURN; i++) {
      call.run();
    }
    return System.nanoTime() - begunNanos < CALLS_PER_TURN * COMPILED_NANOS_PER_CALL;
  }

  private static List<Runnable> tiles() {
    int columns = TileKernels.PANEL_COLUMNS;
    int block = Transposition.SIZE;
    float[] left = new float[Math.max(DEPTH * TileKernels.LEFT_STRIDE, block * block)];
    float[] right = new float[block * columns];
    float[] tile = new float[TileKernels.PANEL_ROWS * columns];
    List<Runnable> calls = new ArrayList<>();
    if (VectorWidth.REGISTERS == 32) {
      int stride = EightRowKernels.ROWS;
      calls.add(
          () ->
              EightRowKernels.multiply(
                  DEPTH, left, 0, stride, right, 0, columns, tile, 0, columns, tile, 0, columns));
      calls.add(
          () ->
              FiveRowKernel.multiply(
                  DEPTH, left, 0, stride, right, 0, columns, tile, 0, columns, tile, 0, columns));
      calls.add(() -> PackingLoops.copyBlocks(right, 0, 0, left, 0, 1));
      calls.add(
          () ->
              EightRowKernels.multiplyBlocks(
                  DEPTH, left, 0, right, 0, columns, tile, 0, columns, tile, 0, columns));
    } else {
      calls.add(
          () -> TileKernels.multiply(DEPTH, left, 0, right, 0, tile, 0, columns, tile, 0, columns));
    }
    calls.add(
        () ->
            InPlaceKernels.multiply(
                DEPTH - 1, left, 0, 0, 0, 0, right, 0, tile, 0, columns, tile, 0, columns));
    if (Transposition.AVAILABLE) {
      calls.add(() -> Transposition.transpose(left, 0, block, right, 0, columns, 1));
    }
    return calls;
  }

  /** Adam, relu and its derivative, bias and its gradient, softmax. */
  private static List<Runnable> elements() {
    int n = VECTORS * VectorWidth.FLOATS.length();
    float[] a = new float[n];
    float[] b = new float[n];
    float[] c = new float[n];
    float[] rows = new float[8 * n];
    Activation relu = Activation.RELU;
    return List.of(
        () ->
            VectorOptimizers.adam(
                0.9f, 0.999f, 1e-8f, 0, true, 1e-3f, 1, 1, a, 0, b, 0, c, 0, rows, 0, n),
        () -> VectorActivations.activate(relu, a, 0, b, 0, n),
        () -> VectorActivationGradients.activationGradient(relu, a, 0, b, 0, c, 0, n),
        () -> VectorArithmetic.add(a, 0, b, 0, c, 0, n),
        () -> VectorArithmetic.addEightRows(rows, 0, n, n, a, 0),
        () -> VectorActivations.shiftedExp(a, 0, 0, b, 0, n));
  }
}
