package dev.myelin.fuzz;

import dev.myelin.Activation;
import dev.myelin.data.Standardizer;
import dev.myelin.io.NamedFloats;
import dev.myelin.io.SafeTensors;
import dev.myelin.model.TrainedModel;
import dev.myelin.nn.Loss;
import dev.myelin.nn.MlpSpec;
import dev.myelin.nn.NamedParameter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/** Right files, and wrong ones of every kind that has been thought of. */
final class Seeds {
  private static final String TENSOR = "\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]";
  private static final int IMAGES_MAGIC = 0x803;
  private static final int LABELS_MAGIC = 0x801;

  private Seeds() {}

  static Stream<byte[]> safeTensors() {
    byte[] right =
        written(
            file ->
                SafeTensors.write(
                    file,
                    List.of(new NamedFloats("a", new float[] {1, Float.NaN}, 2, 1)),
                    Map.of("key", "value")));
    return Stream.of(
        new byte[0],
        new byte[7],
        right,
        Arrays.copyOf(right, right.length - 1),
        Arrays.copyOf(right, right.length + 1),
        withHeader(Long.MIN_VALUE, "{}", 0),
        withHeader(Long.MAX_VALUE, "{}", 0),
        withHeader(100_000_000, "{}", 0),
        withHeader("{}", 0),
        withHeader("[".repeat(10_000), 0),
        withHeader("{\"a\":".repeat(10_000), 0),
        withHeader("{\"a\":{" + TENSOR + "}}", 4),
        withHeader("{\"a\":{" + TENSOR + "},\"a\":{" + TENSOR + "}}", 4),
        withHeader("{\"a\":{" + TENSOR + "},\"b\":{" + TENSOR + "}}", 4), // overlap
        withHeader(tensor("F32", "1", 4, 8), 8), // gap
        withHeader(tensor("F32", "1", 4, 0), 4), // reversed
        withHeader(tensor("F32", "2", 0, 4), 4), // more elements than bytes
        withHeader(tensor("F32", "4294967296,4294967296", 0, 0), 0),
        withHeader(tensor("F32", "9223372036854775807,2", 0, 4), 4),
        withHeader(tensor("F32", "-1", 0, 4), 4),
        withHeader(tensor("F32", "0", 0, 0), 0),
        withHeader(tensor("F32", "", 0, 4), 4),
        withHeader(tensor("F64", "1", 0, 8), 8),
        withHeader(tensor("F16", "1", 0, 2), 2),
        withHeader(tensor("BF16", "1", 0, 2), 2),
        withHeader(tensor("I64", "1", 0, 8), 8),
        withHeader(tensor("F7", "1", 0, 4), 4),
        withHeader("{\"__metadata__\":{\"a\":1}}", 0),
        withHeader("{\"__metadata__\":{\"a\":\"\\ud800\"}}", 0));
  }

  static Stream<byte[]> models() {
    MlpSpec spec = MlpSpec.of(Activation.RELU, 2, 3, 2);
    TrainedModel model = model(spec, Optional.empty());
    Standardizer standardizer = new Standardizer(new double[] {1, 2}, new double[] {3, 4});
    byte[] right = written(model::save);
    String text = new String(right, StandardCharsets.ISO_8859_1);
    return Stream.of(
        right,
        written(model(spec, Optional.of(standardizer))::save),
        text.replace("[3,2]", "[2,3]").getBytes(StandardCharsets.ISO_8859_1),
        text.replace("relu", "rule").getBytes(StandardCharsets.ISO_8859_1),
        text.replace("formatVersion", "formatversion").getBytes(StandardCharsets.ISO_8859_1));
  }

  /** As PyTorch writes them: no metadata of ours, any prefix, any order. */
  static Stream<byte[]> stateDicts() {
    return Stream.of(
        stateDict("net.0.weight", 3, 2, "net.0.bias", 3, "net.2.weight", 2, 3, "net.2.bias", 2),
        stateDict("b.weight", 2, 3, "a.weight", 3, 2),
        stateDict("a.weight", 3, 3, "b.weight", 3, 3),
        stateDict("a.weight", 3, 2, "b.weight", 5, 4),
        stateDict("a.weight", 3, 2, "a.bias", 2),
        stateDict("a.weight", 3, 2, "a.running_mean", 3),
        stateDict("weight", 0, 2),
        stateDict("0.weight", 1, 1, "00.weight", 1, 1, "18446744073709551616.weight", 1, 1));
  }

  private static byte[] stateDict(Object... namesAndSizes) {
    List<NamedFloats> tensors = new ArrayList<>();
    for (int i = 0; i < namesAndSizes.length; ) {
      String name = (String) namesAndSizes[i++];
      int[] shape = new int[name.endsWith("weight") ? 2 : 1];
      for (int j = 0; j < shape.length; j++) {
        shape[j] = (Integer) namesAndSizes[i++];
      }
      int elements = Arrays.stream(shape).reduce(1, Math::multiplyExact);
      tensors.add(new NamedFloats(name, new float[elements], shape));
    }
    return written(file -> SafeTensors.write(file, tensors, Map.of()));
  }

  private static TrainedModel model(MlpSpec spec, Optional<Standardizer> features) {
    List<NamedParameter> parameters =
        List.of(
            new NamedParameter("0.weight", new int[] {3, 2}, new float[] {1, 2, 3, 4, 5, 6}),
            new NamedParameter("0.bias", new int[] {3}, new float[3]),
            new NamedParameter("2.weight", new int[] {2, 3}, new float[6]),
            new NamedParameter("2.bias", new int[] {2}, new float[2]));
    return new TrainedModel(
        spec,
        parameters,
        Loss.crossEntropy(),
        List.of("a", "b"),
        List.of(),
        List.of(),
        features,
        Optional.empty());
  }

  static Stream<byte[]> idxPairs() {
    byte[] images = idx(IMAGES_MAGIC, 2, new int[] {2, 2, 2});
    byte[] labels = idx(LABELS_MAGIC, 3, new int[] {2});
    byte[] zipped = gzip(images);
    byte[] badChecksum = zipped.clone();
    badChecksum[zipped.length - 5] ^= 1;
    byte[] twice = Arrays.copyOf(zipped, 2 * zipped.length);
    System.arraycopy(zipped, 0, twice, zipped.length, zipped.length);
    byte[] bomb = gzip(new byte[1 << 22]);
    return Stream.of(
        new byte[0],
        pair(images, labels),
        pair(zipped, gzip(labels)),
        pair(Arrays.copyOf(zipped, zipped.length - 1), labels),
        pair(badChecksum, labels),
        pair(twice, labels),
        pair(bomb, labels),
        pair(images, idx(LABELS_MAGIC, 10, new int[] {2})),
        pair(images, idx(LABELS_MAGIC, 3, new int[] {3})),
        pair(Arrays.copyOf(images, images.length - 1), labels),
        pair(Arrays.copyOf(images, images.length + 1), labels),
        pair(header(IMAGES_MAGIC, 1 << 31, 28, 28), labels),
        pair(header(IMAGES_MAGIC, -1, -1, -1), labels),
        pair(header(IMAGES_MAGIC, 0, 0, 0), header(LABELS_MAGIC, 0)),
        pair(labels, images));
  }

  static Stream<byte[]> json() {
    return Stream.of(
            "",
            "{}",
            "[]",
            "null",
            "[1, -0, 0.1e-7, 1e400, 12345678901234567890]",
            "{\"a\": [true, false, null, \"\\u00e9\\n\\\"\"]}",
            "{\"a\": 1, \"a\": 2}",
            "[".repeat(10_000),
            "[1,]",
            "\"\\ud800\"",
            "\"\ud83d\ude00\"",
            "01",
            "1.",
            "nul")
        .map(text -> text.getBytes(StandardCharsets.UTF_8));
  }

  private static String tensor(String type, String shape, long begin, long end) {
    return String.format(
        "{\"a\":{\"dtype\":\"%s\",\"shape\":[%s],\"data_offsets\":[%d,%d]}}",
        type, shape, begin, end);
  }

  private static byte[] withHeader(String header, int dataBytes) {
    return withHeader(header.length(), header, dataBytes);
  }

  private static byte[] withHeader(long claimedBytes, String header, int dataBytes) {
    byte[] text = header.getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(8 + text.length + dataBytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(claimedBytes)
        .put(text)
        .array();
  }

  private static byte[] header(int magic, int... sizes) {
    ByteBuffer file = ByteBuffer.allocate(4 + 4 * sizes.length).putInt(magic);
    for (int size : sizes) {
      file.putInt(size);
    }
    return file.array();
  }

  private static byte[] idx(int magic, int value, int[] sizes) {
    byte[] header = header(magic, sizes);
    byte[] file =
        Arrays.copyOf(header, header.length + Arrays.stream(sizes).reduce(1, Math::multiplyExact));
    Arrays.fill(file, header.length, file.length, (byte) value);
    return file;
  }

  private static byte[] pair(byte[] images, byte[] labels) {
    return ByteBuffer.allocate(2 + images.length + labels.length)
        .putShort((short) images.length)
        .put(images)
        .put(labels)
        .array();
  }

  private static byte[] gzip(byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
      zip.write(content);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return out.toByteArray();
  }

  interface Writer {
    void write(Path file);
  }

  static byte[] written(Writer writer) {
    try {
      Path file = Files.createTempFile("myelin-seed", ".tmp");
      try {
        writer.write(file);
        return Files.readAllBytes(file);
      } finally {
        Files.delete(file);
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
