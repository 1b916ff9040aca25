package dev.myelin.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.myelin.Activation;
import dev.myelin.ElementLoss;
import dev.myelin.random.Philox;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Vectors give the bits of the plain loops, whose accuracy is tested elsewhere. */
final class VectorKernelsTest {
  private static final ElementKernels VECTORS = new VectorKernels();
  private static final ElementKernels LOOPS = new ScalarKernels();
  private static final int START = 3;

  private static final float[] SPECIAL = {
    Float.NaN,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    0f,
    -0f,
    Float.MIN_VALUE,
    -Float.MIN_VALUE,
    Float.MIN_NORMAL,
    -Float.MIN_NORMAL,
    Float.MAX_VALUE,
    -Float.MAX_VALUE,
    1f,
    -1f,
    88.72284f,
    88.7229f,
    89f,
    -87.33655f,
    -103.97208f,
    -104f,
    -104.1f,
    9f,
    10f,
    11f,
    -11f,
    15f,
    -15f,
    14.2f,
    -14.2f,
    -20f,
    -20.1f
  };

  interface Work {
    void run(ElementKernels kernels, float[] out, int count);
  }

  static Activation[] activations() {
    return ActivationAccuracyTest.activations();
  }

  static ElementLoss[] losses() {
    return new ElementLoss[] {
      ElementLoss.SQUARED_ERROR,
      ElementLoss.ABSOLUTE_ERROR,
      ElementLoss.huber(0.7f),
      ElementLoss.BINARY_CROSS_ENTROPY
    };
  }

  /** The special numbers, then numbers of all magnitudes, then numbers near 1. */
  private static float[] values(int count, int stream) {
    Philox random = new Philox(7, stream);
    float[] values = new float[START + count];
    for (int i = 0; i < values.length; i++) {
      float wide = Float.intBitsToFloat(random.nextInt());
      float near = (float) (4 * random.nextGaussian());
      values[i] = i % 3 == 0 ? wide : near;
    }
    int specials = Math.max(0, Math.min(SPECIAL.length, count));
    System.arraycopy(SPECIAL, 0, values, START, specials);
    return values;
  }

  private static void assertSameBits(Work work) {
    for (int count : new int[] {0, 1, 2, 7, 8, 9, 15, 16, 17, 31, 33, 64, 1000, 100_003}) {
      float[] actual = new float[START + count + 1];
      float[] expected = new float[START + count + 1];
      work.run(VECTORS, actual, count);
      work.run(LOOPS, expected, count);
      // Arrays.equals takes all NaNs for one and tells -0 from 0.
      if (!Arrays.equals(expected, actual)) {
        int at = Arrays.mismatch(expected, actual);
        throw new AssertionError(
            count + " elements: " + actual[at] + " at " + at + ", not " + expected[at]);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("activations")
  void activate_givesTheBitsOfTheLoops(Activation f) {
    assertSameBits(
        (kernels, out, count) -> kernels.activate(f, values(count, 0), START, out, START, count));
  }

  @ParameterizedTest
  @MethodSource("activations")
  void activate_inPlace_givesTheSameBits(Activation f) {
    float[] out = new float[START + 100];
    VECTORS.activate(f, values(100, 0), START, out, START, 100);
    float[] inPlace = values(100, 0);
    Arrays.fill(inPlace, 0, START, 0);
    VECTORS.activate(f, inPlace, START, inPlace, START, 100);
    assertArrayEquals(out, inPlace);
  }

  @ParameterizedTest
  @MethodSource("activations")
  void activationGradient_givesTheBitsOfTheLoops(Activation f) {
    assertSameBits(
        (kernels, out, count) ->
            kernels.activationGradient(
                f, values(count, 0), START, values(count, 1), START, out, START, count));
  }

  @Test
  void maxout_givesTheBitsOfTheLoops() {
    assertSameBits(
        (kernels, out, count) ->
            kernels.maxout(3, count, values(3 * count, 0), START, out, START, count));
  }

  @Test
  void maxoutGradient_givesTheBitsOfTheLoops() {
    assertSameBits(
        (kernels, out, count) -> {
          int columns = count / 3;
          kernels.maxoutGradient(
              3,
              columns,
              values(3 * columns, 0),
              START,
              values(columns, 1),
              START,
              out,
              START,
              columns);
        });
  }

  @Test
  void shiftedExp_givesTheBitsOfTheLoops() {
    assertSameBits(
        (kernels, out, count) -> {
          float[] in = values(count, 0);
          for (int i = 0; i < in.length; i++) {
            in[i] = -Math.abs(in[i]);
          }
          kernels.shiftedExp(in, START, 1.25f, out, START, count);
        });
  }

  @ParameterizedTest
  @MethodSource("losses")
  void elementLoss_givesTheBitsOfTheLoops(ElementLoss loss) {
    float[] unused = new float[START + 100_003];
    assertSameBits(
        (kernels, out, count) ->
            elementLoss(kernels, loss, values(count, 0), values(count, 1), out, unused));
    assertSameBits(
        (kernels, out, count) ->
            elementLoss(kernels, loss, values(count, 0), values(count, 1), unused, out));
  }

  private static void elementLoss(
      ElementKernels kernels,
      ElementLoss loss,
      float[] prediction,
      float[] target,
      float[] losses,
      float[] gradient) {
    int count = prediction.length - START;
    kernels.elementLoss(
        loss, prediction, START, target, START, 0.3f, losses, START, gradient, START, count);
  }

  @Test
  void sum_givesTheBitsOfTheLoops() {
    Philox random = new Philox(11, 0);
    float[] values = new float[START + 1003];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (random.nextGaussian() * Math.pow(10, i % 9));
    }
    for (int count = 0; count < 1000; count = count < 70 ? count + 1 : count * 2 - 3) {
      double expected = LOOPS.sum(values, START, count);
      double actual = VECTORS.sum(values, START, count);
      assertEquals(
          Double.doubleToRawLongBits(expected), Double.doubleToRawLongBits(actual), "" + count);
    }
    values[START + 700] = Float.NaN;
    assertEquals(Double.NaN, VECTORS.sum(values, START, 1000));
  }

  @Test
  void max_isThatOfTheLoops() {
    for (int count : new int[] {0, 1, 7, 8, 9, 16, 100, 1000}) {
      float[] values = values(count, 2);
      assertEquals(LOOPS.max(values, START, count), VECTORS.max(values, START, count));
      for (int i = 0; i < values.length; i++) {
        values[i] = Float.isNaN(values[i]) ? -i : values[i];
      }
      assertEquals(LOOPS.max(values, START, count), VECTORS.max(values, START, count));
    }
  }

  @Test
  void max_withOneNaNAnywhere_isNaN() {
    for (int at = 0; at < 40; at++) {
      float[] values = new float[40];
      values[at] = Float.NaN;
      assertEquals(Float.NaN, VECTORS.max(values, 0, 40));
    }
  }
}
