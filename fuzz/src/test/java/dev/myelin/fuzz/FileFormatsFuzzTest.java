package dev.myelin.fuzz;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.myelin.Activation;
import dev.myelin.data.Dataset;
import dev.myelin.data.IdxFiles;
import dev.myelin.data.InvalidDataException;
import dev.myelin.data.NumpyFile;
import dev.myelin.io.InvalidJsonException;
import dev.myelin.io.InvalidModelException;
import dev.myelin.io.Json;
import dev.myelin.io.NamedFloats;
import dev.myelin.io.SafeTensors;
import dev.myelin.io.TensorInfo;
import dev.myelin.model.StateDictFile;
import dev.myelin.model.TrainedModel;
import dev.myelin.nn.Loss;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Files of any bytes: the right result, or the format's own exception with the file in its message.
 * Never another exception, an endless loop, or memory that the file's size does not account for.
 *
 * <p>In every build each target takes the seeds of {@link Seeds} and what fuzzing has found before;
 * {@code .ci/fuzz} looks for more.
 */
final class FileFormatsFuzzTest {
  private static final Path FILE = temporary("input");
  private static final Path SECOND_FILE = temporary("second");
  private static final Path WRITTEN = temporary("written");

  static Stream<byte[]> safeTensorsSeeds() {
    return Seeds.safeTensors();
  }

  static Stream<byte[]> modelSeeds() {
    return Stream.concat(Seeds.models(), Seeds.safeTensors());
  }

  static Stream<byte[]> stateDictSeeds() {
    return Stream.concat(modelSeeds(), Seeds.stateDicts());
  }

  static Stream<byte[]> idxSeeds() {
    return Seeds.idxPairs();
  }

  static Stream<byte[]> npzSeeds() {
    return NumpySeeds.npz();
  }

  static Stream<byte[]> jsonSeeds() {
    return Seeds.json();
  }

  /** What was read and written again reads the same. */
  @MethodSource("safeTensorsSeeds")
  @FuzzTest
  void safeTensors(byte[] bytes) throws IOException {
    Files.write(FILE, bytes);
    List<NamedFloats> tensors = new ArrayList<>();
    try (SafeTensors file = SafeTensors.open(FILE)) {
      for (TensorInfo tensor : file.tensors()) {
        float[] values = file.floats(tensor.name());
        if (tensor.shape().stream().allMatch(size -> size <= Integer.MAX_VALUE)) {
          int[] shape = tensor.shape().stream().mapToInt(Long::intValue).toArray();
          tensors.add(new NamedFloats(tensor.name(), values, shape));
        }
      }
      Map<String, String> expected = new HashMap<>(file.metadata());
      expected.put("format", "pt"); // the writer knows no other
      SafeTensors.write(WRITTEN, tensors, expected);
      try (SafeTensors again = SafeTensors.open(WRITTEN)) {
        assertEquals(expected, again.metadata());
        for (NamedFloats tensor : tensors) {
          float[] values = new float[tensor.values().remaining()];
          tensor.values().get(values);
          assertArrayEquals(values, again.floats(tensor.name()), tensor.name());
        }
      }
    } catch (InvalidModelException refusal) {
      assertNames(FILE, refusal);
    }
  }

  @MethodSource("modelSeeds")
  @FuzzTest
  void model(byte[] bytes) throws IOException {
    Files.write(FILE, bytes);
    try {
      TrainedModel model = TrainedModel.load(FILE);
      model.save(WRITTEN);
      TrainedModel again = TrainedModel.load(WRITTEN);
      assertEquals(model.spec(), again.spec());
      assertEquals(model.classNames(), again.classNames());
    } catch (InvalidModelException refusal) {
      assertNames(FILE, refusal);
    }
  }

  /** A state dict of other programs; as many activations as it has layers between. */
  @MethodSource("stateDictSeeds")
  @FuzzTest
  void stateDict(byte[] bytes) throws IOException {
    Files.write(FILE, bytes);
    try {
      StateDictFile file = StateDictFile.read(FILE);
      for (int count = 0; count < 3; count++) {
        try {
          List<Activation> activations = Collections.nCopies(count, Activation.RELU);
          TrainedModel model = file.withActivations(activations, Loss.crossEntropy());
          assertTrue(model.spec().parameters() > 0);
        } catch (IllegalArgumentException otherCount) {
          assertTrue(!otherCount.getMessage().isBlank());
        }
      }
    } catch (InvalidModelException refusal) {
      assertNames(FILE, refusal);
    }
  }

  /** The first two bytes say how many of the rest are the images' file; labels follow. */
  @MethodSource("idxSeeds")
  @FuzzTest
  void idx(byte[] bytes) throws IOException {
    if (bytes.length < 2) {
      return;
    }
    int images = Math.min(((bytes[0] & 0xff) << 8) | (bytes[1] & 0xff), bytes.length - 2);
    Files.write(FILE, Arrays.copyOfRange(bytes, 2, 2 + images));
    Files.write(SECOND_FILE, Arrays.copyOfRange(bytes, 2 + images, bytes.length));
    try {
      Dataset data = IdxFiles.read("fuzzed", FILE, SECOND_FILE);
      assertTrue(data.samples() > 0);
      for (float pixel : data.features()) {
        assertTrue(pixel >= 0 && pixel <= 1, "pixel " + pixel);
      }
    } catch (InvalidDataException refusal) {
      assertTrue(
          refusal.getMessage().contains(FILE.toString())
              || refusal.getMessage().contains(SECOND_FILE.toString()),
          refusal.getMessage());
    }
  }

  /** Arrays of any names, read as features, as targets and as labels of x. */
  @MethodSource("npzSeeds")
  @FuzzTest
  void npz(byte[] bytes) throws IOException {
    Files.write(FILE, bytes);
    try (NumpyFile file = NumpyFile.open(FILE)) {
      for (String name : file.names()) {
        readAsAll(file, name);
      }
    } catch (InvalidDataException refusal) {
      assertNames(FILE, refusal);
    }
  }

  private static void readAsAll(NumpyFile file, String name) {
    try {
      float[] features = file.features(name);
      assertEquals(file.samples(name) * file.inputs(name), features.length);
      for (float feature : features) {
        assertTrue(Float.isFinite(feature), "feature " + feature);
      }
      assertEquals(file.samples(name), file.regression("fuzzed", name, "x").samples());
    } catch (InvalidDataException refusal) {
      assertNames(FILE, refusal);
    }
    try {
      List<String> classes = file.classNames(name);
      assertEquals(classes.size(), file.classification("fuzzed", "x", name, classes).outputs());
    } catch (InvalidDataException refusal) {
      assertNames(FILE, refusal);
    }
  }

  /** What was read and written again reads the same. */
  @MethodSource("jsonSeeds")
  @FuzzTest
  void json(byte[] bytes) {
    Object value;
    try {
      value = Json.read(bytes);
    } catch (InvalidJsonException refusal) {
      assertTrue(!refusal.getMessage().isBlank());
      return;
    }
    assertEquals(value, Json.read(Json.write(value)));
  }

  private static void assertNames(Path file, RuntimeException refusal) {
    assertTrue(refusal.getMessage().contains(file.toString()), refusal.getMessage());
  }

  private static Path temporary(String name) {
    try {
      Path file = Files.createTempFile("myelin-fuzz-" + name, ".tmp");
      file.toFile().deleteOnExit();
      return file;
    } catch (IOException failure) {
      throw new AssertionError(failure);
    }
  }
}
