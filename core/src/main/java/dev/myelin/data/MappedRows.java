package dev.myelin.data;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Rows of unsigned bytes in a file that is mapped into memory, divided by 255: the heap holds none
 * of them. A mapping takes less than 2^31 bytes, so a large file has several, of whole rows each.
 *
 * <p>Selected rows share the mappings; only their numbers are kept.
 */
final class MappedRows implements FeatureRows {
  /** As large as can be with a round number; the system maps in pages. */
  static final int LARGEST_MAPPING_BYTES = 1 << 30;

  /** value / 255f for each byte, which gives the same bits as dividing. */
  private static final float[] PIXELS = new float[256];

  static {
    for (int i = 0; i < PIXELS.length; i++) {
      PIXELS[i] = i / 255f;
    }
  }

  private final Path file;
  private final long fileBytes;
  private final int inputs;
  private final MappedByteBuffer[] mappings;
  private final int rowsPerMapping;

  /** Which rows of the file these are; null for all of them. */
  private final int[] selected;

  private final int samples;

  private MappedRows(MappedRows of, int[] selected) {
    this.file = of.file;
    this.fileBytes = of.fileBytes;
    this.inputs = of.inputs;
    this.mappings = of.mappings;
    this.rowsPerMapping = of.rowsPerMapping;
    this.selected = selected;
    this.samples = selected.length;
  }

  private MappedRows(Path file, long firstByte, int samples, int inputs, int mappingBytes)
      throws IOException {
    this.file = file;
    this.inputs = inputs;
    this.samples = samples;
    this.selected = null;
    this.fileBytes = firstByte + (long) samples * inputs;
    this.rowsPerMapping = Math.max(1, mappingBytes / inputs);
    this.mappings = new MappedByteBuffer[(samples - 1) / rowsPerMapping + 1];
    try (FileChannel channel = FileChannel.open(file)) {
      for (int i = 0; i < mappings.length; i++) {
        long firstRow = (long) i * rowsPerMapping;
        long rows = Math.min(rowsPerMapping, samples - firstRow);
        mappings[i] =
            channel.map(
                FileChannel.MapMode.READ_ONLY, firstByte + firstRow * inputs, rows * inputs);
      }
    }
  }

  /**
   * Maps a file.
   *
   * @param firstByte where the first row begins
   * @param samples how many rows there are; the file is known to hold them
   * @param mappingBytes what one mapping takes at most, but for a row that is longer
   * @throws InvalidDataException when the system does not map it
   */
  static MappedRows of(Path file, long firstByte, int samples, int inputs, int mappingBytes) {
    try {
      return new MappedRows(file, firstByte, samples, inputs, mappingBytes);
    } catch (IOException cause) {
      throw new InvalidDataException(
          file + ": cannot be mapped into memory (" + cause.getMessage() + ")", cause);
    }
  }

  @Override
  public int samples() {
    return samples;
  }

  @Override
  public boolean isInMemory() {
    return false;
  }

  @Override
  public void read(int row, float[] target, int offset) {
    int fileRow = selected == null ? row : selected[row];
    byte[] bytes = new byte[inputs];
    try {
      mappings[fileRow / rowsPerMapping].get(fileRow % rowsPerMapping * inputs, bytes);
    } catch (InternalError noSuchPage) {
      // What the JVM makes of a SIGBUS: there is no file any more where the page should be.
      throw shorter(noSuchPage);
    }
    for (int i = 0; i < inputs; i++) {
      target[offset + i] = PIXELS[bytes[i] & 0xff];
    }
  }

  @Override
  public float[] array() {
    float[] values = new float[DatasetChecks.elements(file.toString(), samples, inputs)];
    for (int row = 0; row < samples; row++) {
      read(row, values, row * inputs);
    }
    requireIntact();
    return values;
  }

  @Override
  public FeatureRows select(int[] rows) {
    int[] chosen = rows.clone();
    if (selected != null) {
      for (int i = 0; i < chosen.length; i++) {
        chosen[i] = selected[chosen[i]];
      }
    }
    return new MappedRows(this, chosen);
  }

  @Override
  public void requireIntact() {
    // The rest of the last page reads as zeros without any error.
    try {
      if (Files.size(file) < fileBytes) {
        throw shorter(null);
      }
    } catch (IOException cause) {
      throw new InvalidDataException(
          file + ": cannot be read any more (" + cause.getMessage() + ")", cause);
    }
  }

  private InvalidDataException shorter(Throwable cause) {
    return new InvalidDataException(
        String.format(
            "%s: became shorter while it was read: %s bytes, expected %s; leave the file alone while"
                + " it is used, or get it again",
            file, sizeNow(), fileBytes),
        cause);
  }

  private String sizeNow() {
    try {
      return Long.toString(Files.size(file));
    } catch (IOException gone) {
      return "no";
    }
  }
}
