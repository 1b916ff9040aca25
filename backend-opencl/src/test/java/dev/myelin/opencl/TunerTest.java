package dev.myelin.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.Backend;
import dev.myelin.BackendOptions;
import dev.myelin.DeviceException;
import dev.myelin.TuningReport;
import dev.myelin.testkit.TestDevices;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What tuning may choose from gives the same bits; what it chooses is kept and used. */
class TunerTest {
  private static final TuningSpace TWO_EACH =
      new TuningSpace(
          List.of(new PackedShape(4, 8, 256)),
          List.of(128),
          List.of(new TiledShape(64, 32, 8, 8, 4)),
          64);

  @TempDir Path folder;

  private static OpenClDevice device() {
    TestDevices.open("opencl", BackendOptions.DEFAULT).close();
    return OpenClDevices.of(OpenClDevices.platforms()).get(0);
  }

  /** The products of a training step with these sizes, by the variant that the device has. */
  private static float[][] results(OpenClDevice device, Tuning tuning) {
    OpenClBackend backend = OpenClBackend.open(device, BackendOptions.DEFAULT, tuning);
    try (Backend checked = Tuner.withChecks(backend);
        TrialProducts products = new TrialProducts(checked)) {
      float[][] results = products.results();
      products.requireRight(results[0]);
      return results;
    }
  }

  private static void expectTheDefaultsBits(Tuning tuning) {
    OpenClDevice device = device();
    float[][] expected = results(device, Tuning.defaults(device));
    float[][] actual = results(device, tuning);
    for (int i = 0; i < expected.length; i++) {
      assertArrayEquals(expected[i], actual[i], tuning + ", product " + i);
    }
  }

  static List<PackedShape> panels() {
    return List.of(
        new PackedShape(4, 4, 100),
        new PackedShape(8, 8, 512),
        new PackedShape(16, 12, 384),
        new PackedShape(8, 14, 1024));
  }

  @ParameterizedTest
  @MethodSource("panels")
  void panels_ofAnySize_giveTheSameBits(PackedShape shape) {
    Tuning tuning = Tuning.defaults(device()).withPacked(shape);
    with(GemmVariant.PACKED, () -> expectTheDefaultsBits(tuning));
  }

  static List<TiledShape> tiles() {
    return List.of(
        new TiledShape(32, 64, 8, 4, 4),
        new TiledShape(64, 32, 32, 8, 4),
        new TiledShape(128, 64, 8, 8, 8),
        new TiledShape(64, 128, 16, 4, 8));
  }

  @ParameterizedTest
  @MethodSource("tiles")
  void tiles_ofAnySize_giveTheSameBits(TiledShape shape) {
    Tuning tuning = Tuning.defaults(device()).withLarge(shape).withMedium(shape).withSmall(shape);
    with(GemmVariant.TILED, () -> expectTheDefaultsBits(tuning));
  }

  /** Runs with one variant of the matrix product, whatever the device is. */
  private static void with(GemmVariant variant, Runnable test) {
    String before = System.setProperty(GemmVariant.PROPERTY, variant.name());
    try {
      test.run();
    } finally {
      if (before == null) {
        System.clearProperty(GemmVariant.PROPERTY);
      } else {
        System.setProperty(GemmVariant.PROPERTY, before);
      }
    }
  }

  @Test
  void tune_keepsWhatItReports_andTheNextOpenUsesIt() {
    OpenClDevice device = device();
    TuningTable table = new TuningTable(folder.resolve("new"));
    List<String> progress = new ArrayList<>();
    List<TuningReport> reports = new ArrayList<>();
    with(GemmVariant.PACKED, () -> reports.add(Tuner.tune(device, TWO_EACH, table, progress::add)));

    TuningReport report = reports.get(0);
    assertEquals(table.file(device), report.file());
    assertEquals(
        List.of("panels, at 64 x 64", "depth of panels, at 64 x 64"),
        report.settings().stream().map(TuningReport.Setting::name).toList());
    for (TuningReport.Setting setting : report.settings()) {
      assertEquals(2, setting.candidates().size());
      for (TuningReport.Candidate candidate : setting.candidates()) {
        assertTrue(candidate.gflops() > 0, candidate.toString());
      }
    }
    assertEquals(report.settings().get(1).chosen().value(), table.of(device).packed().toString());
    assertTrue(progress.get(0).startsWith("panels, at 64 x 64: checking 1 of 2"), progress.get(0));
  }

  @Test
  void tune_ofTiles_hasASettingForResultsOfEverySize() {
    OpenClDevice device = device();
    TuningTable table = new TuningTable(folder);
    with(
        GemmVariant.TILED,
        () -> {
          TuningReport report = Tuner.tune(device, TWO_EACH, table, text -> {});
          assertEquals(
              List.of("large", "medium", "small"),
              report.settings().stream().map(each -> each.name().split(" ", 2)[0]).toList());
          assertEquals(
              report.settings().get(2).chosen().value(), table.of(device).small().toString());
        });
  }

  @Test
  void tune_whereNothingCanBeKept_failsBeforeMeasuring() throws IOException {
    Path inTheWay = Files.writeString(folder.resolve("file"), "");
    TuningTable table = new TuningTable(inTheWay.resolve("folder"));
    UncheckedIOException failure =
        assertThrows(
            UncheckedIOException.class,
            () ->
                Tuner.tune(device(), TWO_EACH, table, text -> assertEquals("", text, "measured")));
    assertTrue(failure.getMessage().contains(inTheWay.toString()), failure.getMessage());
  }

  @Test
  void check_ofWrongResults_namesElementAndValues() {
    try (Backend backend = TestDevices.open("opencl", BackendOptions.DEFAULT);
        TrialProducts products = new TrialProducts(backend)) {
      float[][] right = products.results();
      float[][] wrong = products.results();
      assertTrue(TrialProducts.areSame(right, wrong));
      wrong[2][5] = Math.nextUp(wrong[2][5]);
      assertFalse(TrialProducts.areSame(right, wrong));
      wrong[0][134] += 1;
      DeviceException failure =
          assertThrows(DeviceException.class, () -> products.requireRight(wrong[0]));
      assertTrue(failure.getMessage().contains("element [1, 1] is"), failure.getMessage());
      assertNotEquals(right[0][134], wrong[0][134]);
    }
  }

  @Test
  void builtInTable_canBeRead() {
    OpenClDevice device = device();
    assertTrue(new TuningTable(folder).of(device).packed().isValid());
    assertTrue(
        Stream.of(Tuning.defaults(device).large(), Tuning.defaults(device).small())
            .allMatch(shape -> shape.fits(device)));
  }
}
