package dev.myelin.data;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * One IDX file of unsigned bytes, plain or gzipped, whose length is known to be what its header
 * claims.
 *
 * <p>Layout, big endian: bytes 0 and 1 are 0, byte 2 the type of the values (8: unsigned byte),
 * byte 3 the number of dimensions; then the size of each dimension in 4 bytes; then the values, the
 * last dimension fastest. Whether a file is gzipped is seen by its first bytes, not by its name.
 */
final class IdxFile {
  private static final int UNSIGNED_BYTES = 8;
  private static final int BLOCK_BYTES = 1 << 16;

  /** 32 TiB; a header that claims more is damaged. */
  private static final long LARGEST_FILE = 1L << 45;

  /** Takes the values of a file block by block. */
  interface BlockConsumer {
    /**
     * Takes one block.
     *
     * @param block the values; overwritten after the call
     * @param length how many of them are valid
     * @param first the index in the file of the first of them
     */
    void accept(byte[] block, int length, int first);
  }

  private final Path path;
  private final String[] dimensions;
  private final int[] sizes;
  private final int headerBytes;
  private final boolean isGzipped;
  private final long values;

  /**
   * Reads the header and counts the bytes that follow. Nothing of the size that the header claims
   * is allocated before the file is known to have it; of a gzipped file no more is expanded than
   * that.
   *
   * @param dimensions what is counted along each dimension, for messages
   * @throws InvalidDataException naming file, byte, expected and found value
   */
  IdxFile(Path path, String... dimensions) {
    this.path = path;
    this.dimensions = dimensions;
    this.sizes = new int[dimensions.length];
    this.headerBytes = 4 + 4 * dimensions.length;
    try {
      this.isGzipped = isGzipped();
      try (InputStream input = open()) {
        this.values = readHeader(input);
        requireLength(input);
      }
    } catch (IOException cause) {
      throw unreadable(cause);
    }
  }

  Path path() {
    return path;
  }

  int size(int dimension) {
    return sizes[dimension];
  }

  /** The product of all sizes. */
  long values() {
    return values;
  }

  /**
   * The product of all sizes as the length of an array.
   *
   * @throws InvalidDataException when it is none
   */
  int valuesOfArray() {
    if (values > DatasetChecks.LARGEST_ARRAY) {
      throw new InvalidDataException(
          "%s: %s are %s values, more than the %s that one array can hold%s"
              .formatted(path, shape(), values, DatasetChecks.LARGEST_ARRAY, remedy()));
    }
    return (int) values;
  }

  private String remedy() {
    return isGzipped
        ? "; a gzipped file cannot be mapped into memory instead: unpack it with gunzip"
        : "";
  }

  boolean isMappable() {
    return !isGzipped;
  }

  /** Where the values begin. */
  long headerBytes() {
    return headerBytes;
  }

  /** Hands all values to the consumer, in order. */
  void forEachBlock(BlockConsumer consumer) {
    try (InputStream input = open()) {
      input.skipNBytes(headerBytes);
      byte[] block = new byte[BLOCK_BYTES];
      int all = valuesOfArray();
      int first = 0;
      while (first < all) {
        int length = input.readNBytes(block, 0, Math.min(BLOCK_BYTES, all - first));
        if (length == 0) {
          throw truncated(first);
        }
        consumer.accept(block, length, first);
        first += length;
      }
    } catch (IOException cause) {
      throw unreadable(cause);
    }
  }

  private InputStream open() throws IOException {
    InputStream file = Files.newInputStream(path);
    try {
      return isGzipped ? new GZIPInputStream(file, BLOCK_BYTES) : file;
    } catch (IOException | RuntimeException failure) {
      file.close();
      throw failure;
    }
  }

  private boolean isGzipped() throws IOException {
    try (InputStream file = Files.newInputStream(path)) {
      return file.read() == 0x1f && file.read() == 0x8b;
    }
  }

  private long readHeader(InputStream input) throws IOException {
    byte[] header = input.readNBytes(headerBytes);
    if (header.length < headerBytes) {
      throw new InvalidDataException(
          "%s: ends at byte %s, within its header of %s bytes; get the file again"
              .formatted(path, header.length, headerBytes));
    }
    int expectedMagic = UNSIGNED_BYTES << 8 | dimensions.length;
    if (unsignedInt(header, 0) != expectedMagic) {
      throw new InvalidDataException(
          ("%s: bytes 0 to 3 (magic number) are 0x%08x, expected 0x%08x (unsigned bytes in %s"
                  + " dimensions)")
              .formatted(path, unsignedInt(header, 0), expectedMagic, dimensions.length));
    }
    long product = 1;
    for (int i = 0; i < sizes.length; i++) {
      int at = 4 + 4 * i;
      long size = unsignedInt(header, at);
      long most =
          isGzipped || size > DatasetChecks.LARGEST_ARRAY
              ? DatasetChecks.LARGEST_ARRAY
              : LARGEST_FILE;
      if (size < 1 || product > most / size) {
        throw new InvalidDataException(
            "%s: bytes %s to %s (number of %s) claim %s, which makes %s values; expected 1 to %s"
                .formatted(path, at, at + 3, dimensions[i], size, exact(product, size), most));
      }
      product *= size;
      sizes[i] = (int) size;
    }
    return product;
  }

  private static BigInteger exact(long product, long size) {
    return BigInteger.valueOf(product).multiply(BigInteger.valueOf(size));
  }

  private static long unsignedInt(byte[] bytes, int at) {
    long value = 0;
    for (int i = 0; i < 4; i++) {
      value = value << 8 | (bytes[at + i] & 0xff);
    }
    return value;
  }

  private void requireLength(InputStream input) throws IOException {
    long counted = isGzipped ? countExpanded(input) : Files.size(path) - headerBytes;
    if (counted < values) {
      throw truncated(counted);
    }
    if (counted > values) {
      throw new InvalidDataException(
          "%s: goes on after byte %s, where it ends by its header (%s); get the file again"
              .formatted(path, headerBytes + values, shape()));
    }
  }

  private long countExpanded(InputStream input) throws IOException {
    byte[] block = new byte[BLOCK_BYTES];
    long counted = 0;
    // One byte more than claimed is enough to know that there are too many.
    while (counted <= values) {
      int length = input.read(block, 0, (int) Math.min(BLOCK_BYTES, values + 1L - counted));
      if (length < 0) {
        break;
      }
      counted += length;
    }
    return counted;
  }

  private InvalidDataException truncated(long found) {
    return new InvalidDataException(
        "%s: ends at byte %s, expected %s by its header (%s): it is cut off; get the file again"
            .formatted(path, headerBytes + found, headerBytes + values, shape()));
  }

  private String shape() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < sizes.length; i++) {
      text.append(i == 0 ? "" : " x ").append(sizes[i]).append(' ').append(dimensions[i]);
    }
    return text.toString();
  }

  private InvalidDataException unreadable(IOException cause) {
    String problem = "cannot be read";
    if (cause instanceof EOFException || cause instanceof ZipException) {
      problem = "is a damaged gzip file; get the file again";
    }
    return new InvalidDataException(
        "%s: %s (%s)".formatted(path, problem, cause.getMessage()), cause);
  }
}
