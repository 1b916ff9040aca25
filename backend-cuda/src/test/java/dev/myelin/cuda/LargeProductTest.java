package dev.myelin.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.myelin.Backend;
import dev.myelin.BackendOptions;
import dev.myelin.CapturedWork;
import dev.myelin.Precision;
import dev.myelin.Tensor;
import dev.myelin.TensorArena;
import dev.myelin.Transpose;
import dev.myelin.WriteMode;
import dev.myelin.random.Philox;
import dev.myelin.testkit.TestDevices;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.opentest4j.TestAbortedException;

/**
 * Products of many tiles, in bands and waves, which a race or a wrong order of tiles would spoil.
 * On the stand-in, which is slow, of a few dozen tiles only.
 */
@ExtendWith(DriverUnderTest.class)
class LargeProductTest {
  private static final int ROWS = DriverUnderTest.IS_REAL ? 4097 : 321;
  private static final int COLUMNS = DriverUnderTest.IS_REAL ? 4095 : 259;
  private static final int DEPTH = DriverUnderTest.IS_REAL ? 2049 : 150;
  private static final int REPLAYS = DriverUnderTest.IS_REAL ? 20 : 1;
  private static final int SAMPLES = 500;

  /**
   * Any tile's order of sums: each of the depth's roundings is of at most the sum of magnitudes.
   */
  private static final double BOUND = 4.0 * DEPTH * 0x1p-24;

  @ParameterizedTest
  @EnumSource(Precision.class)
  void product_ofManyTiles_isRightWhereverItIsLookedAt_andTheSameEveryTime(Precision precision) {
    float[] a = random(1, ROWS * DEPTH);
    float[] b = random(2, DEPTH * COLUMNS);
    requirePrecision(precision);
    try (Backend backend =
            TestDevices.open("cuda", BackendOptions.DEFAULT.withPrecision(precision));
        TensorArena arena = new TensorArena(backend, "large")) {
      Tensor left = arena.upload("a", a, ROWS, DEPTH);
      Tensor right = arena.upload("b", b, DEPTH, COLUMNS);
      Tensor out = arena.allocate("out", ROWS, COLUMNS);
      float[] first = new float[ROWS * COLUMNS];
      float[] again = new float[ROWS * COLUMNS];
      try (CapturedWork product =
          backend.capture(
              () ->
                  backend
                      .ops()
                      .matmul(left, Transpose.NO, right, Transpose.NO, WriteMode.OVERWRITE, out))) {
        product.replay();
        backend.download(out, first);
        for (int replay = 0; replay < REPLAYS; replay++) {
          product.replay();
        }
        backend.download(out, again);
      }
      assertArrayEquals(first, again);
      Philox places = new Philox(3, 0);
      for (int sample = 0; sample < SAMPLES; sample++) {
        int row = Integer.remainderUnsigned(places.nextInt(), ROWS);
        int column = Integer.remainderUnsigned(places.nextInt(), COLUMNS);
        requireElement(precision, a, b, row, column, first[row * COLUMNS + column]);
      }
    }
  }

  private static void requirePrecision(Precision precision) {
    try (Backend backend = TestDevices.open("cuda", BackendOptions.DEFAULT)) {
      if (!backend.device().precisions().contains(precision)) {
        throw new TestAbortedException(backend.device() + " has no " + precision.text());
      }
    }
  }

  private static void requireElement(
      Precision precision, float[] a, float[] b, int row, int column, float actual) {
    double sum = 0;
    double magnitudes = 0;
    for (int p = 0; p < DEPTH; p++) {
      double term =
          (double) precision.round(a[row * DEPTH + p]) * precision.round(b[p * COLUMNS + column]);
      sum += term;
      magnitudes += Math.abs(term);
    }
    assertEquals(sum, actual, BOUND * magnitudes, precision + " row " + row + " column " + column);
  }

  private static float[] random(long seed, int count) {
    Philox random = new Philox(seed, 0);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextInt() * 0x1p-31f;
    }
    return values;
  }
}
