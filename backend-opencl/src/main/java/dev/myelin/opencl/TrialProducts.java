package dev.myelin.opencl;

import dev.myelin.Backend;
import dev.myelin.DeviceException;
import dev.myelin.Ops;
import dev.myelin.Tensor;
import dev.myelin.TensorArena;
import dev.myelin.Transpose;
import dev.myelin.WriteMode;
import dev.myelin.random.Philox;
import java.util.Arrays;

/**
 * The matrix products of a training step: forward x w^T, the input's gradient dZ w, the weight's
 * dZ^T x; small and ragged to see whether they are right, and square to see how long they take.
 */
final class TrialProducts implements AutoCloseable {
  /** No multiples of any tile, and deeper than two of the deepest blocks. */
  private static final int BATCH = 150;

  private static final int INPUTS = 2103;
  private static final int OUTPUTS = 133;

  private static final double ROUNDING = 0x1p-24;

  private final Backend backend;
  private final Ops ops;
  private final TensorArena arena;
  private final float[] x;
  private final float[] w;
  private final Tensor deviceX;
  private final Tensor deviceW;
  private final Tensor deviceY;
  private final Tensor deviceDx;
  private final Tensor deviceDw;

  TrialProducts(Backend backend) {
    this.backend = backend;
    this.ops = backend.ops();
    this.arena = new TensorArena(backend, "tuning");
    Philox random = new Philox(1, 0);
    this.x = gaussian(random, BATCH * INPUTS);
    this.w = gaussian(random, OUTPUTS * INPUTS);
    this.deviceX = arena.upload("x", x, BATCH, INPUTS);
    this.deviceW = arena.upload("w", w, OUTPUTS, INPUTS);
    this.deviceY = arena.allocate("y", BATCH, OUTPUTS);
    this.deviceDx = arena.allocate("dX", BATCH, INPUTS);
    this.deviceDw = arena.allocate("dW", OUTPUTS, INPUTS);
  }

  private static float[] gaussian(Philox random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** All three small products, each once overwritten and once added. */
  float[][] results() {
    for (WriteMode mode : WriteMode.values()) {
      ops.matmul(deviceX, Transpose.NO, deviceW, Transpose.YES, mode, deviceY);
      ops.matmul(deviceY, Transpose.NO, deviceW, Transpose.NO, mode, deviceDx);
      ops.matmul(deviceY, Transpose.YES, deviceX, Transpose.NO, mode, deviceDw);
    }
    return new float[][] {downloaded(deviceY), downloaded(deviceDx), downloaded(deviceDw)};
  }

  private float[] downloaded(Tensor tensor) {
    float[] values = new float[Math.toIntExact(tensor.elements())];
    backend.download(tensor, values);
    return values;
  }

  /**
   * Looks whether y is x w^T twice, within what rounding explains: 2 k roundings of terms of which
   * none is larger than the sum of all amounts.
   *
   * @throws DeviceException if it is not; a device that cannot multiply is not to be tuned
   */
  void requireRight(float[] y) {
    for (int row = 0; row < BATCH; row++) {
      for (int column = 0; column < OUTPUTS; column++) {
        double sum = 0;
        double amount = 0;
        for (int k = 0; k < INPUTS; k++) {
          double product = (double) x[row * INPUTS + k] * w[column * INPUTS + k];
          sum += product;
          amount += Math.abs(product);
        }
        double error = Math.abs(y[row * OUTPUTS + column] - 2 * sum);
        // Written so that NaN is an error.
        if (!(error <= 2 * (INPUTS + 1) * ROUNDING * 2 * amount)) {
          throw new DeviceException(
              String.format(
                  "checking the matrix product: element [%d, %d] is %s, not %s",
                  row, column, y[row * OUTPUTS + column], 2 * sum),
              "wrong result",
              backend.device().id(),
              null);
        }
      }
    }
  }

  /** Whether two results are the same bits. */
  static boolean areSame(float[][] results, float[][] others) {
    for (int i = 0; i < results.length; i++) {
      if (!Arrays.equals(results[i], others[i])) {
        return false;
      }
    }
    return true;
  }

  /** The work to be timed. */
  Runnable timed(int side) {
    float[] values = gaussian(new Philox(2, side), side * side);
    Tensor a = arena.upload("a", values, side, side);
    Tensor b = arena.upload("b", values, side, side);
    Tensor out = arena.allocate("out", side, side);
    return () -> {
      ops.matmul(a, Transpose.NO, b, Transpose.YES, WriteMode.OVERWRITE, out);
      ops.matmul(a, Transpose.NO, b, Transpose.NO, WriteMode.OVERWRITE, out);
      ops.matmul(a, Transpose.YES, b, Transpose.NO, WriteMode.OVERWRITE, out);
      backend.synchronize();
    };
  }

  /** What {@link #timed} computes. */
  static double operations(int side) {
    return 3 * 2.0 * side * side * side;
  }

  @Override
  public void close() {
    arena.close();
  }
}
