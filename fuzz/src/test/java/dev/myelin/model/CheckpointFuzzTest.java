package dev.myelin.model;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.myelin.io.InvalidModelException;
import dev.myelin.io.Json;
import dev.myelin.io.NamedFloats;
import dev.myelin.io.SafeTensors;
import dev.myelin.nn.Checkpoint;
import dev.myelin.nn.EpochReport;
import dev.myelin.nn.Metrics;
import dev.myelin.nn.NamedParameter;
import dev.myelin.nn.TrainingResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** As {@link dev.myelin.fuzz.FileFormatsFuzzTest}, for checkpoints. */
final class CheckpointFuzzTest {
  private static final Path FILE = temporary();

  /**
   * The bytes as a whole file; then as the description within a file whose checksum is right, for
   * no fuzzer guesses one.
   */
  @MethodSource("seeds")
  @FuzzTest
  void checkpoint(byte[] bytes) throws IOException {
    Files.write(FILE, bytes);
    read();
    // What is no UTF-8 becomes the replacement character, so that a description can be written.
    String description = new String(bytes, StandardCharsets.UTF_8);
    List<NamedFloats> tensors =
        List.of(
            new NamedFloats("0.weight", new float[] {1}, 1, 1),
            new NamedFloats("moment.0", new float[] {2}, 1),
            new NamedFloats("best.0.weight", new float[] {3}, 1, 1));
    String checksum = CheckpointFile.checksum(description, tensors);
    SafeTensors.write(
        FILE,
        tensors,
        Map.of(CheckpointFile.DESCRIPTION_KEY, description, CheckpointFile.CHECKSUM_KEY, checksum));
    read();
  }

  /** A position that was read makes sense. */
  private static void read() {
    try {
      Checkpoint.Position position = CheckpointFile.read(FILE).position();
      assertTrue(position.epoch() >= 1 && position.stepInEpoch() >= 0, position.toString());
    } catch (InvalidModelException refusal) {
      assertTrue(refusal.getMessage().contains(FILE.toString()), refusal.getMessage());
    }
  }

  static Stream<byte[]> seeds() throws IOException {
    NamedParameter weight = new NamedParameter("0.weight", new int[] {1, 1}, new float[] {1});
    Metrics metrics = new Metrics(0.1, Double.NaN, 1e-300, 1.0 / 3, 7);
    Checkpoint checkpoint =
        new Checkpoint(
            Map.of("network", "1-1"),
            "cpu",
            new Checkpoint.Position(3, 2, 0.5, 0.25f, 1, 10),
            List.of(new EpochReport(1, 0.5, 0.5, metrics, 1e-3, 5, 123)),
            List.of(weight),
            List.of(new float[] {2}),
            Optional.of(new Checkpoint.Best(List.of(weight), 0.25, 1, 1)),
            Optional.of(new Checkpoint.Finish(TrainingResult.End.ALL_EPOCHS, 1)));
    CheckpointFile.write(FILE, checkpoint);
    String description = Json.write(CheckpointDescription.toJson(checkpoint));
    return Stream.concat(
        Stream.of(new byte[0], Files.readAllBytes(FILE)),
        Stream.of(
                description,
                description.replace("\"step\":3", "\"step\":-3"),
                description.replace("\"stepsPerEpoch\":2", "\"stepsPerEpoch\":0"),
                description.replace("\"stepsPerEpoch\":2", "\"stepsPerEpoch\":99999999999"),
                description.replace("ALL_EPOCHS", "SOME_EPOCHS"),
                description.replace("\"0.25\"", "\"quarter\""),
                "{}",
                "[]")
            .map(text -> text.getBytes(StandardCharsets.UTF_8)));
  }

  private static Path temporary() {
    try {
      Path file = Files.createTempFile("myelin-fuzz-checkpoint", ".tmp");
      file.toFile().deleteOnExit();
      return file;
    } catch (IOException failure) {
      throw new AssertionError(failure);
    }
  }
}
