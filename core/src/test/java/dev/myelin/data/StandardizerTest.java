package dev.myelin.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.myelin.random.Philox;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class StandardizerTest {
  private static Dataset regression(float[] features, float[] targets) {
    int samples = targets.length;
    return Dataset.regression("r", features.length / samples, features, targets, List.of("y"));
  }

  @Test
  void fit_givesMeanAndPopulationDeviationOfEachColumn() {
    // Column 0: 1, 3 has mean 2 and deviation 1; column 1: -4, 4 has mean 0 and deviation 4.
    Dataset data = regression(new float[] {1, -4, 3, 4}, new float[] {10, 30});
    Standardizer features = Standardizer.fitFeatures(data);
    assertArrayEquals(new double[] {2, 0}, features.means());
    assertArrayEquals(new double[] {1, 4}, features.scales());
    assertArrayEquals(new float[] {-1, -1, 1, 1}, features.applyToFeatures(data).features());
    Standardizer targets = Standardizer.fitTargets(data);
    assertArrayEquals(new double[] {20}, targets.means());
    assertArrayEquals(new double[] {10}, targets.scales());
    assertArrayEquals(new float[] {-1, 1}, targets.applyToTargets(data).targets());
    assertArrayEquals(new float[] {1, -4, 3, 4}, targets.applyToTargets(data).features());
  }

  @Test
  void fit_ofAConstantColumn_hasScaleOneAndTheExactMean() {
    // 0.1f is no short binary fraction: the mean of many of them is rounded.
    float[] constant = new float[997];
    Arrays.fill(constant, 0.1f);
    Standardizer standardizer = Standardizer.fitTargets(regression(new float[997], constant));
    assertArrayEquals(new double[] {0.1f}, standardizer.means());
    assertArrayEquals(new double[] {1}, standardizer.scales());
    assertArrayEquals(new float[997], standardizer.apply(constant));
  }

  @Test
  void apply_toAFarOffColumn_givesMeanZeroAndDeviationOne() {
    Philox random = new Philox(1, 0);
    float[] values = new float[10_007];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (1_000_000 + 3 * random.nextGaussian());
    }
    Standardizer standardizer = Standardizer.fitTargets(regression(values, values));
    double sum = 0;
    double sumOfSquares = 0;
    for (float value : standardizer.apply(values)) {
      sum += value;
      sumOfSquares += (double) value * value;
    }
    // Each result is rounded to float: at most 2^-24 relative, and none is above 8.
    assertEquals(0, sum / values.length, 8 * 0x1.0p-24);
    assertEquals(1, sumOfSquares / values.length, 4 * 0x1.0p-24);
  }

  @Test
  void invert_undoesApply() {
    Standardizer standardizer = new Standardizer(new double[] {5, -0.25}, new double[] {3, 0.125});
    float[] values = {1, 2, 3, 4, -5, 6};
    float[] back = standardizer.invert(standardizer.apply(values));
    for (int i = 0; i < values.length; i++) {
      // |standardized| * scale <= 11: one rounding before, one after.
      assertEquals(values[i], back[i], 2 * 11 * 0x1.0p-24);
    }
    assertArrayEquals(new float[] {1, 2, 3, 4, -5, 6}, values);
  }

  @Test
  void constructor_repeatsAFittedOne() {
    Dataset data = regression(new float[] {1, -4, 3, 4}, new float[] {10, 30});
    Standardizer fitted = Standardizer.fitFeatures(data);
    Standardizer restored = new Standardizer(fitted.means(), fitted.scales());
    assertArrayEquals(fitted.apply(data.features()), restored.apply(data.features()));
    restored.means()[0] = 99;
    assertEquals(2, restored.means()[0]);
  }

  @Test
  void constructor_refusesWhatCannotScale() {
    assertEquals(
        "standardizer: mean 0.0 and scale 0.0 of column 1; both must be finite and the scale"
            + " above 0",
        assertThrows(
                InvalidDataException.class,
                () -> new Standardizer(new double[2], new double[] {1, 0}))
            .getMessage());
    assertThrows(
        InvalidDataException.class,
        () -> new Standardizer(new double[] {Double.NaN}, new double[] {1}));
    assertEquals(
        "standardizer: 2 means and 1 scales; one of each per column is needed",
        assertThrows(
                InvalidDataException.class, () -> new Standardizer(new double[2], new double[1]))
            .getMessage());
  }

  @Test
  void apply_toOtherColumns_isRefused() {
    Standardizer three = new Standardizer(new double[3], new double[] {1, 1, 1});
    Dataset two = regression(new float[] {1, 2, 3, 4}, new float[] {1, 2});
    assertEquals(
        "r: 2 features per sample, but the standardizer was fitted to 3; give data with the columns"
            + " of the training data",
        assertThrows(InvalidDataException.class, () -> three.applyToFeatures(two)).getMessage());
    assertThrows(InvalidDataException.class, () -> three.applyToTargets(two));
    assertEquals(
        "standardizer: 4 values are not whole rows of 3",
        assertThrows(InvalidDataException.class, () -> three.apply(new float[4])).getMessage());
    assertThrows(InvalidDataException.class, () -> three.invert(new float[4]));
  }

  @Test
  void applyToFeatures_thatOverflows_namesTheSample() {
    Standardizer tiny = new Standardizer(new double[1], new double[] {1e-30});
    Dataset data = regression(new float[] {0, 1e20f}, new float[] {1, 2});
    assertEquals(
        "r: feature 0 of sample 1 is Infinity; every value must be a finite number (samples and"
            + " columns counted from 0)",
        assertThrows(InvalidDataException.class, () -> tiny.applyToFeatures(data)).getMessage());
  }
}
