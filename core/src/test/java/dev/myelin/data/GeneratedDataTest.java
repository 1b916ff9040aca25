package dev.myelin.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class GeneratedDataTest {
  private static List<String> names() {
    return GeneratedData.names();
  }

  private static float[] learned(Dataset data) {
    if (!data.isClassification()) {
      return data.targets();
    }
    float[] labels = new float[data.samples()];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = data.labels()[i];
    }
    return labels;
  }

  /** Of the little-endian floats, features before labels. */
  private static String sha256(Dataset data) throws NoSuchAlgorithmException {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    for (float[] values : List.of(data.features(), learned(data))) {
      ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asFloatBuffer().put(values);
      digest.update(bytes);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  @ParameterizedTest
  @CsvSource({
    "digits, 1, 500, 45b6bc5b17e918fe2436bb01b3653a734a77223a20a216aedcee274253d0961b",
    "digits, -7, 100, 6b4dcb583dd6b696b38c65f0d8be55f13240ac3ab1826609555ab4e2da92d06f",
    "spirals, 1, 500, 6f1bf651b1b2399a6aaf10a582fc2752b90b5a3a8ff4d7ced7823e2312db93dd",
    "moons, 1, 500, d5434c8ed33f6db6818392343821232c95e5fcc60ecce520ed9540dd49888375",
    "rings, 1, 500, 41089b5e30ce6772d43bedfa04b07114260ef7dda3224dc8d2f7ec289a8c442f",
    "sine, 1, 500, dfb81969f74f7390f137b0ef121a4f695794f5177d1d1c5277e1cced5e642a0e",
  })
  void generated_onEveryMachine_areTheSameBytes(String name, long seed, int samples, String sha256)
      throws NoSuchAlgorithmException {
    assertEquals(sha256, sha256(GeneratedData.byName(name, samples, seed)));
  }

  @ParameterizedTest
  @MethodSource("names")
  void sample_dependsOnSeedAndIndexOnly(String name) {
    Dataset few = GeneratedData.byName(name, 13, 5);
    Dataset many = GeneratedData.byName(name, 131, 5);
    assertArrayEquals(few.features(), many.take(13).features());
    assertArrayEquals(learned(few), learned(many.take(13)));
    assertFalse(
        Arrays.equals(few.features(), GeneratedData.byName(name, 13, 6).features()), "seed unused");
  }

  @ParameterizedTest
  @ValueSource(strings = {"digits", "spirals", "moons", "rings"})
  void classes_takeTurns(String name) {
    Dataset data = GeneratedData.byName(name, 31, 2);
    for (int i = 0; i < 31; i++) {
      assertEquals(i % data.outputs(), data.labels()[i]);
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void byName_withDefaultSamples_namesTheSetAfterItself(String name) {
    assertTrue(GeneratedData.defaultSamples(name) >= 1000);
    Dataset data = GeneratedData.byName(name, 1, 2);
    assertEquals(name, data.name());
    assertEquals(1, data.samples());
  }

  @Test
  void byName_ofAnUnknownName_namesThoseThatThereAre() {
    String message =
        "no generated data set is called 'moon'; there are digits, spirals, moons, rings, sine";
    assertEquals(
        message,
        assertThrows(InvalidDataException.class, () -> GeneratedData.byName("moon", 1, 1))
            .getMessage());
    assertThrows(InvalidDataException.class, () -> GeneratedData.defaultSamples("moon"));
  }

  @ParameterizedTest
  @MethodSource("names")
  void byName_ofNoSamples_isRefused(String name) {
    assertEquals(
        name + ": -3 samples asked for; ask for at least 1",
        assertThrows(InvalidDataException.class, () -> GeneratedData.byName(name, -3, 1))
            .getMessage());
    assertThrows(InvalidDataException.class, () -> GeneratedData.byName(name, 0, 1));
  }

  @Test
  void digits_areImagesWithInkInsideAndAlmostNoneAtTheBorder() {
    Dataset digits = GeneratedData.digits(1000, 3);
    assertEquals(28, digits.imageRows());
    assertEquals(28, digits.imageColumns());
    assertEquals(List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"), digits.classNames());
    double border = 0;
    for (int i = 0; i < digits.samples(); i++) {
      double ink = 0;
      for (int pixel = 0; pixel < 784; pixel++) {
        float value = digits.features()[784 * i + pixel];
        assertTrue(value >= 0 && value <= 1, "pixel " + value);
        assertEquals(Math.round(255 * value) / 255f, value);
        ink += value;
        boolean isAtTheBorder = pixel < 28 || pixel >= 756 || pixel % 28 == 0 || pixel % 28 == 27;
        border += isAtTheBorder ? value : 0;
      }
      // The thinnest and shortest "1" against the boldest "8".
      assertTrue(ink > 15 && ink < 350, "sample " + i + " has ink " + ink);
    }
    assertTrue(border / (1000 * 108) < 0.02, "mean ink at the border " + border / (1000 * 108));
  }

  @Test
  void digits_ofOneClass_areAllDifferent() {
    Dataset digits = GeneratedData.digits(2000, 3);
    long different =
        IntStream.range(0, 2000)
            .mapToObj(
                i -> Arrays.hashCode(Arrays.copyOfRange(digits.features(), 784 * i, 784 * i + 784)))
            .distinct()
            .count();
    assertEquals(2000, different);
  }

  @Test
  void digits_areToldApartByTheirClassMeans_butNotAll() {
    // The nearest of ten mean images is a poor classifier, yet far better than chance (10%).
    Dataset train = GeneratedData.digits(2000, 1);
    Dataset test = GeneratedData.digits(1000, 2);
    double[][] means = new double[10][784];
    for (int i = 0; i < train.samples(); i++) {
      for (int pixel = 0; pixel < 784; pixel++) {
        means[train.labels()[i]][pixel] += train.features()[784 * i + pixel] / 200;
      }
    }
    int correct = 0;
    for (int i = 0; i < test.samples(); i++) {
      correct += nearest(means, test.features(), 784 * i) == test.labels()[i] ? 1 : 0;
    }
    assertTrue(correct > 600 && correct < 950, correct + " of 1000 correct");
  }

  private static int nearest(double[][] means, float[] pixels, int offset) {
    int nearest = -1;
    double least = Double.POSITIVE_INFINITY;
    for (int label = 0; label < means.length; label++) {
      double squares = 0;
      for (int pixel = 0; pixel < means[label].length; pixel++) {
        double difference = pixels[offset + pixel] - means[label][pixel];
        squares += difference * difference;
      }
      if (squares < least) {
        least = squares;
        nearest = label;
      }
    }
    return nearest;
  }

  @Test
  void spirals_knownByTheirAngle_areToldApartAtNinetyNinePercent() {
    Dataset spirals = GeneratedData.spirals(3000, 4);
    int correct = 0;
    for (int i = 0; i < spirals.samples(); i++) {
      double x = spirals.features()[2 * i];
      double y = spirals.features()[2 * i + 1];
      double along = (Math.hypot(x, y) - 0.1) / 0.9;
      double turned = (Math.atan2(y, x) - 4.5 * along) * 3 / (2 * Math.PI);
      correct += Math.floorMod(Math.round(turned), 3) == spirals.labels()[i] ? 1 : 0;
    }
    assertTrue(correct >= 2970, correct + " of 3000 correct");
  }

  @Test
  void rings_areToldApartByTheirRadius_butByNoLine() {
    Dataset rings = GeneratedData.rings(1000, 4);
    int correct = 0;
    int bestByLine = 0;
    for (int i = 0; i < rings.samples(); i++) {
      double radius = Math.hypot(rings.features()[2 * i], rings.features()[2 * i + 1]);
      correct += (radius > 0.75 ? 1 : 0) == rings.labels()[i] ? 1 : 0;
    }
    for (int direction = 0; direction < 36; direction++) {
      for (int distance = -12; distance <= 12; distance++) {
        bestByLine = Math.max(bestByLine, correctByLine(rings, direction * 10, distance / 10.0));
      }
    }
    assertTrue(correct >= 990, correct + " of 1000 correct by radius");
    // A line at distance d = 0.5 leaves arccos(0.5) / pi = 1/3 of the outer ring beyond it: with
    // half of the samples inner, 2/3 are right.
    assertTrue(bestByLine < 720, bestByLine + " of 1000 correct by a line");
  }

  private static int correctByLine(Dataset data, int degrees, double distance) {
    double normalX = Math.cos(Math.toRadians(degrees));
    double normalY = Math.sin(Math.toRadians(degrees));
    int correct = 0;
    for (int i = 0; i < data.samples(); i++) {
      double along = data.features()[2 * i] * normalX + data.features()[2 * i + 1] * normalY;
      correct += (along > distance ? 1 : 0) == data.labels()[i] ? 1 : 0;
    }
    return correct;
  }

  @Test
  void moons_lieOnTheirHalfCircles() {
    Dataset moons = GeneratedData.moons(2000, 4);
    for (int i = 0; i < moons.samples(); i++) {
      int label = moons.labels()[i];
      double x = moons.features()[2 * i] - label;
      double y = moons.features()[2 * i + 1] - 0.5 * label;
      // Six standard deviations of the noise.
      assertEquals(1, Math.hypot(x, y), 0.6);
      assertTrue(label == 0 ? y > -0.6 : y < 0.6);
    }
    assertEquals(List.of("x", "y"), moons.featureNames());
  }

  @Test
  void sine_holdsTheSineOfEachInput() {
    Dataset sine = GeneratedData.sine(1001, 9);
    assertFalse(sine.isClassification());
    for (int i = 0; i < sine.samples(); i++) {
      float x = sine.features()[i];
      assertTrue(Math.abs(x) <= (float) Math.PI, "x = " + x);
      // One rounding of a number of at most 1 to float.
      assertEquals(Math.sin(x), sine.targets()[i], 0x1.0p-25 * 1.001);
    }
  }
}
