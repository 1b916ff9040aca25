package dev.myelin.data;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * One array of an npz file. Nothing of the size that its header claims is allocated before the
 * member is known to have it, and no more of it is expanded than that.
 */
final class NumpyArray {
  /** A multiple of every element's size. */
  private static final int BLOCK_BYTES = 1 << 16;

  /** Whole numbers below are exact as doubles. */
  private static final double EXACT_LIMIT = 0x1p53;

  private interface ElementConsumer {
    void accept(int index, double value);
  }

  private final String place;
  private final ZipFile zip;
  private final ZipEntry member;
  private final NumpyHeader header;
  private final NumpyType type;

  /**
   * Reads the header.
   *
   * @throws InvalidDataException naming file and member
   */
  NumpyArray(ZipFile zip, ZipEntry member) {
    this.place = zip.getName() + ": " + NumpyHeader.excerpt(member.getName());
    this.zip = zip;
    this.member = member;
    try (InputStream in = zip.getInputStream(member)) {
      this.header = NumpyHeader.read(place, in);
    } catch (IOException cause) {
      throw unreadable(cause);
    }
    this.type = header.type();
  }

  String place() {
    return place;
  }

  boolean holdsFloats() {
    return type.isFloat();
  }

  boolean holdsBytes() {
    return type.isUnsignedByte();
  }

  /** Bytes of 3 or more dimensions are images. */
  boolean holdsPixels() {
    return holdsBytes() && header.shape().length >= 3;
  }

  /** A copy. */
  int[] shape() {
    return header.shape();
  }

  /**
   * The first dimension.
   *
   * @throws InvalidDataException when it is 0, or there is none
   */
  int samples() {
    if (header.elements() == 0 || header.shape().length == 0) {
      throw new InvalidDataException(
          "%s: is of shape %s, expected at least one sample along its first dimension"
              .formatted(place, Arrays.toString(header.shape())));
    }
    return header.shape()[0];
  }

  /** The product of all dimensions but the first. */
  int columns() {
    return header.elements() / samples();
  }

  /**
   * All elements, row-major; pixels divided by 255.
   *
   * @throws InvalidDataException for a member that is damaged, and for an element that is not
   *     finite as a float
   */
  float[] floats() {
    requireIntact(Float.BYTES);
    float[] values = new float[header.elements()];
    float divisor = holdsPixels() ? 255 : 1;
    forEach(
        (index, value) -> {
          values[index] = (float) value / divisor;
          if (!Float.isFinite(values[index])) {
            throw new InvalidDataException(
                "%s: value %s of sample %s is %s; every value must be a finite float (counted from 0)"
                    .formatted(place, index % columns(), index / columns(), value));
          }
        });
    return values;
  }

  /**
   * All elements, row-major.
   *
   * @throws InvalidDataException for a member that is damaged, and for an element that is not a
   *     whole number, or so large that it might be another
   */
  long[] wholeNumbers() {
    requireIntact(Long.BYTES);
    long[] values = new long[header.elements()];
    forEach(
        (index, value) -> {
          if (!(Math.abs(value) < EXACT_LIMIT) || value != Math.rint(value)) {
            throw new InvalidDataException(
                "%s: sample %s is %s, but classes are whole numbers below 2^53 (counted from 0)"
                    .formatted(place, index, value));
          }
          values[index] = (long) value;
        });
    return values;
  }

  /**
   * Expands the member once without keeping it: counts its bytes and compares the checksum. What
   * the zip's directory and the header say is believed only where it is a reason not to expand.
   */
  private void requireIntact(int elementBytesInMemory) {
    requireLength(member.getSize());
    requireHeap((long) header.elements() * elementBytesInMemory);
    CRC32 checksum = new CRC32();
    try (InputStream in = new CheckedInputStream(zip.getInputStream(member), checksum)) {
      byte[] block = new byte[BLOCK_BYTES];
      long counted = 0;
      // One byte more than claimed is enough to know that there are too many.
      while (counted <= expectedBytes()) {
        int length = in.read(block, 0, (int) Math.min(BLOCK_BYTES, expectedBytes() + 1 - counted));
        if (length < 0) {
          break;
        }
        counted += length;
      }
      requireLength(counted);
    } catch (IOException cause) {
      throw unreadable(cause);
    }
    if (checksum.getValue() != member.getCrc()) {
      throw new InvalidDataException(
          "%s: is damaged: its checksum is %08x, expected %08x; get the file again"
              .formatted(place, checksum.getValue(), member.getCrc()));
    }
  }

  private long expectedBytes() {
    return header.bytes() + (long) header.elements() * type.bytes();
  }

  private void requireLength(long bytes) {
    long expected = expectedBytes();
    if (bytes != expected) {
      throw new InvalidDataException(
          "%s: %s %s bytes, expected %s by its header (%s of %s bytes); get the file again"
              .formatted(
                  place,
                  bytes < expected ? "has" : "has more than",
                  Math.min(bytes, expected),
                  expected,
                  Arrays.toString(header.shape()),
                  type.bytes()));
    }
  }

  private void requireHeap(long bytes) {
    long heapBytes = Runtime.getRuntime().maxMemory();
    if (bytes > heapBytes) {
      throw new InvalidDataException(
          String.format(
              Locale.ROOT,
              "%s: its %,d values take %,d MiB in memory, and Java may take %,d MiB; give Java more"
                  + " (-Xmx), or save fewer samples",
              place,
              header.elements(),
              bytes >> 20,
              heapBytes >> 20));
    }
  }

  private void forEach(ElementConsumer consumer) {
    try (InputStream in = zip.getInputStream(member)) {
      in.skipNBytes(header.bytes());
      byte[] block = new byte[BLOCK_BYTES];
      ByteBuffer elements = ByteBuffer.wrap(block).order(type.order());
      int index = 0;
      while (index < header.elements()) {
        long remainingBytes = (long) (header.elements() - index) * type.bytes();
        int wanted = (int) Math.min(BLOCK_BYTES, remainingBytes);
        if (in.readNBytes(block, 0, wanted) < wanted) {
          throw new EOFException("it became shorter while it was read");
        }
        elements.clear().limit(wanted);
        while (elements.hasRemaining()) {
          consumer.accept(index++, type.next(elements));
        }
      }
    } catch (IOException cause) {
      throw unreadable(cause);
    }
  }

  private InvalidDataException unreadable(IOException cause) {
    boolean isDamaged = cause instanceof EOFException || cause instanceof ZipException;
    return new InvalidDataException(
        "%s: %s (%s)"
            .formatted(
                place,
                isDamaged ? "is damaged; get the file again" : "cannot be read",
                cause.getMessage()),
        cause);
  }
}
