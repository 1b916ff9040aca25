package dev.myelin.io;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Lays a safetensors file out: header length, header, data. */
final class SafeTensorsWriter {
  /** The data begin at a multiple of this, so that a mapped file can be used as it is. */
  private static final int ALIGNMENT_BYTES = 8;

  private static final String FORMAT = "format";
  private static final String PYTORCH = "pt";

  private SafeTensorsWriter() {}

  static void write(Path file, List<NamedFloats> tensors, Map<String, String> metadata) {
    byte[] header = header(tensors, metadata);
    AtomicFile.write(
        file,
        out -> {
          ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
          out.write(length.putLong(header.length).array());
          out.write(header);
          for (NamedFloats tensor : tensors) {
            LittleEndian.write(tensor.values(), out);
          }
        });
  }

  private static byte[] header(List<NamedFloats> tensors, Map<String, String> metadata) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put(SafeTensorsHeader.METADATA, withFormat(metadata));
    long offset = 0;
    for (NamedFloats tensor : tensors) {
      long end = offset + (long) tensor.values().remaining() * Float.BYTES;
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put(SafeTensorsHeader.DTYPE, StoredType.F32.name());
      entry.put(SafeTensorsHeader.SHAPE, Arrays.stream(tensor.shape()).boxed().toList());
      entry.put(SafeTensorsHeader.OFFSETS, List.of(offset, end));
      if (members.put(tensor.name(), entry) != null) {
        throw new IllegalArgumentException(
            SafeTensorsHeader.placeOf(tensor.name())
                + (tensor.name().equals(SafeTensorsHeader.METADATA)
                    ? ": the format keeps this name for itself"
                    : ": two tensors have this name"));
      }
      offset = end;
    }
    return padded(Json.write(members).getBytes(StandardCharsets.UTF_8));
  }

  /** Sorted, since the order of a caller's map may differ from run to run. */
  private static Map<String, String> withFormat(Map<String, String> metadata) {
    Map<String, String> sorted = new TreeMap<>(metadata);
    String format = sorted.put(FORMAT, PYTORCH);
    if (format != null && !format.equals(PYTORCH)) {
      throw new IllegalArgumentException(
          "metadata: \"format\" is always \"pt\", which tells Python's tools the framework; \""
              + format
              + "\" needs another key");
    }
    return sorted;
  }

  static byte[] padded(byte[] json) {
    int bytes = (json.length + ALIGNMENT_BYTES - 1) / ALIGNMENT_BYTES * ALIGNMENT_BYTES;
    if (bytes > SafeTensorsHeader.MAX_BYTES) {
      throw new IllegalArgumentException(
          "names, shapes and metadata take a header of "
              + (bytes + " bytes; the format allows " + SafeTensorsHeader.MAX_BYTES));
    }
    byte[] header = Arrays.copyOf(json, bytes);
    Arrays.fill(header, json.length, bytes, (byte) ' ');
    return header;
  }
}
