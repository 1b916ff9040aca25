package dev.myelin.io;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Named arrays in a file that numpy.load opens: a zip without compression, as numpy.savez writes
 * it, of one file {@code NAME.npy} per array, in format 1.0 and C order.
 *
 * <p>Source: numpy.lib.format's documentation.
 */
public final class NumpyArchive {
  /** The data begin at a multiple of this, so that they can be mapped. */
  private static final int ALIGNMENT_BYTES = 64;

  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};

  /** The earliest that a zip can say; the same arrays give the same bytes at any time of day. */
  private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

  private static final class Entry {
    private final byte[] header;
    private final long dataBytes;
    private final AtomicFile.WriteAction data;

    Entry(String type, int[] shape, long dataBytes, AtomicFile.WriteAction data) {
      this.header = header(type, shape);
      this.dataBytes = dataBytes;
      this.data = data;
    }

    void writeTo(OutputStream out) throws IOException {
      out.write(header);
      data.writeTo(out);
    }
  }

  private final Map<String, Entry> entries = new LinkedHashMap<>();

  /** Adds an array of float32; its values are read when the file is written. */
  public void add(NamedFloats array) {
    long bytes = (long) array.values().remaining() * Float.BYTES;
    add(
        array.name(),
        new Entry("<f4", array.shape(), bytes, out -> LittleEndian.write(array.values(), out)));
  }

  /** Adds a vector of float64. */
  public void add(String name, double[] values) {
    byte[] data = LittleEndian.bytes(values);
    add(name, new Entry("<f8", new int[] {values.length}, data.length, out -> out.write(data)));
  }

  /** Adds a text as an array without dimensions. */
  public void add(String name, String text) {
    addTexts(name, List.of(text));
  }

  /**
   * Adds a vector of texts. NumPy gives them all the length of the longest and fills up with
   * U+0000, so that those at a text's own end are lost.
   */
  public void add(String name, List<String> texts) {
    addTexts(name, texts, texts.size());
  }

  private void addTexts(String name, List<String> texts, int... shape) {
    int[][] characters =
        texts.stream().map(text -> text.codePoints().toArray()).toArray(int[][]::new);
    // NumPy has no texts of length 0.
    int length = Math.max(1, Arrays.stream(characters).mapToInt(t -> t.length).max().orElse(0));
    int[] data = new int[Math.multiplyExact(length, texts.size())];
    for (int i = 0; i < characters.length; i++) {
      System.arraycopy(characters[i], 0, data, i * length, characters[i].length);
    }
    byte[] bytes = LittleEndian.bytes(data);
    add(name, new Entry("<U" + length, shape, bytes.length, out -> out.write(bytes)));
  }

  private void add(String name, Entry entry) {
    if (entries.put(name, entry) != null) {
      throw new IllegalArgumentException("the archive has two arrays named " + name);
    }
  }

  /** Magic, version, length and a Python dictionary, filled up with spaces to the alignment. */
  private static byte[] header(String type, int[] shape) {
    String dimensions =
        Arrays.stream(shape).mapToObj(String::valueOf).collect(Collectors.joining(", "));
    String comma = shape.length == 1 ? "," : ""; // "(3)" is a number in Python, "(3,)" a tuple
    String dictionary =
        "{'descr': '%s', 'fortran_order': False, 'shape': (%s%s), }"
            .formatted(type, dimensions, comma);
    int prefix = MAGIC.length + Short.BYTES;
    int bytes = prefix + dictionary.length() + 1;
    int padded = (bytes + ALIGNMENT_BYTES - 1) / ALIGNMENT_BYTES * ALIGNMENT_BYTES;
    byte[] header = Arrays.copyOf(MAGIC, padded);
    header[MAGIC.length] = (byte) (padded - prefix);
    header[MAGIC.length + 1] = (byte) ((padded - prefix) >> 8);
    byte[] text = dictionary.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(text, 0, header, prefix, text.length);
    Arrays.fill(header, prefix + text.length, padded - 1, (byte) ' ');
    header[padded - 1] = '\n';
    return header;
  }

  /**
   * Writes the arrays, in the order in which they were added, whole or not at all. The same arrays
   * give the same bytes.
   *
   * @throws UncheckedIOException when the file cannot be written
   */
  public void write(Path file) {
    AtomicFile.write(
        file,
        out -> {
          ZipOutputStream zip = new ZipOutputStream(out);
          for (Map.Entry<String, Entry> entry : entries.entrySet()) {
            zip.putNextEntry(stored(entry.getKey(), entry.getValue()));
            entry.getValue().writeTo(zip);
            zip.closeEntry();
          }
          zip.finish();
        });
  }

  /**
   * Not compressed, a zip wants to know the checksum first; weights compress by a tenth at best.
   */
  private static ZipEntry stored(String name, Entry content) throws IOException {
    CheckedOutputStream checksum =
        new CheckedOutputStream(OutputStream.nullOutputStream(), new CRC32());
    content.writeTo(checksum);
    ZipEntry entry = new ZipEntry(name + ".npy");
    entry.setMethod(ZipEntry.STORED);
    entry.setTimeLocal(NO_TIME);
    entry.setSize(content.header.length + content.dataBytes);
    entry.setCompressedSize(content.header.length + content.dataBytes);
    entry.setCrc(checksum.getChecksum().getValue());
    return entry;
  }
}
