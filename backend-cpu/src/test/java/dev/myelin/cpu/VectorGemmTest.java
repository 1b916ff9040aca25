package dev.myelin.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.myelin.random.Philox;
import java.util.Arrays;
import java.util.stream.IntStream;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Runs once for each vector length that backend-cpu/pom.xml lists. */
final class VectorGemmTest extends GemmContract {
  /** A species that the processor lacks runs in slow Java code. */
  private static final boolean EMULATED =
      VectorWidth.FLOATS.vectorBitSize() > FloatVector.SPECIES_PREFERRED.vectorBitSize();

  /** Before that, products would run on code without vectors. */
  @BeforeAll
  static void awaitWarmUp() throws InterruptedException {
    WarmUp.begin();
    while (!WarmUp.tilesAreCompiled()) {
      Thread.sleep(1);
    }
  }

  @Override
  Gemm gemm(WorkerPool pool) {
    return new VectorGemm(pool);
  }

  @Override
  int[] sizes() {
    int rows = TileKernels.PANEL_ROWS;
    int columns = TileKernels.PANEL_COLUMNS;
    IntStream always = IntStream.of(0, 1, 3, 7, rows - 1, rows, rows + 1, columns, columns + 1);
    IntStream ifFast = IntStream.of(2, 5, 10, 17, 31, columns - 1, 64, 97, 130);
    IntStream all = EMULATED ? always : IntStream.concat(always, ifFast);
    return all.sorted().distinct().toArray();
  }

  @Override
  int longest() {
    return EMULATED ? 300 : 5000;
  }

  @Override
  int lanesOfSeveralPasses() {
    return EMULATED ? 300 : 1500;
  }

  @Override
  int depthOfSeveralPasses() {
    return EMULATED ? 1501 : 2051;
  }

  @Override
  int largeRows() {
    return EMULATED ? 21 : 301;
  }

  @Override
  int largeDepth() {
    return EMULATED ? 261 : 600;
  }

  @Test
  void leftFactorPackedAcrossItsRows_givesTheBitsOfOneReadAsItLies() {
    Assumptions.assumeFalse(EMULATED, "emulated vectors are objects");
    // Packed as a whole, from memory whose rows are 1024 apart; with one row less, it is not.
    int m = 1024;
    int n = 1029;
    int k = 1031;
    float[] a = values(m * k);
    float[] b = values(k * n);
    float[] withoutLastRow = new float[(m - 1) * k];
    for (int p = 0; p < k; p++) {
      System.arraycopy(a, p * m, withoutLastRow, p * (m - 1), m - 1);
    }
    float[] c = new float[m * n];
    float[] expected = new float[(m - 1) * n];
    try (WorkerPool pool = new WorkerPool(2)) {
      Gemm gemm = gemm(pool);
      gemm.multiply(m, n, k, a, 0, true, b, 0, false, false, c, 0, null);
      gemm.multiply(m - 1, n, k, withoutLastRow, 0, true, b, 0, false, false, expected, 0, null);
    }
    assertArrayEquals(expected, Arrays.copyOf(c, expected.length));
    for (int column = 0; column < n; column++) {
      float sum = 0;
      for (int p = 0; p < k; p++) {
        sum = Math.fma(a[p * m + m - 1], b[p * n + column], sum);
      }
      assertEquals(sum, c[(m - 1) * n + column]);
    }
  }

  private static float[] values(int count) {
    Philox generator = new Philox(5, count);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) generator.nextDouble(-1, 1);
    }
    return values;
  }

  @Override
  int callsToWarmUp() {
    Assumptions.assumeFalse(EMULATED, "emulated vectors are objects");
    return 20_000;
  }
}
