package dev.myelin.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.myelin.random.Philox;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

/** What both implementations of {@link Gemm} promise, checked against sums in float64. */
abstract class GemmContract {
  private static final float SENTINEL = -12345.75f;
  private static final int MARGIN = 19;
  private static final double EPS = Math.ulp(1f);

  abstract Gemm gemm(WorkerPool pool);

  /** The edges of this implementation's tiles and slices; a slow one answers with fewer. */
  abstract int[] sizes();

  /** A product with k terms sums k rounded products and perhaps C: k + 1 roundings at most each. */
  private static double bound(int k, double sumOfMagnitudes) {
    return (k + 1) * EPS * sumOfMagnitudes;
  }

  /** One product, its operands between margins, and the float64 reference. */
  private static final class Case {
    final int m;
    final int n;
    final int k;
    final boolean transposeA;
    final boolean transposeB;
    final boolean accumulate;
    final float[] a;
    final float[] b;
    final float[] before;

    Case(int m, int n, int k, boolean transposeA, boolean transposeB, boolean accumulate) {
      this.m = m;
      this.n = n;
      this.k = k;
      this.transposeA = transposeA;
      this.transposeB = transposeB;
      this.accumulate = accumulate;
      a = margined(m * k, 1);
      b = margined(k * n, 2);
      before = margined(m * n, 3);
    }

    private static float[] margined(int length, int stream) {
      Philox generator = new Philox(99, stream);
      float[] values = new float[length + 2 * MARGIN];
      Arrays.fill(values, SENTINEL);
      for (int i = 0; i < length; i++) {
        values[MARGIN + i] = (float) generator.nextDouble(-1, 1);
      }
      return values;
    }

    float[] run(Gemm gemm, Gemm.Epilogue epilogue, float[] c) {
      gemm.multiply(
          m, n, k, a, MARGIN, transposeA, b, MARGIN, transposeB, accumulate, c, MARGIN, epilogue);
      return c;
    }

    float[] run(Gemm gemm) {
      return run(gemm, null, before.clone());
    }

    float a(int row, int p) {
      return a[MARGIN + (transposeA ? p * m + row : row * k + p)];
    }

    float b(int p, int column) {
      return b[MARGIN + (transposeB ? column * k + p : p * n + column)];
    }

    void check(float[] c) {
      for (int row = 0; row < m; row++) {
        for (int column = 0; column < n; column++) {
          int at = MARGIN + row * n + column;
          double expected = accumulate ? before[at] : 0;
          double magnitudes = Math.abs(expected);
          for (int p = 0; p < k; p++) {
            double product = (double) a(row, p) * b(p, column);
            expected += product;
            magnitudes += Math.abs(product);
          }
          if (!(Math.abs(c[at] - expected) <= bound(k, magnitudes))) {
            fail(
                this
                    + (": C[" + row + ", " + column + "] is " + c[at] + ", expected " + expected)
                    + (" within " + bound(k, magnitudes)));
          }
        }
      }
      for (int i = 0; i < MARGIN; i++) {
        assertEquals(SENTINEL, c[i], () -> this + ": wrote before C");
        assertEquals(SENTINEL, c[c.length - 1 - i], () -> this + ": wrote behind C");
      }
    }

    @Override
    public String toString() {
      return ("[" + m + ", " + k + "]" + (transposeA ? " from A^T" : ""))
          + (" x [" + k + ", " + n + "]" + (transposeB ? " from B^T" : ""))
          + (accumulate ? " accumulated" : "");
    }
  }

  private static void checkAllFlags(Gemm gemm, int m, int n, int k) {
    for (int flags = 0; flags < 8; flags++) {
      Case product = new Case(m, n, k, (flags & 1) != 0, (flags & 2) != 0, (flags & 4) != 0);
      product.check(product.run(gemm));
    }
  }

  @Test
  void multiply_allSizesAndFlags_isWithinTheDerivedBound() {
    try (WorkerPool pool = new WorkerPool(2)) {
      Gemm gemm = gemm(pool);
      for (int m : sizes()) {
        for (int n : sizes()) {
          for (int k : sizes()) {
            checkAllFlags(gemm, m, n, k);
          }
        }
      }
    }
  }

  @Test
  void multiply_longThinShapes_isWithinTheDerivedBound() {
    int longest = longest();
    try (WorkerPool pool = new WorkerPool(2)) {
      Gemm gemm = gemm(pool);
      checkAllFlags(gemm, longest, 1, 3);
      checkAllFlags(gemm, 1, longest, 3);
      checkAllFlags(gemm, 3, 2, longest);
      checkAllFlags(gemm, 2, 33, longest);
      checkAllFlags(gemm, longest, 10, 5);
      checkAllFlags(gemm, 10, longest, 5);
      // More lanes than are packed at one time.
      checkAllFlags(gemm, longest, 2, Math.min(longest, 301));
      checkAllFlags(gemm, longest, 17, Math.min(longest, 301));
      checkAllFlags(gemm, 7, 13, 700);
    }
  }

  int longest() {
    return 5000;
  }

  @Test
  void multiply_moreThanIsPackedAtOneTime_isWithinTheDerivedBound() {
    int lanes = lanesOfSeveralPasses();
    int depth = depthOfSeveralPasses();
    try (WorkerPool pool = new WorkerPool(2)) {
      Gemm gemm = gemm(pool);
      checkAllFlags(gemm, lanes, 17, depth);
      checkAllFlags(gemm, 17, lanes, depth);
      checkAllFlags(gemm, lanes, 3, depth);
      checkAllFlags(gemm, 3, lanes, depth);
    }
  }

  /** Lanes of which one slice of the depth is packed at one time. */
  int lanesOfSeveralPasses() {
    return 65;
  }

  int depthOfSeveralPasses() {
    return 600;
  }

  @Test
  void multiply_nanInA_reachesItsRowOnly() {
    checkNonFinite(Float.NaN);
  }

  @Test
  void multiply_infinityInA_reachesItsRowOnly() {
    checkNonFinite(Float.POSITIVE_INFINITY);
  }

  private void checkNonFinite(float value) {
    try (WorkerPool pool = new WorkerPool(2)) {
      for (int flags = 0; flags < 4; flags++) {
        Case product = new Case(13, 21, 9, (flags & 1) != 0, (flags & 2) != 0, false);
        int row = 12;
        int p = 8;
        product.a[MARGIN + (product.transposeA ? p * product.m + row : row * product.k + p)] =
            value;
        float[] c = product.run(gemm(pool));
        for (int i = 0; i < product.m; i++) {
          for (int j = 0; j < product.n; j++) {
            boolean finite = Float.isFinite(c[MARGIN + i * product.n + j]);
            assertEquals(i != row, finite, product + ": C[" + i + ", " + j + "]");
          }
        }
      }
    }
  }

  @Test
  void multiply_nanInOldC_isOverwritten() {
    try (WorkerPool pool = new WorkerPool(2)) {
      Case product = new Case(9, 33, 5, false, false, false);
      float[] c = product.before.clone();
      Arrays.fill(c, MARGIN, c.length - MARGIN, Float.NaN);
      product.check(product.run(gemm(pool), null, c));
    }
  }

  @Test
  void epilogue_seesEachFinalElementOnce() {
    try (WorkerPool pool = new WorkerPool(3)) {
      Gemm gemm = gemm(pool);
      for (int n : new int[] {1, 10, 64, 131}) {
        for (int k : new int[] {0, 3, largeDepth()}) {
          checkEpilogue(gemm, new Case(largeRows(), n, k, false, true, true));
        }
      }
      int lanes = lanesOfSeveralPasses();
      int depth = depthOfSeveralPasses();
      checkEpilogue(gemm, new Case(lanes, 17, depth, false, true, true));
      checkEpilogue(gemm, new Case(17, lanes, depth, true, false, false));
      checkEpilogue(gemm, new Case(3, lanes, depth, false, true, true));
      // So thin that threads share the few columns of a row.
      checkEpilogue(gemm, new Case(64, 128, 784, false, true, false));
      checkEpilogue(gemm, new Case(700, 40, 300, false, true, true));
    }
  }

  /** With panels of 32 columns, one thread has 64 of them and then the last one alone. */
  @Test
  void epilogue_ofFactorsReadWhereTheyLie_seesEachFinalElementOnce() {
    try (WorkerPool pool = new WorkerPool(2)) {
      checkEpilogue(gemm(pool), new Case(131, 129, 24, true, false, false));
    }
  }

  private static void checkEpilogue(Gemm gemm, Case product) {
    float[] plain = product.run(gemm);
    float[] c = product.before.clone();
    AtomicIntegerArray seen = new AtomicIntegerArray(c.length);
    product.run(
        gemm,
        (rowStart, rowEnd, columnStart, columnEnd) -> {
          assertTrue(rowStart < rowEnd && columnStart < columnEnd, "an empty piece");
          for (int row = rowStart; row < rowEnd; row++) {
            for (int column = columnStart; column < columnEnd; column++) {
              int at = MARGIN + row * product.n + column;
              assertEquals(plain[at], c[at], () -> product + ": not final at " + at);
              seen.incrementAndGet(at);
              c[at] += 1;
            }
          }
        },
        c);
    for (int at = 0; at < c.length; at++) {
      boolean inside = at >= MARGIN && at < c.length - MARGIN;
      assertEquals(inside ? 1 : 0, seen.get(at), product + ": visits of " + at);
      assertEquals(inside ? plain[at] + 1 : SENTINEL, c[at]);
    }
  }

  int largeRows() {
    return 301;
  }

  int largeDepth() {
    return 600;
  }

  @Test
  void multiply_anyNumberOfThreads_givesTheSameBits() {
    for (int flags = 0; flags < 4; flags++) {
      boolean transposeA = (flags & 1) != 0;
      boolean transposeB = (flags & 2) != 0;
      Case product = new Case(largeRows(), 277, largeDepth(), transposeA, transposeB, true);
      float[] one = null;
      for (int threads = 1; threads <= 3; threads++) {
        try (WorkerPool pool = new WorkerPool(threads)) {
          float[] c = product.run(gemm(pool));
          one = one == null ? c : one;
          assertArrayEquals(one, c, product + ": " + threads + " threads");
        }
      }
    }
  }

  /** Many times, for threads that would write to the same elements to meet. */
  @Test
  void multiply_raggedAndReadWhereItLies_givesTheSameBitsEveryTime() {
    Case product = new Case(131, 129, 24, true, false, false);
    float[] expected = product.before.clone();
    try (WorkerPool pool = new WorkerPool(1)) {
      product.run(gemm(pool), null, expected);
    }
    try (WorkerPool pool = new WorkerPool(3)) {
      Gemm gemm = gemm(pool);
      for (int time = 0; time < 300; time++) {
        float[] c = product.run(gemm);
        assertArrayEquals(expected, c, product.toString());
      }
    }
  }

  /** Whatever way an implementation takes for a shape: the sums of a larger product's corner. */
  @Test
  void multiply_cornersInAnyOrientation_giveTheSameBitsEvenOfZeros() {
    try (WorkerPool pool = new WorkerPool(2)) {
      Gemm gemm = gemm(pool);
      for (int k : new int[] {1, 2, 3, 63, 257}) {
        for (int flags = 0; flags < 8; flags++) {
          checkCorners(gemm, 37, 41, k, (flags & 1) != 0, (flags & 2) != 0, (flags & 4) != 0);
        }
      }
    }
  }

  private static void checkCorners(
      Gemm gemm, int m, int n, int k, boolean transposeA, boolean transposeB, boolean accumulate) {
    float[] a = oftenZero(m * k, 1);
    float[] b = oftenZero(n * k, 2);
    float[] before = oftenZero(m * n, 3);
    float[] whole = before.clone();
    // Rows of A and columns of B are contiguous, so that a corner of the product has their heads.
    gemm.multiply(m, n, k, a, 0, false, b, 0, true, accumulate, whole, 0, null);
    for (int rows : new int[] {1, 4, 12, m}) {
      for (int columns : new int[] {1, 16, n}) {
        float[] partOfA = transposeA ? transposed(a, rows, k) : a;
        float[] partOfB = transposeB ? b : transposed(b, columns, k);
        float[] part = corner(before, n, rows, columns);
        gemm.multiply(
            rows,
            columns,
            k,
            partOfA,
            0,
            transposeA,
            partOfB,
            0,
            transposeB,
            accumulate,
            part,
            0,
            null);
        Case named = new Case(rows, columns, k, transposeA, transposeB, accumulate);
        assertArrayEquals(corner(whole, n, rows, columns), part, named::toString);
      }
    }
  }

  /** Zeros of both signs, values whose products are zeros of both signs, and others. */
  private static float[] oftenZero(int length, int stream) {
    float[] kinds = {0f, -0f, 1e-30f, -1e-30f, -0f, 0.5f, -1.25f};
    Philox generator = new Philox(7, stream);
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = kinds[(int) (generator.nextDouble(0, 1) * kinds.length)];
    }
    return values;
  }

  private static float[] transposed(float[] matrix, int rows, int columns) {
    float[] result = new float[rows * columns];
    for (int i = 0; i < result.length; i++) {
      result[i] = matrix[i % rows * columns + i / rows];
    }
    return result;
  }

  private static float[] corner(float[] matrix, int stride, int rows, int columns) {
    float[] result = new float[rows * columns];
    for (int i = 0; i < result.length; i++) {
      result[i] = matrix[i / columns * stride + i % columns];
    }
    return result;
  }

  @Test
  void multiply_partOfAProduct_givesTheSameBits() {
    Case product = new Case(37, 70, largeDepth(), false, true, false);
    try (WorkerPool pool = new WorkerPool(2)) {
      float[] whole = product.run(gemm(pool));
      for (int rows = 1; rows <= product.m; rows += 6) {
        for (int columns = 1; columns <= product.n; columns += 3) {
          float[] part = new float[rows * columns];
          gemm(pool)
              .multiply(
                  rows, columns, product.k, product.a, MARGIN, false, product.b, MARGIN, true,
                  false, part, 0, null);
          for (int i = 0; i < part.length; i++) {
            int row = i / columns;
            int column = i % columns;
            assertEquals(whole[MARGIN + row * product.n + column], part[i]);
          }
        }
      }
    }
  }

  @Test
  void multiply_afterWarmUp_allocatesNothing() {
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    Case product = new Case(67, 45, 40, false, true, false);
    try (WorkerPool pool = new WorkerPool(1)) {
      Gemm gemm = gemm(pool);
      float[] c = product.before.clone();
      for (int call = 0; call < callsToWarmUp(); call++) {
        product.run(gemm, null, c);
      }
      int calls = 1000;
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int call = 0; call < calls; call++) {
        product.run(gemm, null, c);
      }
      long bytesPerCall = (threads.getCurrentThreadAllocatedBytes() - before) / calls;
      assertEquals(0, bytesPerCall, "bytes allocated per call");
    }
  }

  int callsToWarmUp() {
    return 20_000;
  }
}
