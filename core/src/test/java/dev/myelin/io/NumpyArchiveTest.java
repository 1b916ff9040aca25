package dev.myelin.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NumpyArchiveTest {
  @TempDir private Path folder;
  private Path file;
  private final NumpyArchive archive = new NumpyArchive();

  @BeforeEach
  void nameFile() {
    file = folder.resolve("arrays.npz");
  }

  /** One member as numpy.lib.format describes it, read step by step. */
  private static final class Member {
    final String header;
    final ByteBuffer data;
    final ZipEntry entry;

    Member(Path file, String name) throws IOException {
      try (ZipFile zip = new ZipFile(file.toFile())) {
        entry = zip.getEntry(name + ".npy");
        // Reading checks the zip's own checksum.
        byte[] bytes = zip.getInputStream(entry).readAllBytes();
        ByteBuffer all = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        byte[] magic = new byte[6];
        all.get(magic);
        assertArrayEquals("\u0093NUMPY".getBytes(StandardCharsets.ISO_8859_1), magic);
        assertEquals(1, all.get(), "major version");
        assertEquals(0, all.get(), "minor version");
        byte[] text = new byte[Short.toUnsignedInt(all.getShort())];
        all.get(text);
        assertEquals(0, all.position() % 64, "alignment");
        header = new String(text, StandardCharsets.US_ASCII);
        assertTrue(header.endsWith("\n"));
        data = all.slice().order(ByteOrder.LITTLE_ENDIAN);
      }
    }

    List<String> texts(int length) {
      List<String> texts = new ArrayList<>();
      while (data.hasRemaining()) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
          int character = data.getInt();
          if (character != 0) {
            text.appendCodePoint(character);
          }
        }
        texts.add(text.toString());
      }
      return texts;
    }
  }

  @Test
  void floats_areReadBack_withTheirShape() throws IOException {
    archive.add(new NamedFloats("0.weight", new float[] {1, 2, 3, Float.NaN, 5, -0f}, 2, 3));
    archive.add(new NamedFloats("0.bias", new float[] {7, 8}, 2));
    archive.add(new NamedFloats("empty", new float[0], 0, 4));
    archive.add(new NamedFloats("scalar", new float[] {9}));
    archive.write(file);
    Member weight = new Member(file, "0.weight");
    assertEquals(
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", weight.header.strip());
    float[] values = new float[6];
    weight.data.asFloatBuffer().get(values);
    assertArrayEquals(new float[] {1, 2, 3, Float.NaN, 5, -0f}, values);
    assertEquals(24, weight.data.remaining());
    assertTrue(new Member(file, "0.bias").header.contains("'shape': (2,), }"));
    assertTrue(new Member(file, "empty").header.contains("'shape': (0, 4), }"));
    assertTrue(new Member(file, "scalar").header.contains("'shape': (), }"));
    assertEquals(9, new Member(file, "scalar").data.getFloat());
  }

  @Test
  void members_areStored_inTheirOrder() throws IOException {
    archive.add("b", new double[] {1});
    archive.add("a", new double[] {2});
    archive.write(file);
    try (ZipFile zip = new ZipFile(file.toFile())) {
      assertEquals(List.of("b.npy", "a.npy"), zip.stream().map(ZipEntry::getName).toList());
      assertTrue(zip.stream().allMatch(entry -> entry.getMethod() == ZipEntry.STORED));
    }
  }

  @Test
  void doubles_keepAllDigits() throws IOException {
    archive.add("means", new double[] {1 / 3.0, -1e300});
    archive.write(file);
    Member means = new Member(file, "means");
    assertTrue(means.header.startsWith("{'descr': '<f8', "), means.header);
    assertEquals(1 / 3.0, means.data.getDouble());
    assertEquals(-1e300, means.data.getDouble());
  }

  @Test
  void texts_areOfOneLength_inCodePoints() throws IOException {
    List<String> names = List.of("red", "", "gr\u00fcn \ud83d\ude00");
    archive.add("names", names);
    archive.add("loss", "mse");
    archive.add("none", List.of(""));
    archive.write(file);
    Member member = new Member(file, "names");
    assertTrue(member.header.contains("'descr': '<U6'"), member.header);
    assertTrue(member.header.contains("'shape': (3,)"), member.header);
    assertEquals(names, member.texts(6));
    assertTrue(
        new Member(file, "loss")
            .header.contains("'descr': '<U3', 'fortran_order': False, 'shape': ()"));
    assertTrue(new Member(file, "none").header.contains("'descr': '<U1'"));
  }

  @Test
  void write_twice_givesTheSameBytes() throws IOException {
    archive.add("a", new double[] {2});
    archive.write(file);
    Path again = folder.resolve("again.npz");
    archive.write(again);
    assertEquals(-1, Files.mismatch(file, again));
  }

  @Test
  void add_ofANameThatIsThere_isRefused() {
    archive.add("a", "x");
    assertEquals(
        "the archive has two arrays named a",
        assertThrows(IllegalArgumentException.class, () -> archive.add("a", "y")).getMessage());
  }
}
