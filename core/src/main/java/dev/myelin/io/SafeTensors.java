package dev.myelin.io;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Model files in the safetensors format, as PyTorch's and other tools write and read them: the
 * header's length in 8 little-endian bytes, a JSON header, and the tensors' elements, row-major and
 * little-endian.
 *
 * <p>{@link #open} reads the header and checks all of it; elements are read when asked for. An open
 * file keeps its content even if a new one is written in its place (Windows refuses that writing).
 * Instances are safe for use by several threads; reads take turns.
 *
 * <p>Source: the format's description at github.com/huggingface/safetensors. What its reader allows
 * and this one does not: keys that repeat or are unknown, and white space before the header.
 */
public final class SafeTensors implements Closeable {
  private static final int PREFIX_BYTES = Long.BYTES;
  private static final int CHUNK_BYTES = 1 << 16;

  /** The longest array that every JVM can allocate. */
  private static final int MAX_ARRAY_LENGTH = Integer.MAX_VALUE - 8;

  private final Path file;
  private final RandomAccessFile content;
  private final SafeTensorsHeader header;
  private final long dataBegin;
  private final Map<String, TensorInfo> tensorsByName = new HashMap<>();
  private boolean closed;

  private SafeTensors(Path file, RandomAccessFile content) throws IOException {
    this.file = file;
    this.content = content;
    long fileBytes = content.length();
    byte[] json = new byte[readHeaderLength(fileBytes)];
    content.readFully(json);
    this.dataBegin = (long) PREFIX_BYTES + json.length;
    this.header = new SafeTensorsHeader(file, json, fileBytes - dataBegin);
    for (TensorInfo tensor : header.tensors()) {
      tensorsByName.put(tensor.name(), tensor);
    }
  }

  /**
   * Opens a file for reading.
   *
   * @throws InvalidModelException if it cannot be read or breaks the format in any way
   */
  public static SafeTensors open(Path file) {
    if (!Files.isRegularFile(file)) {
      String found = Files.isDirectory(file) ? "a directory" : "none";
      throw new InvalidModelException(
          file + ": expected a regular file, found " + found + ". Check the path.");
    }
    try {
      RandomAccessFile content = new RandomAccessFile(file.toFile(), "r");
      try {
        return new SafeTensors(file, content);
      } catch (Throwable failure) {
        content.close();
        throw failure;
      }
    } catch (IOException cause) {
      throw unreadable(file, cause);
    }
  }

  /**
   * Writes a file of F32 tensors, whole or not at all ({@link AtomicFile#write}). The same
   * arguments give the same bytes.
   *
   * @param tensors stored in this order under names that differ
   * @param metadata texts about the file, stored sorted by key together with {@code format = pt},
   *     by which Python's tools know that PyTorch's conventions hold
   * @throws IllegalArgumentException for a name or key that the format cannot hold
   * @throws UncheckedIOException if the file cannot be written; an older one is as it was
   */
  public static void write(Path file, List<NamedFloats> tensors, Map<String, String> metadata) {
    SafeTensorsWriter.write(file, tensors, metadata);
  }

  /** The texts that the file says about itself, {@code format} among them; may be empty. */
  public Map<String, String> metadata() {
    return header.metadata();
  }

  /** All tensors, in the order in which their elements lie in the file. */
  public List<TensorInfo> tensors() {
    return header.tensors();
  }

  /**
   * The tensor of a name.
   *
   * @throws InvalidModelException naming the tensors that there are
   */
  public TensorInfo tensor(String name) {
    TensorInfo tensor = tensorsByName.get(name);
    if (tensor == null) {
      throw InvalidModelException.at(
          file,
          "tensors",
          JsonWriter.excerpt(name),
          JsonWriter.excerpt(tensors().stream().map(TensorInfo::name).toList()),
          "The file belongs to another model.");
    }
    return tensor;
  }

  /**
   * All elements of a tensor, row-major.
   *
   * <p>F32 comes bit for bit as stored. F16 and BF16 widen exactly; F64 rounds to the nearest
   * float. NaN and infinities pass through: whether they are welcome is the caller's question.
   *
   * @throws InvalidModelException if there is no such tensor, its type is not one of floats, it has
   *     more elements than an array can, or a finite F64 is beyond the range of floats
   * @throws IllegalStateException after {@link #close}
   */
  public float[] floats(String name) {
    TensorInfo tensor = tensor(name);
    FloatDecoder decoder = new FloatDecoder(file, tensor);
    if (tensor.elements() > MAX_ARRAY_LENGTH) {
      throw InvalidModelException.at(
          file,
          SafeTensorsHeader.placeOf(name),
          "at most " + MAX_ARRAY_LENGTH + " elements for a float[]",
          tensor.elements() + " in " + JsonWriter.excerpt(tensor.shape()),
          "Read it in parts, with readFloats.");
    }
    float[] elements = new float[(int) tensor.elements()];
    read(tensor, decoder, 0, FloatBuffer.wrap(elements));
    return elements;
  }

  /**
   * Fills the space that remains in a buffer with a tensor's elements, converted as in {@link
   * #floats}.
   *
   * @param firstElement the index of the first element to read
   * @param target its position moves to its limit
   * @throws IndexOutOfBoundsException if the tensor has not as many elements from there on
   */
  public void readFloats(String name, long firstElement, FloatBuffer target) {
    TensorInfo tensor = tensor(name);
    FloatDecoder decoder = new FloatDecoder(file, tensor);
    Objects.checkFromIndexSize(firstElement, target.remaining(), tensor.elements());
    read(tensor, decoder, firstElement, target);
  }

  private synchronized void read(
      TensorInfo tensor, FloatDecoder decoder, long firstElement, FloatBuffer target) {
    if (closed) {
      throw new IllegalStateException(file + " is closed");
    }
    int elementBytes = tensor.type().bits() / Byte.SIZE;
    long remainingBytes = (long) target.remaining() * elementBytes;
    byte[] chunk = new byte[(int) Math.min(CHUNK_BYTES, remainingBytes)];
    try {
      content.seek(dataBegin + tensor.beginByte() + firstElement * elementBytes);
      while (remainingBytes > 0) {
        int bytes = (int) Math.min(chunk.length, remainingBytes);
        content.readFully(chunk, 0, bytes);
        decoder.decode(ByteBuffer.wrap(chunk, 0, bytes).order(ByteOrder.LITTLE_ENDIAN), target);
        remainingBytes -= bytes;
      }
    } catch (IOException cause) {
      throw unreadable(file, cause);
    }
  }

  /** Closes the file; a second time is harmless. What was read stays valid. */
  @Override
  public synchronized void close() {
    closed = true;
    try {
      content.close();
    } catch (IOException cause) {
      throw new UncheckedIOException("cannot close " + file, cause);
    }
  }

  private int readHeaderLength(long fileBytes) throws IOException {
    String place = "header length";
    if (fileBytes < PREFIX_BYTES) {
      throw InvalidModelException.at(
          file, place, "8 bytes", fileBytes + " in the file", SafeTensorsHeader.INCOMPLETE);
    }
    byte[] prefix = new byte[PREFIX_BYTES];
    content.readFully(prefix);
    long length = ByteBuffer.wrap(prefix).order(ByteOrder.LITTLE_ENDIAN).getLong();
    if (Long.compareUnsigned(length, SafeTensorsHeader.MAX_BYTES) > 0) {
      String found = Long.toUnsignedString(length);
      String limit = "at most " + SafeTensorsHeader.MAX_BYTES;
      throw InvalidModelException.at(file, place, limit, found, remedyForForeignFile(prefix));
    }
    if (length > fileBytes - PREFIX_BYTES) {
      String limit = "at most " + (fileBytes - PREFIX_BYTES) + ", which the file has left";
      throw InvalidModelException.at(file, place, limit, "" + length, SafeTensorsHeader.INCOMPLETE);
    }
    return (int) length;
  }

  /** What to do about the two kinds of file that often stand where a safetensors file should. */
  private static String remedyForForeignFile(byte[] prefix) {
    String start = new String(prefix, StandardCharsets.ISO_8859_1);
    if (start.startsWith("PK")) {
      return "This is a zip, as torch.save writes: save with safetensors.torch.save_file instead.";
    }
    if (start.equals("version ")) {
      return "This is a Git LFS pointer: fetch the file itself with \"git lfs pull\".";
    }
    return "This is not a safetensors file.";
  }

  private static InvalidModelException unreadable(Path file, IOException cause) {
    String reason =
        cause instanceof EOFException
            ? "it became shorter while it was read"
            : AtomicFile.reason(cause);
    return new InvalidModelException(
        file + ": cannot be read: " + reason + ". Check the file and its permissions.", cause);
  }
}
