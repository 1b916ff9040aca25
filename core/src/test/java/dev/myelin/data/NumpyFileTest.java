package dev.myelin.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.myelin.io.NamedFloats;
import dev.myelin.io.NumpyArchive;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class NumpyFileTest {
  private static final byte[] FLOATS =
      little(16).putFloat(1).putFloat(2).putFloat(3).putFloat(4).array();
  private static final String PAIRS = header("<f4", "(2, 2)");

  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = directory.resolve("data.npz");
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static String header(String type, String shape) {
    return "{'descr': '%s', 'fortran_order': False, 'shape': %s, }".formatted(type, shape);
  }

  /** A .npy file of version 1.0. */
  private static byte[] npy(String dictionary, byte... data) {
    return npy(1, (dictionary + "\n").getBytes(StandardCharsets.ISO_8859_1), data);
  }

  private static byte[] npy(int version, byte[] text, byte... data) {
    ByteBuffer bytes = little(12 + text.length + data.length);
    bytes.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', (byte) version, 0});
    if (version == 1) {
      bytes.putShort((short) text.length);
    } else {
      bytes.putInt(text.length);
    }
    bytes.put(text).put(data);
    return written(bytes);
  }

  private static byte[] written(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.position()];
    buffer.get(0, bytes);
    return bytes;
  }

  /** Deflated, as numpy.savez_compressed does. */
  private static byte[] zip(Object... namesAndContents) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (int i = 0; i < namesAndContents.length; i += 2) {
        zip.putNextEntry(new ZipEntry((String) namesAndContents[i]));
        zip.write((byte[]) namesAndContents[i + 1]);
        zip.closeEntry();
      }
    }
    return bytes.toByteArray();
  }

  /**
   * One stored member as numpy.savez writes it: its sizes in the extra field of zip64, whatever
   * they are, 2^32 - 1 in their place, and as they are in the directory.
   */
  private static byte[] savez(String name, byte[] content) {
    CRC32 checksum = new CRC32();
    checksum.update(content);
    int length = content.length;
    byte[] nameBytes = name.getBytes(StandardCharsets.US_ASCII);
    ByteBuffer zip = little(30 + 20 + length + 46 + 22 + 2 * nameBytes.length);
    zip.putInt(0x04034b50).putShort((short) 45).putShort((short) 0).putShort((short) 0);
    zip.putInt(0x00210000).putInt((int) checksum.getValue()).putInt(-1).putInt(-1);
    zip.putShort((short) nameBytes.length).putShort((short) 20).put(nameBytes);
    zip.putShort((short) 1).putShort((short) 16).putLong(length).putLong(length).put(content);
    int directory = zip.position();
    zip.putInt(0x02014b50).putShort((short) 0x032d).putShort((short) 45).putInt(0);
    zip.putInt(0x00210000).putInt((int) checksum.getValue()).putInt(length).putInt(length);
    zip.putShort((short) nameBytes.length).putInt(0).putInt(0).putInt(0x01800000).putInt(0);
    zip.put(nameBytes);
    int end = zip.position();
    zip.putInt(0x06054b50).putInt(0).putShort((short) 1).putShort((short) 1);
    zip.putInt(end - directory).putInt(directory).putShort((short) 0);
    return written(zip);
  }

  private float[] featuresOf(byte[] npy) throws IOException {
    Files.write(file, zip("x.npy", npy));
    try (NumpyFile open = NumpyFile.open(file)) {
      return open.features("x");
    }
  }

  private void assertRefused(String message, Executable reading) {
    InvalidDataException refusal = assertThrows(InvalidDataException.class, reading);
    assertEquals(file + ": " + message, refusal.getMessage());
  }

  private void assertFileRefused(String message, byte... bytes) throws IOException {
    Files.write(file, bytes);
    assertRefused(message, () -> NumpyFile.open(file));
  }

  private void assertArrayRefused(String message, byte... npy) throws IOException {
    Files.write(file, zip("x.npy", npy));
    try (NumpyFile open = NumpyFile.open(file)) {
      assertRefused("x.npy: " + message, () -> open.features("x"));
    }
  }

  @Test
  void floats_areReadBack_fromOurOwnWriter() {
    NumpyArchive archive = new NumpyArchive();
    archive.add(new NamedFloats("x", new float[] {1, 2, 3, 4, 5, -0f}, 3, 2));
    archive.add("y", new double[] {0.5, 1e-40, -7});
    archive.write(file);
    try (NumpyFile open = NumpyFile.open(file)) {
      assertEquals(List.of("x", "y"), open.names());
      assertEquals(3, open.samples("x"));
      assertEquals(2, open.inputs("x"));
      assertTrue(open.holdsFloats("y"));
      assertFalse(open.holdsPixels("x"));
      Dataset data = open.regression("ours", "x", "y");
      assertArrayEquals(new float[] {1, 2, 3, 4, 5, -0f}, data.features());
      assertArrayEquals(new float[] {0.5f, 1e-40f, -7}, data.targets());
      assertEquals(List.of("y"), data.targetNames());
    }
  }

  @Test
  void aFileAsNumpySavesIt_withZip64SizesOfSmallMembers_isRead() throws IOException {
    String padded = PAIRS + " ".repeat(128 - 11 - PAIRS.length()) + "\n";
    byte[] npy = npy(1, padded.getBytes(StandardCharsets.US_ASCII), FLOATS);
    Files.write(file, savez("x.npy", npy));
    try (NumpyFile open = NumpyFile.open(file)) {
      assertArrayEquals(new float[] {1, 2, 3, 4}, open.features("x"));
    }
  }

  @Test
  void images_ofBytes_becomePixelsFrom0To1_asThoseOfIdxFilesDo() throws IOException {
    byte[] pixels = {0, 51, 102, (byte) 153, (byte) 204, (byte) 255, 1, 2, 3, 4, 5, 6};
    byte[] labels = little(16).putLong(9).putLong(-3).array();
    Files.write(
        file,
        zip(
            "x_train.npy",
            npy(header("|u1", "(2, 2, 3)"), pixels),
            "y_train.npy",
            npy(header("<i8", "(2,)"), labels)));
    try (NumpyFile open = NumpyFile.open(file)) {
      assertTrue(open.holdsPixels("x_train"));
      assertTrue(open.holdsBytes("x_train"));
      assertFalse(open.holdsBytes("y_train"));
      assertFalse(open.holdsFloats("y_train"));
      List<String> classes = open.classNames("y_train");
      assertEquals(List.of("-3", "9"), classes);
      Dataset data = open.classification("images", "x_train", "y_train", classes);
      assertArrayEquals(new int[] {1, 0}, data.labels());
      assertEquals(2, data.imageRows());
      assertEquals(3, data.imageColumns());
      assertEquals(0.2f, data.features()[1]);
      assertEquals(1f, data.features()[5]);
      assertEquals(6 / 255f, data.features()[11]);
    }
  }

  @Test
  void numbersOfEveryType_andInEitherOrderOfBytes_areRead() throws IOException {
    float[] both = {-1, 2};
    byte[] ints = little(8).putInt(-1).putInt(2).array();
    assertArrayEquals(both, featuresOf(npy(header("|i1", "(2,)"), (byte) -1, (byte) 2)));
    assertArrayEquals(
        both, featuresOf(npy(header("<i2", "(2,)"), (byte) -1, (byte) -1, (byte) 2, (byte) 0)));
    assertArrayEquals(both, featuresOf(npy(header("<i4", "(2,)"), ints)));
    assertArrayEquals(
        both, featuresOf(npy(header("<i8", "(2,)"), little(16).putLong(-1).putLong(2).array())));
    assertArrayEquals(
        both,
        featuresOf(npy(header("<f8", "(2,)"), little(16).putDouble(-1).putDouble(2).array())));
    assertArrayEquals(
        both,
        featuresOf(
            npy(header(">f4", "(2,)"), ByteBuffer.allocate(8).putFloat(-1).putFloat(2).array())));
    assertArrayEquals(
        new float[] {255, 2}, featuresOf(npy(header("|u1", "(2,)"), (byte) -1, (byte) 2)));
    assertArrayEquals(
        new float[] {65535}, featuresOf(npy(header("<u2", "(1,)"), (byte) -1, (byte) -1)));
    assertArrayEquals(new float[] {0x1p32f, 2}, featuresOf(npy(header("<u4", "(2, 1)"), ints)));
    assertArrayEquals(
        new float[] {1, 0, 1},
        featuresOf(npy(header("|b1", "(3,)"), (byte) 1, (byte) 0, (byte) 1)));
  }

  @Test
  void headersOfEveryVersion_order_andSpacing_areRead() throws IOException {
    float[] expected = {1, 2, 3, 4};
    for (String text :
        new String[] {
          "{\"shape\":(4,),\"descr\":\"<f4\",\"fortran_order\":False}\n",
          "{ 'fortran_order' : False , 'shape' : ( 4L , 1 , ) , 'descr' : '<f4' , }   \n"
        }) {
      for (int version = 1; version <= 3; version++) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        assertArrayEquals(expected, featuresOf(npy(version, bytes, FLOATS)));
      }
    }
  }

  @Test
  void targets_ofSeveralColumns_areNamedByNumber_andOneColumnOfLabelsIsAVector()
      throws IOException {
    Files.write(
        file,
        zip(
            "x.npy",
            npy(PAIRS, FLOATS),
            "y.npy",
            npy(PAIRS, FLOATS),
            "labels.npy",
            npy(header("|i1", "(2, 1)"), (byte) 7, (byte) 5),
            "note.txt",
            new byte[3]));
    try (NumpyFile open = NumpyFile.open(file)) {
      assertEquals(List.of("x", "y", "labels"), open.names());
      assertEquals(List.of("y0", "y1"), open.regression("data", "x", "y").targetNames());
      Dataset data = open.classification("data", "x", "labels", open.classNames("labels"));
      assertArrayEquals(new int[] {1, 0}, data.labels());
      assertEquals(0, data.imageRows());
    }
  }

  @Test
  void whatIsNoZip_orCutOff_orHasMoreBehindIt_isRefused() throws IOException {
    String noEnd =
        "does not end as numpy.savez ends a file: it is cut off, something was added, or it is of"
            + " another kind; get or save it again";
    byte[] right = zip("x.npy", npy(PAIRS, FLOATS));
    assertFileRefused(noEnd);
    assertFileRefused(noEnd, "1,2\n3,4\n".repeat(5).getBytes(StandardCharsets.US_ASCII));
    assertFileRefused(noEnd, Arrays.copyOf(right, right.length - 1));
    assertFileRefused(noEnd, Arrays.copyOf(right, right.length + 1));
    byte[] noDirectory = right.clone();
    noDirectory[right.length - 22 - 46 - 5] ^= 1; // the directory's first byte
    Files.write(file, noDirectory);
    assertTrue(
        assertThrows(InvalidDataException.class, () -> NumpyFile.open(file))
            .getMessage()
            .startsWith(file + ": is a damaged npz file ("));
    Files.delete(file);
    assertRefused("no such file", () -> NumpyFile.open(file));
    Files.createDirectory(file);
    assertRefused("is not a file", () -> NumpyFile.open(file));
  }

  @Test
  void twoMembersOfOneName_areRefused() throws IOException {
    byte[] bytes = zip("x.npy", npy(PAIRS, FLOATS), "z.npy", npy(PAIRS, FLOATS));
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = bytes[i] == 'z' ? (byte) 'x' : bytes[i];
    }
    assertFileRefused("has two members x.npy; save it again", bytes);
  }

  @Test
  void aNameThatIsNotUtf8_isRefused() throws IOException {
    byte[] bytes = zip("z.npy", npy(PAIRS, FLOATS));
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = bytes[i] == 'z' ? (byte) 0xff : bytes[i];
    }
    Files.write(file, bytes);
    String message =
        assertThrows(InvalidDataException.class, () -> NumpyFile.open(file)).getMessage();
    assertTrue(message.startsWith(file + ": is a damaged npz file ("), message);
  }

  @Test
  void aMemberOfOtherThanItsLength_orChecksum_isRefused() throws IOException {
    byte[] right = npy(PAIRS, FLOATS);
    String lengths = "%s bytes, expected 86 by its header ([2, 2] of 4 bytes); get the file again";
    assertEquals(86, right.length);
    assertArrayRefused("has " + lengths.formatted(85), Arrays.copyOf(right, 85));
    assertArrayRefused("has more than " + lengths.formatted(86), Arrays.copyOf(right, 87));
    byte[] stored = savez("x.npy", right);
    byte[] cut = stored.clone();
    cut[stored.length - 22 - 5 - 46 - 3] ^= 1; // the last element's last byte but two
    Files.write(file, cut);
    try (NumpyFile open = NumpyFile.open(file)) {
      String message =
          assertThrows(InvalidDataException.class, () -> open.features("x")).getMessage();
      assertTrue(
          message.matches(
              ".*: x.npy: is damaged: its checksum is \\p{XDigit}{8}, expected \\p{XDigit}{8}; get"
                  + " the file again"),
          message);
    }
    byte[] deflated = zip("x.npy", right);
    deflated[30 + 5] = -1; // a block of a kind that there is none of
    Files.write(file, deflated);
    try (NumpyFile open = NumpyFile.open(file)) {
      String message =
          assertThrows(InvalidDataException.class, () -> open.features("x")).getMessage();
      assertTrue(message.startsWith(file + ": x.npy: is damaged; get the file again ("), message);
    }
  }

  /** A gigabyte of zeros deflates to a megabyte. */
  @Test
  void aBomb_isExpandedNoFurtherThanItsHeaderSays() throws IOException {
    byte[] bomb = npy(header("|u1", "(9,)"), new byte[1 << 24]);
    assertTrue(zip("x.npy", bomb).length < 1 << 15);
    assertArrayRefused(
        "has more than 77 bytes, expected 77 by its header ([9] of 1 bytes); get the file again",
        bomb);
    Files.write(file, claiming(77, zip("x.npy", bomb)));
    try (NumpyFile open = NumpyFile.open(file)) {
      assertRefused(
          "x.npy: has more than 77 bytes, expected 77 by its header ([9] of 1 bytes); get the file"
              + " again",
          () -> open.features("x"));
    }
  }

  /** The file that says in its directory that its only member, x.npy, is of another length. */
  private static byte[] claiming(int bytes, byte[] zip) {
    int directory = zip.length - 22 - 46 - 5;
    ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN).putInt(directory + 24, bytes);
    return zip;
  }

  /** Had it been expanded, it would have been found to be shorter than it claims. */
  @Test
  void anArrayBeyondTheHeap_isRefusedBeforeItIsExpanded() throws IOException {
    byte[] npy = npy(header("|u1", "(2000000000,)"), new byte[9]);
    Files.write(file, claiming(npy.length - 9 + 2_000_000_000, zip("x.npy", npy)));
    String heap =
        "x.npy: its 2,000,000,000 values take %s MiB in memory, and Java may take %s MiB; give Java"
            + " more (-Xmx), or save fewer samples";
    String heapMebibytes =
        String.format(Locale.ROOT, "%,d", Runtime.getRuntime().maxMemory() >> 20);
    try (NumpyFile open = NumpyFile.open(file)) {
      assertRefused(heap.formatted("7,629", heapMebibytes), () -> open.features("x"));
      assertRefused(heap.formatted("15,258", heapMebibytes), () -> open.classNames("x"));
    }
  }

  /** A list of a thousand million names was made before the targets were looked at. */
  @Test
  void targets_ofAsManyColumnsAsADamagedHeaderClaims_areRefusedBeforeTheyAreNamed()
      throws IOException {
    byte[] wide = npy(header("<f4", "(2, 1000000000)"), new byte[8]);
    Files.write(file, zip("x.npy", npy(header("<f4", "(2, 1)"), new byte[8]), "y.npy", wide));
    try (NumpyFile open = NumpyFile.open(file)) {
      assertRefused(
          ("y.npy: has %s bytes, expected %s by its header ([2, 1000000000] of 4 bytes); get the"
                  + " file again")
              .formatted(wide.length, wide.length - 8 + 8_000_000_000L),
          () -> open.regression("wide", "x", "y"));
    }
  }

  @Test
  void classes_areCountedAndSorted_withoutAnObjectPerLabel() throws IOException {
    int samples = 300_000;
    ByteBuffer labels = little(Integer.BYTES * samples);
    for (int i = 0; i < samples; i++) {
      labels.putInt(i % 2 == 0 ? -i : i / 3);
    }
    Files.write(file, zip("y.npy", npy(header("<i4", "(300000,)"), written(labels))));
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (NumpyFile open = NumpyFile.open(file)) {
      long before = threads.getCurrentThreadAllocatedBytes();
      int count = open.countClasses("y");
      long bytes = threads.getCurrentThreadAllocatedBytes() - before;
      assertEquals(
          LongStream.range(0, samples).map(i -> i % 2 == 0 ? -i : i / 3).distinct().count(), count);
      // The labels, what sorting may borrow, the classes alone, and a few blocks of the file.
      assertTrue(bytes < 3L * Long.BYTES * samples + (1 << 20), bytes + " bytes");
      List<String> classes = open.classNames("y");
      assertEquals(count, classes.size());
      assertEquals(List.of("-299998", "-299996"), classes.subList(0, 2));
      assertEquals(List.of("99998", "99999"), classes.subList(count - 2, count));
    }
  }

  @Test
  void aClaimBeyondTheMemory_isRefusedBeforeAnythingIsAllocated() throws IOException {
    String size = Integer.toString(Integer.MAX_VALUE - 8);
    assertArrayRefused(
        "has 82 bytes, expected 8589934633 by its header ([2147483639] of 4 bytes); get the file"
            + " again",
        Arrays.copyOf(npy(header("<f4", "(" + size + ",)")), 82));
    for (String shape :
        new String[] {"(2147483640,)", "(65536, 65536)", "(0, 999999999999999999)"}) {
      assertArrayRefused(
          "is of shape %s, more than the 2147483639 values that one array can hold: save fewer"
              .formatted(shape.replaceAll("\\((.*?),?\\)", "[$1]")),
          npy(header("<f4", shape)));
    }
  }

  @Test
  void objects_areNeverUnpickled() throws IOException {
    assertArrayRefused(
        "holds Python objects ('|O'), which can be had by unpickling only, and that runs what the"
            + " file says: save numbers, with x.astype('float32')",
        npy(header("|O", "(1,)"), (byte) 0x80));
  }

  @Test
  void otherTypes_areRefused() throws IOException {
    for (String type : new String[] {"<c8", "<f2", "<u8", "f4", "", "|f4", "=f4", "<M8[s]"}) {
      assertArrayRefused(
          ("holds '%s', expected numbers of one of [f4, f8, i1, i2, i4, i8, u1, u2, u4, b1]: convert"
                  + " them with x.astype('float32')")
              .formatted(type),
          npy(header(type, "(1,)"), FLOATS));
    }
    assertArrayRefused(
        "holds '<U5', expected numbers of one of [f4, f8, i1, i2, i4, i8, u1, u2, u4, b1]: convert"
            + " them with numpy.unique(x, return_inverse=True)[1]",
        npy(header("<U5", "(1,)"), FLOATS));
    assertArrayRefused(
        "has fields of several types, expected numbers of one: save them one by one",
        npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", FLOATS));
  }

  @Test
  void columnsFirst_isRefused() throws IOException {
    assertArrayRefused(
        "is stored by columns (fortran_order): save numpy.ascontiguousarray(x) instead",
        npy("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 2), }", FLOATS));
  }

  @Test
  void damagedHeaders_areRefused() throws IOException {
    assertArrayRefused(
        "does not begin as an array that NumPy saved (\\x93NUMPY): save it again", FLOATS);
    assertArrayRefused(
        "is of version 4.0 of NumPy's format, expected 1.0 to 3.0: save it again",
        npy(4, new byte[0]));
    assertArrayRefused(
        "claims a header of 10001 bytes, expected at most 10000: save it again",
        npy(2, new byte[10_001]));
    assertArrayRefused(
        "ends within its header: it is cut off; get the file again", Arrays.copyOf(npy(PAIRS), 30));
    for (String[] textAndProblem :
        new String[][] {
          {"[]", "'[]' at character 0, expected '{'"},
          {"{}", "nothing at character 2, expected descr, fortran_order and shape before it"},
          {"{'descr': open('x')}", "'open('x')}' at character 10, expected a text in quotes"},
          {"{'descr': '<\\x664'}", "''<\\x664'}' at character 10, expected a text in quotes"},
          {"{'descr' '<f4'}", "''<f4'}' at character 9, expected ':'"},
          {"{'shape': 4}", "'4}' at character 10, expected '('"},
          {"{'shape': (4)}", "')}' at character 12, expected a comma"},
          {"{'shape': (2 2)}", "'2)}' at character 13, expected a comma"},
          {
            "{'shape': (-1,)}",
            "'-1,)}' at character 11, expected a whole number of at most 18 digits"
          },
          {"{'shape': (,)}", "',)}' at character 11, expected a whole number of at most 18 digits"},
          {
            "{'shape': (9999999999999999999,)}",
            "'9999999999999999999,)}' at character 11, expected a whole number of at most 18 digits"
          },
          {"{'fortran_order': 0}", "'0}' at character 18, expected True or False"},
          {
            "{'shape': (), 'shape': ()}",
            "''shape': ()}' at character 14, expected each of descr, fortran_order and shape once"
          },
          {
            "{'color': 'red'}",
            "''color': 'red'}' at character 1, expected each of descr, fortran_order and shape once"
          },
          {
            PAIRS + "x",
            "'x' at character " + PAIRS.length() + ", expected nothing but spaces and a newline"
          },
        }) {
      assertArrayRefused(
          "its header has " + textAndProblem[1] + ": it is damaged; save it again",
          npy(textAndProblem[0], FLOATS));
    }
  }

  @Test
  void arraysWithoutSamples_andValuesThatAreNotFinite_areRefused() throws IOException {
    for (String shape : new String[] {"()", "(0,)", "(3, 0)"}) {
      assertArrayRefused(
          "is of shape %s, expected at least one sample along its first dimension"
              .formatted(shape.replaceAll("\\((.*?),?\\)", "[$1]")),
          npy(header("<f4", shape), Arrays.copyOf(FLOATS, shape.equals("()") ? 4 : 0)));
    }
    String finite = "; every value must be a finite float (counted from 0)";
    assertArrayRefused(
        "value 1 of sample 0 is NaN" + finite,
        npy(header("<f4", "(1, 2)"), little(8).putFloat(0).putFloat(Float.NaN).array()));
    assertArrayRefused(
        "value 0 of sample 1 is -1.0E39" + finite,
        npy(header("<f8", "(2, 1)"), little(16).putDouble(1).putDouble(-1e39).array()));
  }

  @Test
  void labels_thatAreNoClasses_areRefused() throws IOException {
    Files.write(
        file,
        zip(
            "x.npy", npy(PAIRS, FLOATS),
            "three.npy", npy(header("|u1", "(3,)"), new byte[3]),
            "same.npy", npy(header("|u1", "(2,)"), new byte[2]),
            "half.npy", npy(header("<f4", "(2,)"), little(8).putFloat(1).putFloat(0.5f).array()),
            "large.npy", npy(header("<i8", "(1,)"), little(8).putLong((1L << 53) + 1).array()),
            "other.npy", npy(header("|u1", "(2,)"), (byte) 1, (byte) 2),
            "hot.npy", npy(header("|u1", "(2, 2)"), new byte[4])));
    try (NumpyFile open = NumpyFile.open(file)) {
      List<String> classes = List.of("0", "1");
      assertRefused(
          "has no array y, but [x, three, same, half, large, other, hot]:"
              + " numpy.savez(file, y=...) names one so",
          () -> open.classNames("y"));
      assertRefused(
          "x.npy: 2 samples, but " + file + ": three.npy: 3; the two must belong together",
          () -> open.classification("data", "x", "three", classes));
      assertRefused(
          "same.npy: has the classes [0]; at least two are needed",
          () -> open.classification("data", "x", "same", open.classNames("same")));
      String whole = ", but classes are whole numbers below 2^53 (counted from 0)";
      assertRefused("half.npy: sample 1 is 0.5" + whole, () -> open.classNames("half"));
      assertRefused(
          "large.npy: sample 0 is 9.007199254740992E15" + whole, () -> open.classNames("large"));
      assertRefused(
          "other.npy: sample 1 is 2, which is none of the classes [0, 1]",
          () -> open.classification("data", "x", "other", classes));
      assertRefused(
          "hot.npy: has 2 numbers per sample, expected one, the class: of one-hot rows save"
              + " y.argmax(axis=1)",
          () -> open.classNames("hot"));
    }
  }
}
