package dev.myelin.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.DeviceInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TuningTableTest {
  private static final TiledShape TILES = new TiledShape(64, 128, 8, 8, 8);
  private static final PackedShape PANELS = new PackedShape(4, 12, 128);

  @TempDir Path folder;

  private final List<String> warnings = new ArrayList<>();
  private final Logger logger = Logger.getLogger(TuningTable.class.getName());
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord record) {
          warnings.add(record.getLevel() + " " + record.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void listen() {
    logger.addHandler(handler);
    logger.setUseParentHandlers(false);
  }

  @AfterEach
  void listenNoMore() {
    logger.removeHandler(handler);
    logger.setUseParentHandlers(true);
  }

  /** A GPU that needs no driver, since nothing is run on it. */
  static OpenClDevice device(String driver, int maxGroupItems, long localMemoryBytes) {
    DeviceInfo info = new DeviceInfo("opencl", 0, "Pretended GPU", "", 1 << 30, 300);
    return new OpenClDevice(
        null,
        null,
        info,
        "Pretended",
        driver,
        "Pretended|" + driver,
        false,
        false,
        20,
        1 << 28,
        maxGroupItems,
        localMemoryBytes,
        1);
  }

  private static OpenClDevice device() {
    return device("1.0", 256, 32 << 10);
  }

  private static Tuning tuned() {
    return Tuning.defaults(device()).withLarge(TILES).withSmall(TILES).withPacked(PANELS);
  }

  private TuningTable written(GemmVariant variant) {
    TuningTable table = new TuningTable(folder);
    table.write(device(), TuningEntry.document(device(), variant, tuned()));
    return table;
  }

  @Test
  void entry_isReadAsItWasWritten_forTheMeasuredVariantOnly() {
    Tuning defaults = Tuning.defaults(device());
    assertEquals(
        defaults.withLarge(TILES).withSmall(TILES), written(GemmVariant.TILED).of(device()));
    assertEquals(defaults.withPacked(PANELS), written(GemmVariant.PACKED).of(device()));
    assertEquals(List.of(), warnings);
  }

  @Test
  void device_withoutAnEntry_hasTheDefaults_andNoWarning() {
    assertEquals(Tuning.defaults(device()), new TuningTable(folder).of(device()));
    assertEquals(List.of(), warnings);
  }

  private void expectDefaultsAndOneWarning(OpenClDevice device, String reason) {
    TuningTable table = new TuningTable(folder);
    assertEquals(Tuning.defaults(device), table.of(device));
    assertEquals(Tuning.defaults(device), table.of(device));
    assertEquals(1, warnings.size(), warnings.toString());
    String warning = warnings.get(0);
    assertTrue(warning.startsWith("WARNING The tuning in " + table.file(device)), warning);
    assertTrue(warning.contains(reason), warning);
    assertTrue(warning.endsWith("Measure anew with 'myelin tune', or delete the file."), warning);
  }

  @Test
  void entry_ofAnotherDriver_isIgnored() {
    written(GemmVariant.TILED);
    expectDefaultsAndOneWarning(
        device("2.0", 256, 32 << 10), "measured with driver 1.0, and now there is 2.0");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"rows\": 64 | \"rows\": 63 | cannot run tiles of 63 x 128",
        "\"rows\": 64 | \"rows\": 0 | rows must be between 1 and 4096, but is 0",
        "\"rows\": 64 | \"rows\": -64 | rows must be between 1 and 4096, but is -64",
        "\"rows\": 64 | \"rows\": 4294967360 | rows must be between 1 and 4096",
        "\"rows\": 64 | \"rows\": 64.0 | rows must be a whole number, but is 64.0",
        "\"rows\": 64 | \"lines\": 64 | rows must be a whole number, but is missing",
        "\"depth\": 8 | \"depth\": 48 | cannot run tiles of 64 x 128 x 48",
        "\"depth\": 8 | \"depth\": 7 | cannot run tiles of 64 x 128 x 7",
        "\"laneRows\": 8 | \"laneRows\": 2 | cannot run tiles of",
        "\"laneRows\": 8 | \"laneRows\": 64 | cannot run tiles of",
        "\"formatVersion\": 1 | \"formatVersion\": 2 | formatVersion is not 1",
        "\"device\": \"Pretended GPU\" | \"device\": \"Other\" | it is for another device, Other",
        "\"tiled\": { | \"tiled\": 3, \"x\": { | tiled must be an object, but is 3",
        "\"tiled\": { | \"tiled\": { { | line 6",
      })
  void entry_thatWasDamaged_isIgnored(String original, String damaged, String reason)
      throws IOException {
    Path file = written(GemmVariant.TILED).file(device());
    String text = Files.readString(file);
    assertTrue(text.contains(original), text);
    Files.writeString(file, text.replace(original, damaged));
    expectDefaultsAndOneWarning(device(), reason);
  }

  @Test
  void entry_cutOffAnywhere_isIgnoredOrWhole() throws IOException {
    Path file = written(GemmVariant.PACKED).file(device());
    byte[] whole = Files.readAllBytes(file);
    // The last byte is the line's end.
    for (int length = 0; length < whole.length - 1; length++) {
      Files.write(file, java.util.Arrays.copyOf(whole, length));
      assertEquals(Tuning.defaults(device()), new TuningTable(folder).of(device()), "" + length);
    }
  }

  @ParameterizedTest
  @CsvSource({"5, 6, 256", "8, 7, 256", "8, 6, 1", "8, 6, 2000", "32, 6, 256"})
  void panels_thatTheKernelIsNotWrittenFor_areNotValid(int vector, int rows, int depth) {
    assertFalse(new PackedShape(vector, rows, depth).isValid());
  }

  @Test
  void everythingThatIsTried_isValid_andItsBlocksFitTheScratchMemory() {
    TuningSpace space = TuningSpace.of(device());
    assertEquals(15, space.panels().size());
    assertTrue(space.tiles().size() > 20, space.tiles().toString());
    for (PackedShape each : space.panels()) {
      assertTrue(each.isValid(), each.toString());
      for (int depth : space.blockDepths()) {
        PackedShape shape = new PackedShape(each.vector(), each.rows(), depth);
        assertTrue(shape.isValid(), shape.toString());
        assertTrue(shape.blockRows() * depth <= Scratch.PACKED_FLOATS, shape.toString());
        assertTrue(shape.blockColumns() * depth <= Scratch.PACKED_FLOATS, shape.toString());
        assertEquals(0, shape.blockRows() % shape.rows());
        assertEquals(0, shape.blockColumns() % shape.columns());
      }
    }
  }

  @Test
  void defaults_onADeviceWithSmallGroups_areTilesThatItCanRun() {
    OpenClDevice small = device("1.0", 64, 16 << 10);
    Tuning tuning = Tuning.defaults(small);
    assertTrue(tuning.large().fits(small), tuning.toString());
    assertTrue(tuning.medium().fits(small), tuning.toString());
    assertTrue(tuning.small().fits(small), tuning.toString());
  }
}
