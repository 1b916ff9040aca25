package dev.myelin.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broken file of any format is exit code 3 and one line that names it. */
class BrokenFilesTest {
  @TempDir Path directory;

  private static void requireOneLine(CommandLineRun run, Path file, String problem) {
    assertEquals(3, run.exitCode(), run.err());
    assertEquals("", run.out());
    assertEquals(1, run.errLines().size(), run.err());
    assertTrue(run.err().startsWith("error: " + file), run.err());
    assertTrue(run.err().contains(problem), run.err());
  }

  @Test
  void idx_thatIsCutOff_isNamedWithTheByte() throws IOException {
    Path data = TestFiles.idx(directory.resolve("idx"));
    Path images = data.resolve("train-images-idx3-ubyte");
    Files.write(images, Arrays.copyOf(Files.readAllBytes(images), 1000));
    requireOneLine(CommandLineRun.of("train", "--data", data), images, "ends at byte 1000");
  }

  @Test
  void idx_withADamagedGzip_isNamed() throws IOException {
    Path data = TestFiles.idx(directory.resolve("idx"));
    Path labels = data.resolve("train-labels-idx1-ubyte.gz");
    byte[] bytes = Files.readAllBytes(labels);
    Files.write(labels, Arrays.copyOf(bytes, bytes.length / 2));
    requireOneLine(CommandLineRun.of("train", "--data", data), labels, "gzip");
  }

  @Test
  void idx_thatIsNotThere_isNamed() {
    requireOneLine(
        CommandLineRun.of("train", "--data", directory), directory, "train-images-idx3-ubyte");
  }

  @Test
  void csv_withAMissingValue_isNamedWithLineAndColumn() throws IOException {
    Path file = Files.writeString(directory.resolve("d.csv"), "a,b,y\n1,2,3\n1,,3\n");
    requireOneLine(CommandLineRun.of("train", "--data", file), file, "line 3");
  }

  @Test
  void csv_withARaggedRow_isNamedWithTheLine() throws IOException {
    Path file = Files.writeString(directory.resolve("d.csv"), "a,b,y\n1,2,3\n1,2\n");
    requireOneLine(CommandLineRun.of("train", "--data", file), file, "line 3: 2 cells, but 3");
  }

  @Test
  void csv_thatIsEmpty_isNamed() throws IOException {
    Path file = Files.createFile(directory.resolve("d.csv"));
    requireOneLine(CommandLineRun.of("train", "--data", file), file, "is empty");
  }

  @Test
  void csv_withoutTheTarget_isNamedWithItsColumns() throws IOException {
    Path file = TestFiles.numbers(directory.resolve("n.csv"));
    requireOneLine(
        CommandLineRun.of("train", "--data", file, "--target", "cost"),
        file,
        "no column is called 'cost'; there are [a, b, price]");
  }

  @Test
  void model_thatIsCutOff_isNamed() throws IOException {
    Path model = trained();
    byte[] bytes = Files.readAllBytes(model);
    Files.write(model, Arrays.copyOf(bytes, bytes.length - 10));
    requireOneLine(
        CommandLineRun.of("eval", "--model", model, "--data", "moons"),
        model,
        "The file is incomplete");
  }

  @Test
  void model_withAParameterThatIsNaN_isNamedWithTheTensor() throws IOException {
    Path model = trained();
    byte[] bytes = Files.readAllBytes(model);
    // The last float of the file, little-endian, belongs to a weight or bias.
    byte[] nan = {0, 0, (byte) 0xc0, 0x7f};
    System.arraycopy(nan, 0, bytes, bytes.length - 4, 4);
    Files.write(model, bytes);
    for (String command : new String[] {"eval", "predict"}) {
      CommandLineRun run = CommandLineRun.of(command, "--model", model, "--data", "moons");
      requireOneLine(run, model, "must be a finite number, but is NaN");
    }
  }

  @Test
  void model_thatIsNoSafetensorsFile_isNamed() throws IOException {
    Path model = Files.writeString(directory.resolve("m"), "letters to home, and some more");
    requireOneLine(CommandLineRun.of("predict", "--model", model, "--data", "moons"), model, "");
  }

  @Test
  void model_thatIsNotThere_isNamed() {
    Path model = directory.resolve("none");
    requireOneLine(CommandLineRun.of("eval", "--model", model, "--data", "moons"), model, "");
  }

  private Path trained() {
    Path model = directory.resolve("m.safetensors");
    CommandLineRun.of("train", "--data", "moons", "--epochs", 1, "--save", model);
    return model;
  }
}
