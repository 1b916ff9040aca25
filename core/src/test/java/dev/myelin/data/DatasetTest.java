package dev.myelin.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatasetTest {
  private static final List<String> TWO = List.of("no", "yes");

  /** Sample i has the features (i, 10 i) and the label i mod 2. */
  private static Dataset numbered(int samples) {
    float[] features = new float[samples * 2];
    int[] labels = new int[samples];
    for (int i = 0; i < samples; i++) {
      features[2 * i] = i;
      features[2 * i + 1] = 10 * i;
      labels[i] = i % 2;
    }
    return Dataset.classification("numbered", 2, features, labels, TWO);
  }

  private static void assertRefused(String message, Executable action) {
    assertEquals(message, assertThrows(InvalidDataException.class, action).getMessage());
  }

  @Test
  void classification_describesItself() {
    Dataset data = numbered(3).withFeatureNames(List.of("a", "b")).withImageSize(1, 2);
    assertEquals("numbered: 3 samples of 2 features, 2 classes", data.toString());
    assertTrue(data.isClassification());
    assertEquals(2, data.outputs());
    assertEquals(TWO, data.classNames());
    assertEquals(List.of("a", "b"), data.featureNames());
    assertEquals(1, data.imageRows());
    assertEquals(2, data.imageColumns());
    assertEquals(
        "numbered: classification data have labels, not targets",
        assertThrows(IllegalStateException.class, data::targets).getMessage());
  }

  @Test
  void regression_describesItself() {
    Dataset data = Dataset.regression("r", 1, new float[2], new float[6], List.of("x", "y", "z"));
    assertEquals("r: 2 samples of 1 features, 3 targets", data.toString());
    assertFalse(data.isClassification());
    assertEquals(List.of("x", "y", "z"), data.targetNames());
    assertEquals(List.of(), data.featureNames());
    assertEquals(
        "r: regression data have targets, not labels",
        assertThrows(IllegalStateException.class, data::labels).getMessage());
  }

  @Test
  void construction_refusesLengthsThatDisagree() {
    assertRefused(
        "d: 7 feature values are not whole rows of 3; the last row has 1",
        () -> Dataset.classification("d", 3, new float[7], new int[2], TWO));
    assertRefused(
        "d: 3 labels for 2 samples, expected 2",
        () -> Dataset.classification("d", 3, new float[6], new int[3], TWO));
    assertRefused(
        "d: 3 targets for 2 samples, expected 4",
        () -> Dataset.regression("d", 3, new float[6], new float[3], List.of("x", "y")));
    assertRefused(
        "d: no samples; at least 1 is needed",
        () -> Dataset.classification("d", 3, new float[0], new int[0], TWO));
    assertRefused(
        "d: 0 features per sample; at least 1 is needed",
        () -> Dataset.classification("d", 0, new float[6], new int[3], TWO));
  }

  @Test
  void elements_beyondAnArray_areRefusedWithNumbers() {
    assertEquals(2_147_483_639, DatasetChecks.elements("d", 2_147_483_639, 1));
    assertRefused(
        "d: 65536 rows of 65536 values are 4294967296 values, more than the 2147483639 that one"
            + " array can hold; use fewer samples",
        () -> DatasetChecks.elements("d", 65536, 65536));
  }

  @Test
  void construction_refusesLabelsOutOfRange() {
    assertRefused(
        "d: label 2 of sample 1 is not in [0, 2), the range of the 2 classes",
        () -> Dataset.classification("d", 1, new float[2], new int[] {0, 2}, TWO));
    assertRefused(
        "d: label -1 of sample 0 is not in [0, 2), the range of the 2 classes",
        () -> Dataset.classification("d", 1, new float[2], new int[] {-1, 2}, TWO));
  }

  @Test
  void construction_refusesValuesThatAreNotFinite() {
    float[] features = {1, 2, 3, Float.NaN};
    assertRefused(
        "d: feature 1 of sample 1 is NaN; every value must be a finite number (samples and columns"
            + " counted from 0)",
        () -> Dataset.classification("d", 2, features, new int[2], TWO));
    float[] targets = {1, Float.NEGATIVE_INFINITY};
    assertRefused(
        "d: target 0 ('price') of sample 1 is -Infinity; every value must be a finite number"
            + " (samples and columns counted from 0)",
        () -> Dataset.regression("d", 1, new float[2], targets, List.of("price")));
  }

  @Test
  void construction_refusesNamesThatCannotBeToldApart() {
    assertRefused(
        "d: the class name 'a' occurs twice in [a, b, a]",
        () -> Dataset.classification("d", 1, new float[1], new int[1], List.of("a", "b", "a")));
    assertRefused(
        "d: 1 class names [a]; at least 2 needed",
        () -> Dataset.classification("d", 1, new float[1], new int[1], List.of("a")));
    assertRefused(
        "d: 0 target names []; at least 1 needed",
        () -> Dataset.regression("d", 1, new float[1], new float[1], List.of()));
    assertRefused(
        "numbered: 1 feature names for 2 features per sample; give one per feature",
        () -> numbered(1).withFeatureNames(List.of("a")));
  }

  @Test
  void withImageSize_refusesAnotherNumberOfPixels() {
    assertRefused(
        "numbered: an image of 65536 x 65536 pixels is not 2 features; rows times columns must be"
            + " the number of features",
        () -> numbered(1).withImageSize(65536, 65536));
    assertThrows(InvalidDataException.class, () -> numbered(1).withImageSize(-1, -2));
  }

  @Test
  void select_copiesRowsInTheGivenOrder() {
    Dataset chosen = numbered(5).withImageSize(2, 1).select(new int[] {3, 0, 3});
    assertArrayEquals(new float[] {3, 30, 0, 0, 3, 30}, chosen.features());
    assertArrayEquals(new int[] {1, 0, 1}, chosen.labels());
    assertEquals(2, chosen.imageRows());
  }

  @Test
  void select_ofRegression_copiesAllTargets() {
    float[] targets = {1, 2, 3, 4};
    Dataset data = Dataset.regression("r", 1, new float[] {5, 6}, targets, List.of("x", "y"));
    Dataset chosen = data.select(new int[] {1});
    assertArrayEquals(new float[] {6}, chosen.features());
    assertArrayEquals(new float[] {3, 4}, chosen.targets());
  }

  @Test
  void select_refusesNoRowsAndRowsThatDoNotExist() {
    assertRefused(
        "numbered: no row selected; a data set has at least one",
        () -> numbered(2).select(new int[0]));
    assertEquals(
        "numbered: row 2 does not exist, there are 2",
        assertThrows(IndexOutOfBoundsException.class, () -> numbered(2).select(new int[] {0, 2}))
            .getMessage());
  }

  @Test
  void take_copiesTheFirstSamples() {
    assertArrayEquals(new float[] {0, 0, 1, 10}, numbered(5).take(2).features());
    assertArrayEquals(new int[] {0, 1}, numbered(5).take(2).labels());
    Dataset data = Dataset.regression("r", 1, new float[2], new float[] {7, 8}, List.of("x"));
    assertArrayEquals(new float[] {7}, data.take(1).targets());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 6, -1})
  void take_refusesCountsThatAreNotThere(int count) {
    assertRefused(
        "numbered: cannot take " + count + " of 5 samples; ask for 1 to 5",
        () -> numbered(5).take(count));
  }

  @Test
  void split_putsEverySampleIntoExactlyOnePart() {
    Split split = numbered(101).split(0.2, 7);
    assertEquals(20, split.test().samples());
    assertEquals(81, split.train().samples());
    assertEquals("numbered (train)", split.train().name());
    float[] all = new float[101];
    for (int i = 0; i < 101; i++) {
      Dataset part = i < 81 ? split.train() : split.test();
      int row = i < 81 ? i : i - 81;
      all[i] = part.features()[2 * row];
      assertEquals(10 * all[i], part.features()[2 * row + 1]);
      assertEquals((int) all[i] % 2, part.labels()[row]);
    }
    Arrays.sort(all);
    for (int i = 0; i < 101; i++) {
      assertEquals(i, all[i]);
    }
  }

  @Test
  void split_isAFunctionOfTheSeed() {
    float[] first = numbered(50).split(0.3, 1).test().features();
    assertArrayEquals(first, numbered(50).split(0.3, 1).test().features());
    assertFalse(Arrays.equals(first, numbered(50).split(0.3, 2).test().features()));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 1, -0.5, Double.NaN, Double.POSITIVE_INFINITY})
  void split_refusesFractionsOutsideZeroAndOne(double fraction) {
    assertRefused(
        "numbered: the test fraction must lie between 0 and 1, not " + fraction,
        () -> numbered(5).split(fraction, 0));
  }

  @Test
  void split_refusesAnEmptyPart_andSaysWhy() {
    assertRefused(
        "numbered: a test fraction of 0.1 of 4 samples leaves 4 to train and 0 to test; both need"
            + " at least 1. Choose another fraction or give more samples",
        () -> numbered(4).split(0.1, 0));
    assertThrows(InvalidDataException.class, () -> numbered(4).split(0.9, 0));
    assertEquals(1, numbered(2).split(0.5, 0).train().samples());
  }
}
