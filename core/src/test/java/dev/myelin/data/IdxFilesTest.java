package dev.myelin.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdxFilesTest {
  private static final String IMAGES = "train-images-idx3-ubyte";
  private static final String LABELS = "train-labels-idx1-ubyte";
  private static final int IMAGE_MAGIC = 0x803;
  private static final int LABEL_MAGIC = 0x801;

  @TempDir Path directory;

  private static byte[] idx(byte[] values, int... header) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * header.length + values.length);
    for (int each : header) {
      bytes.putInt(each);
    }
    return bytes.put(values).array();
  }

  private static byte[] gzip(byte[] plain) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream output = new GZIPOutputStream(packed)) {
      output.write(plain);
    }
    return packed.toByteArray();
  }

  private void write(String name, byte[] bytes) throws IOException {
    Files.write(directory.resolve(name), bytes);
  }

  /** Two images of 2 x 3 pixels and their labels. */
  private static byte[] images() {
    byte[] pixels = {0, 51, 102, (byte) 153, (byte) 204, (byte) 255, 1, 2, 3, 4, 5, 6};
    return idx(pixels, IMAGE_MAGIC, 2, 2, 3);
  }

  private static byte[] labels() {
    return idx(new byte[] {9, 0}, LABEL_MAGIC, 2);
  }

  private void assertTrainRefused(String file, String message) {
    assertEquals(
        directory.resolve(file) + ": " + message,
        assertThrows(InvalidDataException.class, () -> IdxFiles.readTrain(directory)).getMessage());
  }

  private static void assertIsTheSample(Dataset data) {
    assertEquals(2, data.samples());
    assertEquals(2, data.imageRows());
    assertEquals(3, data.imageColumns());
    assertArrayEquals(new int[] {9, 0}, data.labels());
    assertEquals("9", data.classNames().get(9));
    float[] first = Arrays.copyOf(data.features(), 6);
    assertArrayEquals(new float[] {0, 0.2f, 0.4f, 0.6f, 0.8f, 1}, first);
    assertEquals(6 / 255f, data.features()[11]);
  }

  @Test
  void readTrain_readsPlainFiles() throws IOException {
    write(IMAGES, images());
    write(LABELS, labels());
    assertIsTheSample(IdxFiles.readTrain(directory));
    assertTrue(IdxFiles.readTrain(directory).name().endsWith(" (train)"));
  }

  @Test
  void readTest_readsGzippedFilesSpelledWithADot() throws IOException {
    write("t10k-images.idx3-ubyte.gz", gzip(images()));
    write("t10k-labels.idx1-ubyte.gz", gzip(labels()));
    assertIsTheSample(IdxFiles.readTest(directory));
  }

  @Test
  void readTrain_seesByTheBytesWhetherAFileIsGzipped() throws IOException {
    write(IMAGES, gzip(images()));
    write(LABELS + ".gz", labels());
    assertIsTheSample(IdxFiles.readTrain(directory));
  }

  @ParameterizedTest
  @ValueSource(ints = {65_535, 65_536, 65_537, 200_000})
  void readTrain_readsFilesLongerThanABlock(int samples) throws IOException {
    byte[] values = new byte[samples];
    for (int i = 0; i < samples; i++) {
      values[i] = (byte) (i % 7);
    }
    write(IMAGES, gzip(idx(values, IMAGE_MAGIC, samples, 1, 1)));
    write(LABELS, idx(values, LABEL_MAGIC, samples));
    Dataset data = IdxFiles.readTrain(directory);
    for (int i = 0; i < samples; i++) {
      assertEquals(i % 7, data.labels()[i]);
      assertEquals((i % 7) / 255f, data.features()[i]);
    }
  }

  @Test
  void readTrain_withoutAFile_namesTheFilesLookedFor() throws IOException {
    write(IMAGES, images());
    assertEquals(
        directory
            + ": holds none of train-labels-idx1-ubyte, train-labels-idx1-ubyte.gz,"
            + " train-labels.idx1-ubyte, train-labels.idx1-ubyte.gz; copy one of them there",
        assertThrows(InvalidDataException.class, () -> IdxFiles.readTrain(directory)).getMessage());
    Path absent = directory.resolve("absent");
    assertEquals(
        absent + ": no such directory; give the one that holds train-images-idx3-ubyte",
        assertThrows(InvalidDataException.class, () -> IdxFiles.readTrain(absent)).getMessage());
  }

  @Test
  void magicNumber_ofLabelsInPlaceOfImages_isRefused() throws IOException {
    write(IMAGES, idx(new byte[100], LABEL_MAGIC, 100));
    write(LABELS, labels());
    assertTrainRefused(
        IMAGES,
        "bytes 0 to 3 (magic number) are 0x00000801, expected 0x00000803 (unsigned bytes in 3"
            + " dimensions)");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 15})
  void header_cutOff_isRefused(int length) throws IOException {
    write(IMAGES, Arrays.copyOf(images(), length));
    write(LABELS, labels());
    assertTrainRefused(
        IMAGES, "ends at byte " + length + ", within its header of 16 bytes; get the file again");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void values_cutOff_areRefused(boolean gzipped) throws IOException {
    byte[] shorter = Arrays.copyOf(images(), 27);
    write(IMAGES, gzipped ? gzip(shorter) : shorter);
    write(LABELS, labels());
    assertTrainRefused(
        IMAGES,
        "ends at byte 27, expected 28 by its header (2 images x 2 rows x 3 columns): it is cut off;"
            + " get the file again");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void values_beyondTheEnd_areRefused(boolean gzipped) throws IOException {
    byte[] longer = Arrays.copyOf(images(), 29);
    write(IMAGES, gzipped ? gzip(longer) : longer);
    write(LABELS, labels());
    assertTrainRefused(
        IMAGES,
        "goes on after byte 28, where it ends by its header (2 images x 2 rows x 3 columns); get"
            + " the file again");
  }

  @Test
  void header_claimingMoreThanAnArrayHolds_isRefused() throws IOException {
    write(LABELS, labels());
    write(IMAGES, idx(new byte[0], IMAGE_MAGIC, 0x80000000, 28, 28));
    assertTrainRefused(
        IMAGES,
        "bytes 4 to 7 (number of images) claim 2147483648, which makes 2147483648 values; expected"
            + " 1 to 2147483639");
    write(IMAGES, idx(new byte[0], IMAGE_MAGIC, 0x7fff0000, 0xffffffff, 28));
    assertTrainRefused(
        IMAGES,
        "bytes 8 to 11 (number of rows) claim 4294967295, which makes 9223090559730647040 values;"
            + " expected 1 to 2147483639");
  }

  @Test
  void header_claimingMuch_onAShortFile_isRefusedForItsLength() throws IOException {
    // 2 billion pixels would be 8 GB of floats: no test machine need have them.
    write(IMAGES, gzip(idx(new byte[0], IMAGE_MAGIC, 2_000_000_000, 1, 1)));
    write(LABELS, labels());
    assertTrainRefused(
        IMAGES,
        "ends at byte 16, expected 2000000016 by its header (2000000000 images x 1 rows x 1"
            + " columns): it is cut off; get the file again");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void header_claimingNothing_isRefused(int dimension) throws IOException {
    int[] header = {IMAGE_MAGIC, 2, 2, 2};
    header[dimension + 1] = 0;
    write(IMAGES, idx(new byte[8], header));
    write(LABELS, labels());
    String message =
        assertThrows(InvalidDataException.class, () -> IdxFiles.readTrain(directory)).getMessage();
    assertTrue(message.contains("claim 0, which makes 0 values; expected 1 to"), message);
  }

  @Test
  void counts_thatDiffer_areRefused() throws IOException {
    write(IMAGES, images());
    write(LABELS, idx(new byte[3], LABEL_MAGIC, 3));
    assertTrainRefused(
        IMAGES,
        "2 images, but " + directory.resolve(LABELS) + ": 3 labels; the two must belong together");
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 255})
  void label_aboveNine_isRefused(int label) throws IOException {
    write(IMAGES, images());
    write(LABELS, idx(new byte[] {9, (byte) label}, LABEL_MAGIC, 2));
    assertTrainRefused(LABELS, "byte 9 (label of sample 1) is " + label + ", expected 0 to 9");
  }

  @Test
  void gzip_cutOff_isRefused() throws IOException {
    byte[] packed = gzip(images());
    write(IMAGES, Arrays.copyOf(packed, packed.length - 9));
    write(LABELS, labels());
    assertTrainRefused(
        IMAGES, "is a damaged gzip file; get the file again (Unexpected end of ZLIB input stream)");
  }

  @Test
  void gzip_withAWrongChecksum_isRefused() throws IOException {
    byte[] packed = gzip(images());
    packed[packed.length - 8] ^= 1;
    write(IMAGES, packed);
    write(LABELS, labels());
    assertTrainRefused(IMAGES, "is a damaged gzip file; get the file again (Corrupt GZIP trailer)");
  }

  @Test
  void gzip_thatExpandsBeyondItsHeader_isRefusedWithoutExpandingAll() throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream output = new GZIPOutputStream(packed, 1 << 16)) {
      output.write(images());
      for (int i = 0; i < 64; i++) {
        output.write(new byte[1 << 20]);
      }
    }
    // The damage lies far behind what is needed to see that the file is too long.
    byte[] bytes = packed.toByteArray();
    bytes[bytes.length - 1] ^= 1;
    write(IMAGES, bytes);
    write(LABELS, labels());
    assertTrainRefused(
        IMAGES,
        "goes on after byte 28, where it ends by its header (2 images x 2 rows x 3 columns); get"
            + " the file again");
  }
}
