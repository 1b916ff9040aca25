package dev.myelin.io;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads and checks the JSON header of one safetensors file. */
final class SafeTensorsHeader {
  static final int MAX_BYTES = 100_000_000;
  static final String METADATA = "__metadata__";
  static final String DTYPE = "dtype";
  static final String SHAPE = "shape";
  static final String OFFSETS = "data_offsets";
  static final String DAMAGED = "The file is damaged or was written wrongly: export it again.";
  static final String INCOMPLETE = "The file is incomplete: copy or download it again.";
  private static final Set<String> TENSOR_KEYS = Set.of(DTYPE, SHAPE, OFFSETS);

  private final Path file;
  private Map<String, String> metadata = Map.of();
  private final List<TensorInfo> tensors = new ArrayList<>();

  /**
   * @param utf8 the header
   * @param dataBytes how much follows it in the file
   * @throws InvalidModelException unless the tensors cover the data without gap or overlap
   */
  SafeTensorsHeader(Path file, byte[] utf8, long dataBytes) {
    this.file = file;
    for (Map.Entry<?, ?> member : readJson(utf8).entrySet()) {
      String name = (String) member.getKey();
      if (name.equals(METADATA)) {
        metadata = Collections.unmodifiableMap(readMetadata(member.getValue()));
      } else {
        tensors.add(readTensor(name, member.getValue()));
      }
    }
    // The order of the header is free, that of the data is not. An empty tensor begins where the
    // next one does, so it must come first.
    tensors.sort(
        Comparator.comparingLong(TensorInfo::beginByte).thenComparingLong(TensorInfo::endByte));
    requireCover(dataBytes);
  }

  Map<String, String> metadata() {
    return metadata;
  }

  /** In the order of their data. */
  List<TensorInfo> tensors() {
    return Collections.unmodifiableList(tensors);
  }

  /** How messages call a tensor. */
  static String placeOf(String tensorName) {
    return "tensor " + JsonWriter.excerpt(tensorName);
  }

  private Map<?, ?> readJson(byte[] utf8) {
    if (utf8.length == 0 || utf8[0] != '{') {
      String found = utf8.length == 0 ? "nothing" : String.format("0x%02x", utf8[0]);
      throw invalid("header", "'{' as its first byte", found, DAMAGED);
    }
    try {
      return (Map<?, ?>) Json.read(utf8);
    } catch (InvalidJsonException cause) {
      throw new InvalidModelException(
          file + ": header: " + cause.getMessage() + ". " + DAMAGED, cause);
    }
  }

  private Map<String, String> readMetadata(Object value) {
    Map<String, String> texts = new LinkedHashMap<>();
    if (!(value instanceof Map<?, ?> members)) {
      throw invalid(METADATA, "an object", JsonWriter.excerpt(value), DAMAGED);
    }
    for (Map.Entry<?, ?> member : members.entrySet()) {
      String key = (String) member.getKey();
      if (!(member.getValue() instanceof String text)) {
        String place = METADATA + ", " + JsonWriter.excerpt(key);
        throw invalid(place, "a string", JsonWriter.excerpt(member.getValue()), DAMAGED);
      }
      texts.put(key, text);
    }
    return texts;
  }

  private TensorInfo readTensor(String name, Object value) {
    String place = placeOf(name);
    if (!(value instanceof Map<?, ?> members) || !members.keySet().equals(TENSOR_KEYS)) {
      String expected = "an object of dtype, shape and data_offsets";
      throw invalid(place, expected, JsonWriter.excerpt(value), DAMAGED);
    }
    StoredType type = readType(place, members.get(DTYPE));
    List<Long> shape = readWholeNumbers(place + ", " + SHAPE, members.get(SHAPE));
    long bytes = bytes(place + ", " + SHAPE, type, shape);

    place += ", " + OFFSETS;
    List<Long> offsets = readWholeNumbers(place, members.get(OFFSETS));
    if (offsets.size() != 2 || offsets.get(0) > offsets.get(1)) {
      throw invalid(place, "[begin, end], begin <= end", JsonWriter.excerpt(offsets), DAMAGED);
    }
    long begin = offsets.get(0);
    long end = offsets.get(1);
    if (end - begin != bytes) {
      String expected = bytes + " bytes for " + type + " " + JsonWriter.excerpt(shape);
      throw invalid(place, expected, end - begin + " from " + begin + " to " + end, DAMAGED);
    }
    return new TensorInfo(name, type, shape, begin, end);
  }

  private StoredType readType(String place, Object value) {
    for (StoredType type : StoredType.values()) {
      if (type.name().equals(value)) {
        return type;
      }
    }
    String known = "one of " + Arrays.toString(StoredType.values());
    throw invalid(place + ", " + DTYPE, known, JsonWriter.excerpt(value), DAMAGED);
  }

  private List<Long> readWholeNumbers(String place, Object value) {
    if (!(value instanceof List<?> elements)
        || !elements.stream().allMatch(SafeTensorsHeader::isWhole)) {
      throw invalid(place, "a list of integers >= 0", JsonWriter.excerpt(value), DAMAGED);
    }
    return elements.stream().map(Long.class::cast).toList();
  }

  private static boolean isWhole(Object element) {
    return element instanceof Long number && number >= 0;
  }

  private long bytes(String place, StoredType type, List<Long> shape) {
    long bits;
    try {
      bits = Math.multiplyExact(shape.stream().reduce(1L, Math::multiplyExact), type.bits());
    } catch (ArithmeticException overflow) {
      throw new InvalidModelException(
          file
              + (": " + place + ": expected less than 2^63 bits, found more in ")
              + (type + " " + JsonWriter.excerpt(shape) + ". " + DAMAGED),
          overflow);
    }
    if (bits % Byte.SIZE != 0) {
      String found = bits + " bits in " + type + " " + JsonWriter.excerpt(shape);
      throw invalid(place, "whole bytes", found, DAMAGED);
    }
    return bits / Byte.SIZE;
  }

  private void requireCover(long dataBytes) {
    long coveredBytes = 0;
    for (TensorInfo tensor : tensors) {
      if (tensor.beginByte() != coveredBytes) {
        throw invalid(
            placeOf(tensor.name()) + ", " + OFFSETS,
            "to begin at " + coveredBytes + ", where the data before it end",
            tensor.beginByte() + (tensor.beginByte() < coveredBytes ? ", an overlap" : ", a gap"),
            DAMAGED);
      }
      coveredBytes = tensor.endByte();
    }
    if (coveredBytes != dataBytes) {
      String remedy = dataBytes < coveredBytes ? INCOMPLETE : DAMAGED;
      throw invalid("data", coveredBytes + " bytes, as the header says", "" + dataBytes, remedy);
    }
  }

  private InvalidModelException invalid(
      String place, String expected, String found, String remedy) {
    return InvalidModelException.at(file, place, expected, found, remedy);
  }
}
