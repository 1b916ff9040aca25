package dev.myelin.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.myelin.random.Philox;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class SafeTensorsTest {
  @TempDir private Path directory;
  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = directory.resolve("model.safetensors");
  }

  @Test
  void write_oneTensor_givesTheBytesThatTheFormatPrescribes() throws IOException {
    SafeTensors.write(file, List.of(new NamedFloats("a", new float[] {1, -2}, 2, 1)), Map.of());
    String json =
        "{\"__metadata__\":{\"format\":\"pt\"},"
            + "\"a\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[0,8]}}";
    assertEquals(87, json.length());
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    expected.write(new byte[] {88, 0, 0, 0, 0, 0, 0, 0}); // padded to a multiple of 8
    expected.write((json + " ").getBytes(StandardCharsets.UTF_8));
    expected.write(new byte[] {0, 0, (byte) 0x80, 0x3f, 0, 0, 0, (byte) 0xc0});
    assertArrayEquals(expected.toByteArray(), Files.readAllBytes(file));
  }

  /** As another tool may write it: scalar, spaces in the header, no metadata. */
  @Test
  void open_aFileSpelledOutByteByByte_readsIt() throws IOException {
    byte[] content = {
      60, 0, 0, 0, 0, 0, 0, 0, // header length
      '{', '"', 'w', '"', ':', ' ', '{', '"', 'd', 't', 'y', 'p', 'e', '"', ':', '"', 'F', '3', '2',
      '"', ',', '"', 's', 'h', 'a', 'p', 'e', '"', ':', '[', ']', ',', '"', 'd', 'a', 't', 'a', '_',
      'o', 'f', 'f', 's', 'e', 't', 's', '"', ':', '[', '0', ',', ' ', '4', ']', '}', '}', ' ', ' ',
      ' ', ' ', ' ', // header
      0, 0, 0x20, 0x41, // 10 as binary32
    };
    Files.write(file, content);
    try (SafeTensors model = SafeTensors.open(file)) {
      assertEquals(Map.of(), model.metadata());
      assertEquals(List.of(new TensorInfo("w", StoredType.F32, List.of(), 0, 4)), model.tensors());
      assertEquals(1, model.tensor("w").elements());
      assertArrayEquals(new float[] {10}, model.floats("w"));
    }
  }

  @Test
  void write_thenOpen_givesNamesShapesMetadataAndEveryBit() {
    Philox random = new Philox(5, 0);
    List<NamedFloats> tensors = new ArrayList<>();
    Map<String, float[]> values = new LinkedHashMap<>();
    // Around the 16384 floats that are copied at a time; NaNs with payload among the bits.
    for (int elements : new int[] {1, 0, 16383, 7, 16384, 16385, 40001}) {
      float[] bits = new float[elements];
      for (int i = 0; i < elements; i++) {
        bits[i] = Float.intBitsToFloat(random.nextInt());
      }
      values.put(elements + ".gewicht \u00e9\"\\\n\ud83d\ude00", bits);
    }
    values.forEach((name, bits) -> tensors.add(new NamedFloats(name, bits, 1, bits.length)));
    Map<String, String> metadata = Map.of("epoch", "3", "note", "\u20ac \"quoted\"\u0001");
    SafeTensors.write(file, tensors, metadata);

    try (SafeTensors model = SafeTensors.open(file)) {
      assertEquals(
          Map.of("epoch", "3", "note", "\u20ac \"quoted\"\u0001", "format", "pt"),
          model.metadata());
      assertEquals(
          List.copyOf(values.keySet()), model.tensors().stream().map(TensorInfo::name).toList());
      values.forEach(
          (name, bits) -> {
            assertEquals(List.of(1L, (long) bits.length), model.tensor(name).shape());
            assertEquals(bits.length * 4L, model.tensor(name).bytes());
            assertBitsEqual(bits, model.floats(name));
          });
    }
  }

  @Test
  void write_header_readsAsJacksonReadsIt_withMetadataFirstAndDataAligned() throws IOException {
    for (int nameLength = 1; nameLength <= 9; nameLength++) {
      String name = "w".repeat(nameLength);
      SafeTensors.write(
          file,
          List.of(new NamedFloats("z", new float[6], 2, 3), new NamedFloats(name, new float[1])),
          Map.of("b", "2", "z", "3", "a", "1"));
      ByteBuffer content = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
      int headerBytes = Math.toIntExact(content.getLong());
      assertEquals(0, headerBytes % 8);
      assertEquals(28, content.remaining() - headerBytes);
      JsonNode header = new ObjectMapper().readTree(content.array(), 8, headerBytes);
      assertEquals(List.of("__metadata__", "z", name), keys(header));
      assertEquals(List.of("a", "b", "format", "z"), keys(header.get("__metadata__")));
      assertEquals(
          "{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[24,28]}", header.get(name).toString());
    }
  }

  private static List<String> keys(JsonNode node) {
    List<String> keys = new ArrayList<>();
    node.fieldNames().forEachRemaining(keys::add);
    return keys;
  }

  @Test
  void write_sameInput_sameBytes_inWhateverOrderTheMetadataCome() throws IOException {
    List<NamedFloats> tensors = List.of(new NamedFloats("a", new float[] {1, 2, 3}, 3));
    Map<String, String> ascending = new LinkedHashMap<>();
    Map<String, String> descending = new LinkedHashMap<>();
    for (int i = 0; i < 10; i++) {
      ascending.put("key" + i, "value" + i);
      descending.put("key" + (9 - i), "value" + (9 - i));
    }
    SafeTensors.write(file, tensors, ascending);
    byte[] first = Files.readAllBytes(file);
    SafeTensors.write(file, tensors, descending);
    assertArrayEquals(first, Files.readAllBytes(file));
  }

  @Test
  void write_noTensors_isAFileThatOpens() {
    SafeTensors.write(file, List.of(), Map.of());
    try (SafeTensors model = SafeTensors.open(file)) {
      assertEquals(List.of(), model.tensors());
      assertEquals(Map.of("format", "pt"), model.metadata());
    }
  }

  @Test
  void write_viewsOfOneBlock_storesEachPart_andMovesNoPosition() {
    float[] block = {0, 1, 2, 3, 4, 5, 6, 7};
    FloatBuffer weight = FloatBuffer.wrap(block, 1, 4);
    NamedFloats bias = new NamedFloats("bias", FloatBuffer.wrap(block, 5, 2), 2);
    List<NamedFloats> tensors = List.of(new NamedFloats("weight", weight, 2, 2), bias);
    block[1] = 10; // a view, not a copy
    SafeTensors.write(file, tensors, Map.of());
    SafeTensors.write(file, tensors, Map.of());
    assertEquals(1, weight.position());
    try (SafeTensors model = SafeTensors.open(file)) {
      assertArrayEquals(new float[] {10, 2, 3, 4}, model.floats("weight"));
      assertArrayEquals(new float[] {5, 6}, model.floats("bias"));
    }
  }

  @Test
  void write_whatTheFormatCannotHold_isRefused_andTouchesNoFile() throws IOException {
    NamedFloats a = new NamedFloats("a", new float[1], 1);
    assertWriteRefused("tensor \"a\": two tensors have this name", List.of(a, a), Map.of());
    assertWriteRefused(
        "tensor \"__metadata__\": the format keeps this name for itself",
        List.of(new NamedFloats("__metadata__", new float[1], 1)),
        Map.of());
    assertWriteRefused(
        "metadata: \"format\" is always \"pt\", which tells Python's tools the framework;"
            + " \"tf\" needs another key",
        List.of(a),
        Map.of("format", "tf"));
    try (Stream<Path> files = Files.list(directory)) {
      assertEquals(0, files.count());
    }
    SafeTensors.write(file, List.of(a), Map.of("format", "pt"));
  }

  @Test
  void padded_headerOverTheCap_isRefused() {
    assertEquals(100_000_000, SafeTensorsWriter.padded(new byte[99_999_993]).length);
    var failure =
        assertThrows(
            IllegalArgumentException.class, () -> SafeTensorsWriter.padded(new byte[100_000_001]));
    assertEquals(
        "names, shapes and metadata take a header of 100000008 bytes;"
            + " the format allows 100000000",
        failure.getMessage());
  }

  private void assertWriteRefused(
      String message, List<NamedFloats> tensors, Map<String, String> metadata) {
    var failure =
        assertThrows(
            IllegalArgumentException.class, () -> SafeTensors.write(file, tensors, metadata));
    assertEquals(message, failure.getMessage());
  }

  @Test
  void write_intoAMissingDirectory_saysSo() {
    Path nowhere = directory.resolve("missing").resolve("model.safetensors");
    assertThrows(UncheckedIOException.class, () -> SafeTensors.write(nowhere, List.of(), Map.of()));
  }

  @Test
  void namedFloats_whoseShapeDoesNotFit_isRefused() {
    var tooFew =
        assertThrows(
            IllegalArgumentException.class, () -> new NamedFloats("0.weight", new float[5], 2, 3));
    assertEquals("0.weight: [2, 3] holds 6 elements, but 5 are given", tooFew.getMessage());
    var negative =
        assertThrows(
            IllegalArgumentException.class, () -> new NamedFloats("b", new float[1], -1, -1));
    assertEquals("b: a dimension of [-1, -1] is negative", negative.getMessage());
  }

  @Test
  void open_headerInAnotherOrderThanTheData_givesTheOrderOfTheData() throws IOException {
    // Two empty tensors share their place with "b".
    write(
        "{\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]},"
            + "\"e\":{\"data_offsets\":[4,4],\"shape\":[3,0,9],\"dtype\":\"F32\"},"
            + "\"f\":{\"data_offsets\":[4,4],\"shape\":[0],\"dtype\":\"I64\"},"
            + "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}\n",
        ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putFloat(1).putFloat(2).array());
    try (SafeTensors model = SafeTensors.open(file)) {
      assertEquals(
          List.of("a", "e", "f", "b"), model.tensors().stream().map(TensorInfo::name).toList());
      assertArrayEquals(new float[] {1}, model.floats("a"));
      assertArrayEquals(new float[] {2}, model.floats("b"));
      assertArrayEquals(new float[0], model.floats("e"));
    }
  }

  @Test
  void open_tensorsOfAllTypes_listsThem() throws IOException {
    StringBuilder header = new StringBuilder("{");
    int offset = 0;
    for (StoredType type : StoredType.values()) {
      int end = offset + type.bits(); // eight elements
      header.append(offset == 0 ? "" : ",").append(entry(type.name(), type, "8", offset, end));
      offset = end;
    }
    write(header + "}", new byte[offset]);
    try (SafeTensors model = SafeTensors.open(file)) {
      assertEquals(
          List.of(StoredType.values()), model.tensors().stream().map(TensorInfo::type).toList());
      for (TensorInfo tensor : model.tensors()) {
        if (!tensor.type().readsAsFloats()) {
          var failure =
              assertThrows(InvalidModelException.class, () -> model.floats(tensor.name()));
          assertEquals(
              file
                  + ": tensor \"%s\", dtype: expected F32, F64, F16 or BF16, found %1$s."
                      .formatted(tensor.type())
                  + " Only these can be read as floats: convert the tensor with the tool that"
                  + " wrote the file.",
              failure.getMessage());
        } else {
          assertArrayEquals(new float[8], model.floats(tensor.name()));
        }
      }
      assertEquals(
          List.of("F16", "BF16", "F32", "F64"),
          Stream.of(StoredType.values())
              .filter(StoredType::readsAsFloats)
              .map(Enum::name)
              .toList());
    }
  }

  @Test
  void floats_ofHalfBrainAndDouble_converts() throws IOException {
    ByteBuffer data = ByteBuffer.allocate(4 + 4 + 32).order(ByteOrder.LITTLE_ENDIAN);
    data.putShort((short) 0x3e00).putShort((short) 0xfc00);
    data.putShort((short) 0x3fc0).putShort((short) 0xff80);
    data.putDouble(0.1).putDouble(Double.NEGATIVE_INFINITY).putDouble(1e-60);
    data.putDouble(Float.MAX_VALUE + 0x1p102); // just rounds to MAX_VALUE
    write(
        "{"
            + entry("half", StoredType.F16, "2", 0, 4)
            + ","
            + entry("brain", StoredType.BF16, "2", 4, 8)
            + ","
            + entry("double", StoredType.F64, "4", 8, 40)
            + "}",
        data.array());
    try (SafeTensors model = SafeTensors.open(file)) {
      assertArrayEquals(new float[] {1.5f, Float.NEGATIVE_INFINITY}, model.floats("half"));
      assertArrayEquals(new float[] {1.5f, Float.NEGATIVE_INFINITY}, model.floats("brain"));
      assertArrayEquals(
          new float[] {0.1f, Float.NEGATIVE_INFINITY, 0, Float.MAX_VALUE}, model.floats("double"));
    }
  }

  @Test
  void floats_ofADoubleBeyondFloats_isRefused() throws IOException {
    write(
        "{" + entry("w", StoredType.F64, "1", 0, 8) + "}",
        ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putDouble(-1e39).array());
    try (SafeTensors model = SafeTensors.open(file)) {
      var failure = assertThrows(InvalidModelException.class, () -> model.floats("w"));
      assertEquals(
          file
              + ": tensor \"w\": expected values within +-3.4028235E38, found -1.0E39."
              + " No float holds this F64: scale or clip the tensor before it is saved.",
          failure.getMessage());
    }
  }

  @Test
  void readFloats_inParts_fillsWhatRemains_andNotMore() {
    float[] values = new float[40_000];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    SafeTensors.write(file, List.of(new NamedFloats("w", values, values.length)), Map.of());
    try (SafeTensors model = SafeTensors.open(file)) {
      float[] block = new float[20_010];
      FloatBuffer target = FloatBuffer.wrap(block, 5, 20_000);
      model.readFloats("w", 20_000, target);
      assertEquals(0, target.remaining());
      float[] expected = new float[20_010];
      System.arraycopy(values, 20_000, expected, 5, 20_000);
      assertArrayEquals(expected, block);

      model.readFloats("w", 40_000, FloatBuffer.allocate(0));
      assertThrows(
          IndexOutOfBoundsException.class,
          () -> model.readFloats("w", 39_999, FloatBuffer.allocate(2)));
      assertThrows(
          IndexOutOfBoundsException.class,
          () -> model.readFloats("w", -1, FloatBuffer.allocate(1)));
    }
  }

  @Test
  void floats_bySeveralThreads_readsTheRightTensors() {
    List<NamedFloats> tensors = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      tensors.add(new NamedFloats("" + i, new float[] {i, i}, 2));
    }
    SafeTensors.write(file, tensors, Map.of());
    try (SafeTensors model = SafeTensors.open(file)) {
      // Many small reads, so that one thread's seek falls between another's seek and read.
      IntStream.range(0, 50_000)
          .parallel()
          .forEach(i -> assertArrayEquals(new float[] {i % 20, i % 20}, model.floats("" + i % 20)));
    }
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "Windows does not replace open files")
  void floats_afterTheFileWasReplaced_areStillTheOldOnes() {
    SafeTensors.write(file, List.of(new NamedFloats("w", new float[] {1}, 1)), Map.of());
    try (SafeTensors model = SafeTensors.open(file)) {
      SafeTensors.write(file, List.of(new NamedFloats("w", new float[] {2}, 1)), Map.of());
      assertArrayEquals(new float[] {1}, model.floats("w"));
    }
  }

  @Test
  void floats_afterTheFileWasCutShort_saysSo() throws IOException {
    SafeTensors.write(file, List.of(new NamedFloats("w", new float[9], 9)), Map.of());
    try (SafeTensors model = SafeTensors.open(file)) {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.truncate(Files.size(file) - 1);
      }
      var failure = assertThrows(InvalidModelException.class, () -> model.floats("w"));
      assertEquals(
          file
              + ": cannot be read: it became shorter while it was read."
              + " Check the file and its permissions.",
          failure.getMessage());
    }
  }

  @Test
  void floats_afterClose_throws_andCloseTwiceIsHarmless() {
    SafeTensors.write(file, List.of(new NamedFloats("w", new float[1], 1)), Map.of());
    SafeTensors model = SafeTensors.open(file);
    model.close();
    model.close();
    var failure = assertThrows(IllegalStateException.class, () -> model.floats("w"));
    assertEquals(file + " is closed", failure.getMessage());
    assertEquals(1, model.tensors().size());
  }

  @Test
  void tensor_thatIsNotThere_namesThoseThatAre() {
    SafeTensors.write(
        file,
        List.of(
            new NamedFloats("0.weight", new float[1], 1, 1),
            new NamedFloats("0.bias", new float[1], 1)),
        Map.of());
    try (SafeTensors model = SafeTensors.open(file)) {
      var failure = assertThrows(InvalidModelException.class, () -> model.floats("1.weight"));
      assertEquals(
          file
              + ": tensors: expected \"1.weight\", found [\"0.weight\",\"0.bias\"]."
              + " The file belongs to another model.",
          failure.getMessage());
    }
  }

  /** The file is sparse: its 8 GiB take no room on the disk. */
  @Test
  void open_fileOfManyGigabytes_readsParts_andRefusesWhatNoArrayHolds() throws IOException {
    long hugeElements = 1L << 31;
    long hugeBytes = hugeElements * 4;
    byte[] header =
        ("{"
                + entry("huge", StoredType.F32, "65536,32768", 0, hugeBytes)
                + ","
                + entry("last", StoredType.F32, "2", hugeBytes, hugeBytes + 8)
                + "}")
            .getBytes(StandardCharsets.UTF_8);
    ByteBuffer start = ByteBuffer.allocate(8 + header.length).order(ByteOrder.LITTLE_ENDIAN);
    start.putLong(header.length).put(header).flip();
    ByteBuffer end = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
    end.putFloat(7).putFloat(8).putFloat(9).flip();
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE,
            StandardOpenOption.SPARSE)) {
      channel.write(start);
      channel.write(end, start.capacity() + hugeBytes - 4);
    }
    try (SafeTensors model = SafeTensors.open(file)) {
      assertArrayEquals(new float[] {8, 9}, model.floats("last"));
      FloatBuffer tail = FloatBuffer.allocate(2);
      model.readFloats("huge", hugeElements - 2, tail);
      assertArrayEquals(new float[] {0, 7}, tail.array());
      var failure = assertThrows(InvalidModelException.class, () -> model.floats("huge"));
      assertEquals(
          file
              + ": tensor \"huge\": expected at most 2147483639 elements for a float[],"
              + " found 2147483648 in [65536,32768]. Read it in parts, with readFloats.",
          failure.getMessage());
    }
  }

  @Test
  void metadataAndTensors_cannotBeChanged() {
    SafeTensors.write(file, List.of(new NamedFloats("w", new float[1], 1)), Map.of());
    try (SafeTensors model = SafeTensors.open(file)) {
      assertThrows(UnsupportedOperationException.class, () -> model.metadata().put("a", "b"));
      assertThrows(UnsupportedOperationException.class, () -> model.tensors().clear());
    }
  }

  private static String entry(String name, StoredType type, String shape, long begin, long end) {
    return "\"%s\":{\"dtype\":\"%s\",\"shape\":[%s],\"data_offsets\":[%d,%d]}"
        .formatted(name, type, shape, begin, end);
  }

  private void write(String header, byte[] data) throws IOException {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer content = ByteBuffer.allocate(8 + json.length + data.length);
    content.order(ByteOrder.LITTLE_ENDIAN).putLong(json.length).put(json).put(data);
    Files.write(file, content.array());
  }

  private static void assertBitsEqual(float[] expected, float[] actual) {
    assertEquals(expected.length, actual.length);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(
          Float.floatToRawIntBits(expected[i]), Float.floatToRawIntBits(actual[i]), "at " + i);
    }
  }
}
