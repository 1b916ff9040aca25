package dev.myelin.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.random.Philox;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Images that stay in their file, against the same ones in memory. */
class MappedRowsTest {
  private static final int SAMPLES = 61;
  private static final int INPUTS = 35;

  @TempDir Path directory;

  private Path images;
  private Path labels;

  @BeforeEach
  void writeFiles() throws IOException {
    Philox random = new Philox(3, 0);
    ByteBuffer pixels = ByteBuffer.allocate(16 + SAMPLES * INPUTS);
    pixels.putInt(0x803).putInt(SAMPLES).putInt(5).putInt(7);
    while (pixels.hasRemaining()) {
      pixels.put((byte) random.nextInt());
    }
    ByteBuffer classes = ByteBuffer.allocate(8 + SAMPLES).putInt(0x801).putInt(SAMPLES);
    while (classes.hasRemaining()) {
      classes.put((byte) random.nextInt(10));
    }
    images = Files.write(directory.resolve("images"), pixels.array());
    labels = Files.write(directory.resolve("labels"), classes.array());
  }

  private Dataset mapped(int mappingBytes) {
    IdxFile file = new IdxFile(images, "images", "rows", "columns");
    return IdxFiles.map("x", file, labels, mappingBytes);
  }

  private static void assertSame(Dataset expected, Dataset found) {
    assertArrayEquals(expected.features(), found.features());
    assertArrayEquals(expected.labels(), found.labels());
    assertEquals(expected.samples(), found.samples());
    assertEquals(expected.imageRows(), found.imageRows());
    assertEquals(expected.fingerprint(), found.fingerprint());
    float[] row = new float[INPUTS + 3];
    found.readFeatures(expected.samples() - 1, row, 2);
    for (int i = 0; i < INPUTS; i++) {
      assertEquals(expected.features()[(expected.samples() - 1) * INPUTS + i], row[2 + i], 0f);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 35, 36, 70, 34 * 35, 1 << 30})
  void map_inMappingsOfAnySize_givesTheSameBits(int mappingBytes) {
    assertSame(IdxFiles.read("x", images, labels), mapped(mappingBytes));
  }

  @Test
  void partsOfParts_areTheSameAsInMemory() {
    Split inMemory = IdxFiles.read("x", images, labels).split(0.3, 5);
    Split inFile = mapped(100).split(0.3, 5);
    assertFalse(inFile.train().isInMemory());
    assertSame(inMemory.train(), inFile.train());
    assertSame(inMemory.test(), inFile.test());
    assertSame(inMemory.train().split(0.5, 1).test(), inFile.train().split(0.5, 1).test());
    assertSame(inMemory.test().take(7), inFile.test().take(7));
    int[] rows = {3, 3, 0};
    assertSame(inMemory.test().select(rows), inFile.test().select(rows));
  }

  @Test
  void map_ofAGzippedFile_saysWhatToDo() throws IOException {
    Path packed = directory.resolve("images.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
      out.write(Files.readAllBytes(images));
    }
    InvalidDataException refused =
        assertThrows(InvalidDataException.class, () -> IdxFiles.map("x", packed, labels));
    assertEquals(
        packed + ": is gzipped and cannot be mapped into memory: unpack it with gunzip",
        refused.getMessage());
  }

  @Test
  void requireIntact_afterTheFileWasCutOff_saysBothSizes() throws IOException {
    Dataset data = mapped(1 << 30);
    data.requireIntact();
    try (RandomAccessFile file = new RandomAccessFile(images.toFile(), "rw")) {
      file.setLength(100);
    }
    InvalidDataException shorter = assertThrows(InvalidDataException.class, data::requireIntact);
    assertEquals(
        images
            + ": became shorter while it was read: 100 bytes, expected 2151; leave the file alone"
            + " while it is used, or get it again",
        shorter.getMessage());
    assertThrows(InvalidDataException.class, data::fingerprint);
    Files.delete(images);
    assertThrows(InvalidDataException.class, data::requireIntact);
  }

  @Test
  void read_ofMoreThanTwoGigabytes_mapsThem() throws IOException {
    // Sparse: what is never written takes no room on the disk.
    int samples = 3000;
    Path large = directory.resolve("large");
    try (RandomAccessFile file = new RandomAccessFile(large.toFile(), "rw")) {
      file.setLength(16 + samples * 1_000_000L);
      file.write(
          ByteBuffer.allocate(16).putInt(0x803).putInt(samples).putInt(1000).putInt(1000).array());
      file.seek(16 + samples * 1_000_000L - 2);
      file.write(new byte[] {51, (byte) 255});
    }
    ByteBuffer classes = ByteBuffer.allocate(8 + samples).putInt(0x801).putInt(samples);
    Files.write(labels, classes.array());
    Dataset data = IdxFiles.read("large", large, labels);
    assertFalse(data.isInMemory());
    assertEquals(samples, data.samples());
    float[] row = new float[1_000_000];
    data.readFeatures(samples - 1, row, 0);
    assertEquals(1f, row[999_999]);
    assertEquals(0.2f, row[999_998]);
    data.readFeatures(2500, row, 0);
    assertEquals(0f, row[999_999]);
    InvalidDataException tooLong = assertThrows(InvalidDataException.class, data::features);
    assertTrue(tooLong.getMessage().contains("3000000000 values"), tooLong.getMessage());
  }
}
