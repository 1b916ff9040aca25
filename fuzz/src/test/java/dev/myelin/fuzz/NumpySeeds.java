package dev.myelin.fuzz;

import dev.myelin.io.NamedFloats;
import dev.myelin.io.NumpyArchive;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Right npz files, and wrong ones of every kind that has been thought of. */
final class NumpySeeds {
  private static final int CENTRAL_SIZE_FROM_END = 10;

  private NumpySeeds() {}

  static Stream<byte[]> npz() {
    byte[] right = ours();
    byte[] deflated = zip("x", array("|u1", "(2, 2, 2)", 8), "y", array("<i8", "(2,)", 16));
    return Stream.concat(
        headers(),
        Stream.of(
            new byte[0],
            new byte[22],
            new byte[] {'P', 'K', 5, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
            right,
            Arrays.copyOf(right, right.length - 1),
            Arrays.copyOf(right, right.length + 1),
            Arrays.copyOfRange(right, 1, right.length),
            twice(right),
            changed(right, 14), // checksum in the local header
            changed(right, 150), // data
            changed(right, right.length - CENTRAL_SIZE_FROM_END),
            renamed(right, "x.npy"), // two members of one name
            renamed(right, "\u00ff.npy"), // no UTF-8
            deflated,
            changed(deflated, 40),
            zip("x", array("|u1", "(2, 2, 2)", 1 << 22)), // a bomb
            zip("x", array("|u1", "(2, 2, 2)", 7)),
            zip("x", array("|u1", "(2, 2, 2)", 9)),
            zip("x", array("<f4", "(2, 1000000000)", 8), "y", array("<f4", "(2, 1)", 8)),
            zip("x", array("<f4", "(2, 1)", 8), "y", array("<f4", "(1000000000, 2)", 8)),
            zip("x", array("<i8", "(2147483639,)", 8), "y", array("|u1", "(2147483639, 1)", 8)),
            zip("x", new byte[0], "y", new byte[7])));
  }

  private static Stream<byte[]> headers() {
    return Stream.of(
            "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }",
            "{'descr': '<U1', 'fortran_order': False, 'shape': (1,), }",
            "{'descr': '>f8', 'fortran_order': False, 'shape': (1,), }",
            "{'descr': '|b1', 'fortran_order': False, 'shape': (4, 2), }",
            "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }",
            "{'descr': '<f4', 'fortran_order': True, 'shape': (2, 1), }",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (), }",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (0, 2), }",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (-1, 2), }",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (65536, 65536, 0), }",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775807, 2), }",
            "{'shape': (2L,), 'fortran_order': False, 'descr': \"<f4\"}",
            "(".repeat(10_000),
            "{'descr': '<f4'}",
            "{}",
            "")
        .map(header -> zip("x", npy(header + "\n", 8)));
  }

  private static byte[] ours() {
    NumpyArchive archive = new NumpyArchive();
    archive.add(new NamedFloats("x", new float[] {1, 2, 3, 4}, 2, 2));
    archive.add("y", new double[] {0, 1});
    archive.add("z", List.of("word"));
    return Seeds.written(archive::write);
  }

  private static byte[] array(String type, String shape, int dataBytes) {
    return npy(
        "{'descr': '%s', 'fortran_order': False, 'shape': %s, }\n".formatted(type, shape),
        dataBytes);
  }

  private static byte[] npy(String header, int dataBytes) {
    byte[] text = header.getBytes(StandardCharsets.US_ASCII);
    byte[] start = {
      (byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) text.length, (byte) (text.length >> 8)
    };
    byte[] file = Arrays.copyOf(start, start.length + text.length + dataBytes);
    System.arraycopy(text, 0, file, start.length, text.length);
    return file;
  }

  private static byte[] zip(Object... namesAndContents) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (int i = 0; i < namesAndContents.length; i += 2) {
        zip.putNextEntry(new ZipEntry(namesAndContents[i] + ".npy"));
        zip.write((byte[]) namesAndContents[i + 1]);
        zip.closeEntry();
      }
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return bytes.toByteArray();
  }

  private static byte[] changed(byte[] right, int at) {
    byte[] wrong = right.clone();
    wrong[at] ^= 1;
    return wrong;
  }

  private static byte[] twice(byte[] right) {
    byte[] both = Arrays.copyOf(right, 2 * right.length);
    System.arraycopy(right, 0, both, right.length, right.length);
    return both;
  }

  private static byte[] renamed(byte[] right, String name) {
    String text = new String(right, StandardCharsets.ISO_8859_1).replace("y.npy", name);
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
