package dev.myelin.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.myelin.random.Philox;
import org.junit.jupiter.api.Test;

/** Arithmetic and optimizers on vectors give the bits of the plain loops. */
final class VectorArithmeticTest {
  private static final int[] COUNTS = {0, 1, 2, 7, 8, 9, 15, 16, 17, 31, 33, 64, 1000};
  private static final int MOST = 1000;
  private static final int TENSORS = 4;

  /** What works on four tensors, which begin at different offsets of their arrays. */
  interface Work {
    void run(ElementKernels kernels, float[][] tensors, int count);
  }

  private static float[][] tensors() {
    Philox random = new Philox(11, 0);
    float[][] tensors = new float[TENSORS][MOST + TENSORS];
    for (int tensor = 0; tensor < TENSORS; tensor++) {
      for (int i = 0; i < tensors[tensor].length; i++) {
        float value = (float) random.nextGaussian();
        // The last one holds squares.
        tensors[tensor][i] = tensor == TENSORS - 1 ? value * value : value;
      }
    }
    tensors[0][5] = Float.NaN;
    tensors[0][6] = Float.POSITIVE_INFINITY;
    tensors[0][7] = -0f;
    tensors[0][8] = Float.MIN_VALUE;
    return tensors;
  }

  private static void assertSameBits(Work work) {
    for (int count : COUNTS) {
      float[][] actual = tensors();
      float[][] expected = tensors();
      work.run(new VectorKernels(), actual, count);
      work.run(new ScalarKernels(), expected, count);
      for (int tensor = 0; tensor < TENSORS; tensor++) {
        assertArrayEquals(
            expected[tensor], actual[tensor], "tensor " + tensor + ", " + count + " elements");
      }
    }
  }

  @Test
  void arithmetic_givesTheBitsOfTheLoops() {
    assertSameBits((kernels, t, count) -> kernels.add(t[0], 0, t[1], 1, t[2], 2, count));
    assertSameBits((kernels, t, count) -> kernels.add(t[0], 0, t[1], 1, t[0], 0, count));
    assertSameBits((kernels, t, count) -> kernels.subtract(t[0], 0, t[1], 1, t[2], 2, count));
    assertSameBits((kernels, t, count) -> kernels.multiply(t[0], 0, t[1], 1, t[2], 2, count));
    assertSameBits((kernels, t, count) -> kernels.scale(t[0], 0, 0.3f, t[1], 1, count));
  }

  @Test
  void addOfIntegers_wrapsAround() {
    for (int count : COUNTS) {
      int[] a = new int[MOST];
      int[] b = new int[MOST + 1];
      for (int i = 0; i < MOST; i++) {
        a[i] = Integer.MAX_VALUE - i;
        b[i + 1] = 3 * i;
      }
      int[] expected = a.clone();
      for (int i = 0; i < count; i++) {
        expected[i] = Integer.MAX_VALUE + 2 * i;
      }
      new VectorKernels().add(a, 0, b, 1, a, 0, count);
      assertArrayEquals(expected, a);
    }
  }

  @Test
  void addRows_givesTheBitsOfTheLoops() {
    for (int rows : new int[] {0, 1, 7, 8, 9, 17}) {
      assertSameBits(
          (kernels, t, count) -> {
            int columns = Math.min(count, 50);
            kernels.addRows(t[0], 1, 53, rows, columns, t[1], 2);
          });
    }
  }

  @Test
  void optimizers_giveTheBitsOfTheLoops() {
    for (float decay : new float[] {0, 0.01f}) {
      assertSameBits((kernels, t, n) -> kernels.sgd(decay, 0.1f, t[0], 0, t[1], 1, n));
      for (boolean nesterov : new boolean[] {false, true}) {
        assertSameBits(
            (kernels, t, n) ->
                kernels.sgdWithMomentum(0.9f, nesterov, decay, 0.1f, t[0], 0, t[1], 1, t[2], 2, n));
      }
      assertSameBits(
          (kernels, t, n) -> kernels.adagrad(1e-8f, decay, 0.1f, t[0], 0, t[3], 1, t[2], 2, n));
      assertSameBits(
          (kernels, t, n) ->
              kernels.rmsprop(0.9f, 1e-8f, decay, 0.1f, t[0], 0, t[3], 1, t[2], 2, n));
      for (boolean decoupled : new boolean[] {false, true}) {
        assertSameBits(
            (kernels, t, n) ->
                kernels.adam(
                    0.9f, 0.999f, 1e-8f, decay, decoupled, 0.1f, 10, 30, t[0], 0, t[1], 1, t[3], 2,
                    t[2], 3, n));
      }
    }
  }
}
