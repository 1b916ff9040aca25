package dev.myelin.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.myelin.cpu.GemmOperand.Form;
import dev.myelin.cpu.GemmPlan.Way;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * With the tiles of AVX2, 6 or, in place, 4 rows of two vectors of 8, and those of AVX-512, 8, 5 or
 * 4 rows of two vectors of 16.
 */
final class GemmPlanTest {
  private static final GemmPlan WIDE = new GemmPlan(8, 32, 16, 32);

  private static Way way(int m, int n, int k, boolean rowsContiguous, boolean columnsContiguous) {
    return new GemmPlan(6, 16, 8, 16).choose(m, n, k, rowsContiguous, columnsContiguous);
  }

  @ParameterizedTest
  @CsvSource({"64, 128, 784", "64, 100, 1000", "128, 512, 784", "128, 256, 512", "1, 512, 784"})
  void forwardOfAHiddenLayer_readsTheWeightsInPlace(int samples, int outputs, int inputs) {
    assertEquals(Way.B_IN_PLACE, way(samples, outputs, inputs, true, true));
  }

  @ParameterizedTest
  @CsvSource({"64, 10, 128", "128, 10, 256", "512, 10, 2048"})
  void forwardOfAClassifier_readsTheSamplesInPlace(int samples, int classes, int inputs) {
    assertEquals(Way.A_IN_PLACE, way(samples, classes, inputs, true, true));
  }

  @ParameterizedTest
  @CsvSource({"128, 784, 64", "512, 784, 128", "10, 128, 64"})
  void weightGradient_packsBothFactors(int outputs, int inputs, int samples) {
    assertEquals(Way.PACKED, way(outputs, inputs, samples, false, false));
  }

  @ParameterizedTest
  @CsvSource({"1024, 1024, 1024", "2048, 2048, 2048", "512, 2048, 2048"})
  void largeProduct_packsBothFactors(int m, int n, int k) {
    assertEquals(Way.PACKED, way(m, n, k, true, false));
    assertEquals(Way.PACKED, way(m, n, k, true, true));
  }

  @ParameterizedTest
  @CsvSource({"512, 2, 64", "300, 1, 50"})
  void weightGradientOfFewInputs_isTransposed(int outputs, int inputs, int samples) {
    assertEquals(Way.PACKED_TRANSPOSED, way(outputs, inputs, samples, false, false));
  }

  @Test
  void factorWhoseLanesAreNotContiguous_isNeverReadInPlace() {
    for (int m = 1; m < 3000; m = 3 * m + 1) {
      for (int n = 1; n < 3000; n = 3 * n + 1) {
        for (int k = 1; k < 3000; k = 3 * k + 1) {
          assertFalse(way(m, n, k, false, false).leftInPlace);
          assertNotEquals(Way.A_IN_PLACE, way(m, n, k, false, true));
          assertNotEquals(Way.B_IN_PLACE, way(m, n, k, true, false));
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"128, 784, 64", "256, 512, 128", "10, 128, 64", "100, 1000, 64"})
  void wide_weightGradientOfASmallNet_packsNothing(int outputs, int inputs, int samples) {
    Way way = WIDE.choose(outputs, inputs, samples, false, false);
    assertEquals(Way.PACKED, way);
    assertEquals(Form.PANELS_IN_PLACE, WIDE.left(way, outputs, inputs, samples, false));
    assertEquals(Form.PANELS_IN_PLACE, WIDE.right(way, outputs, inputs, samples, false));
  }

  @ParameterizedTest
  @CsvSource({
    "10, 128, 64, 5",
    "10, 2048, 512, 5",
    "5, 128, 64, 5",
    "20, 128, 64, 5",
    "8, 128, 64, 8", // one tile, of which nothing is wasted
    "16, 128, 64, 8",
    "100, 1000, 64, 8", // four rows of 104 are
    "128, 784, 64, 8"
  })
  void wide_tilesOfFewRows_areAsHighAsWastesLeast(int m, int n, int k, int tileRows) {
    assertEquals(tileRows, WIDE.tileRows(Form.PANELS_IN_PLACE, m, n, k));
    assertEquals(8, WIDE.tileRows(Form.BLOCKS, m, n, k));
  }

  @ParameterizedTest
  @CsvSource({
    "512, 784, 128", // used by many rows
    "128, 2100, 512", // spread over many pages
    "128, 1024, 64", // rows that meet in few lines of the cache
  })
  void wide_rightFactorThatTheCacheWouldNotHold_isPacked(int m, int n, int k) {
    assertEquals(Form.PANELS, WIDE.right(Way.PACKED, m, n, k, false));
  }

  @ParameterizedTest
  @CsvSource({
    "2048, 1024, 512, PANELS",
    "1024, 1024, 1024, PANELS",
    "1000, 1024, 1024, PANELS_IN_PLACE", // its rows are spread over the cache
    "2048, 1024, 128, PANELS_IN_PLACE", // few enough to stay there
    "2048, 784, 512, PANELS_IN_PLACE" // not used often enough to be worth packing
  })
  void wide_leftFactorThatTheCacheWouldNotHold_isPacked(int m, int n, int k, Form form) {
    assertEquals(form, WIDE.left(Way.PACKED, m, n, k, false));
  }

  @ParameterizedTest
  @CsvSource({
    "64, 128, 784",
    "64, 100, 1000",
    "128, 512, 784",
    "64, 10, 128", // classifiers
    "128, 10, 256",
    "512, 10, 2048"
  })
  void wide_forwardOfASmallBatch_readsTheWeightsInPlace(int samples, int outputs, int inputs) {
    assertEquals(Way.B_IN_PLACE, WIDE.choose(samples, outputs, inputs, true, true));
  }

  @ParameterizedTest
  @CsvSource({"128, 512, 256", "1024, 1024, 1024"})
  void wide_leftFactorWhoseRowsAreContiguous_isPackedByBlocks(int m, int n, int k) {
    Way way = WIDE.choose(m, n, k, true, false);
    assertEquals(Way.PACKED, way);
    assertEquals(Form.BLOCKS, WIDE.left(way, m, n, k, true));
  }
}
