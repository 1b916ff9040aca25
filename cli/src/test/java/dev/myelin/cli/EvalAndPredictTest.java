package dev.myelin.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.model.TrainedModel;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A saved model does what the trained one did. */
class EvalAndPredictTest {
  @TempDir Path directory;

  private CommandLineRun train(Object... more) {
    return run("train", more);
  }

  private CommandLineRun run(String command, Object... more) {
    List<Object> arguments = new ArrayList<>(List.of(command));
    arguments.add(command.equals("train") ? "--save" : "--model");
    arguments.add(model());
    arguments.addAll(Arrays.asList(more));
    return CommandLineRun.of(arguments.toArray());
  }

  private Path model() {
    return directory.resolve("model.safetensors");
  }

  private void requireEvalEqualsTrain(Object... dataOptions) {
    CommandLineRun trained = train(plus(dataOptions, "--epochs", 2, "--json"));
    assertEquals(0, trained.exitCode(), trained.err());
    CommandLineRun evaluated = run("eval", plus(dataOptions, "--json"));
    assertEquals(0, evaluated.exitCode(), evaluated.err());
    assertEquals(trained.json().get("test"), evaluated.json().get("test"));
  }

  private static Object[] plus(Object[] options, Object... more) {
    List<Object> all = new ArrayList<>(Arrays.asList(options));
    all.addAll(Arrays.asList(more));
    return all.toArray();
  }

  @ParameterizedTest
  @ValueSource(strings = {"spirals", "moons", "rings", "sine"})
  void eval_ofAGeneratedSet_equalsTheTestOfTrain(String data) {
    requireEvalEqualsTrain("--data", data);
  }

  @Test
  void eval_withTheSameSeedSamplesAndSplit_equalsTheTestOfTrain() {
    requireEvalEqualsTrain("--samples", 500, "--seed", 9, "--test-split", 0.3);
  }

  @Test
  void eval_ofIdxFiles_equalsTheTestOfTrain() throws IOException {
    requireEvalEqualsTrain("--data", TestFiles.idx(directory.resolve("idx")));
  }

  @Test
  void eval_ofCsvClasses_equalsTheTestOfTrain() throws IOException {
    requireEvalEqualsTrain("--data", TestFiles.classes(directory.resolve("c.csv")));
  }

  @Test
  void eval_ofCsvNumbers_equalsTheTestOfTrain() throws IOException {
    requireEvalEqualsTrain("--data", TestFiles.numbers(directory.resolve("n.csv")));
  }

  @Test
  void eval_ofTheTextThatTrainPrinted_saysTheSame() throws IOException {
    Path data = TestFiles.classes(directory.resolve("with space.csv"));
    CommandLineRun trained = train("--data", data, "--target", "kind", "--seed", 5);
    String command = trained.outLine("Evaluate").replaceFirst("Evaluate +myelin ", "");
    assertTrue(command.endsWith("--data '" + data + "' --target kind --seed 5"), command);
    CommandLineRun evaluated = run("eval", "--data", data, "--target", "kind", "--seed", 5);
    assertEquals(trained.outLine("Test"), evaluated.outLine("Test"));
    assertTrue(evaluated.outLine("Data").endsWith("the test part"), evaluated.out());
  }

  @Test
  void eval_ofOtherParts_takesTheirSamples() {
    train("--data", "moons", "--epochs", 1);
    for (Map.Entry<String, Long> part :
        Map.of("test", 200L, "train", 800L, "all", 1000L).entrySet()) {
      CommandLineRun run = run("eval", "--data", "moons", "--part", part.getKey(), "--json");
      @SuppressWarnings("unchecked")
      Map<String, Object> result = (Map<String, Object>) run.json().get("test");
      assertEquals(part.getValue(), result.get("samples"));
    }
  }

  @Test
  void regression_isReportedInTheUnitOfTheData() throws IOException {
    Path data = TestFiles.numbers(directory.resolve("n.csv"));
    CommandLineRun run = train("--data", data, "--json", "--lr", 0.01, "--epochs", 40);
    @SuppressWarnings("unchecked")
    Map<String, Object> test = (Map<String, Object>) run.json().get("test");
    double rmse = (double) test.get("rmse");
    // Prices deviate by some 160 from their mean; in standardised units that would be 1.
    assertTrue(rmse > 0.05 && rmse < 16, "rmse " + rmse);
    assertTrue((double) test.get("r2") > 0.99, test.toString());
  }

  @Test
  void eval_ofDataOfAnotherKind_isThreeWithBothNumbers() {
    train("--data", "moons", "--epochs", 1);
    CommandLineRun run = run("eval", "--data", "digits", "--samples", 100);
    assertEquals(3, run.exitCode());
    assertTrue(
        run.err().contains("the model takes 2 features, but data digits has 784"), run.err());
    CommandLineRun sine = run("eval", "--data", "rings");
    assertTrue(
        sine.err()
            .contains(
                "the model's classes are [upper, lower], but those of data rings are [inner,"
                    + " outer]"),
        sine.err());
  }

  @Test
  void predict_classes_givesNamesAndProbabilitiesThatSumToOne() throws IOException {
    Path data = TestFiles.classes(directory.resolve("c.csv"));
    train("--data", data);
    CommandLineRun run = run("predict", "--data", data);
    assertEquals(0, run.exitCode(), run.err());
    assertEquals("predicted,probability large,probability small", run.outLines().get(0));
    assertEquals(301, run.outLines().size());
    List<String> truth = Files.readAllLines(data);
    int right = 0;
    for (int i = 1; i < 301; i++) {
      String[] cells = run.outLines().get(i).split(",", -1);
      double large = Double.parseDouble(cells[1]);
      double small = Double.parseDouble(cells[2]);
      // Each probability is rounded to a float, half a unit in the last place of 1 at most.
      assertEquals(1, large + small, Math.ulp(1f));
      assertEquals(large > small ? "large" : "small", cells[0]);
      right += truth.get(i).endsWith(cells[0]) ? 1 : 0;
    }
    assertTrue(right >= 285, right + " of 300");
  }

  @Test
  void predict_numbers_givesThemInTheUnitOfTheData() throws IOException {
    Path data = TestFiles.numbers(directory.resolve("n.csv"));
    train("--data", data, "--lr", 0.01, "--epochs", 40);
    CommandLineRun run = run("predict", "--data", data);
    assertEquals("price", run.outLines().get(0));
    List<String> truth = Files.readAllLines(data);
    double squares = 0;
    for (int i = 1; i < truth.size(); i++) {
      double price = Double.parseDouble(truth.get(i).split(",", -1)[2]);
      double error = price - Double.parseDouble(run.outLines().get(i));
      squares += error * error / (truth.size() - 1);
    }
    assertTrue(Math.sqrt(squares) < 16, "rmse " + Math.sqrt(squares));
  }

  @Test
  void predict_withoutATargetColumn_givesTheSame() throws IOException {
    Path data = TestFiles.numbers(directory.resolve("n.csv"));
    train("--data", data, "--epochs", 2);
    List<String> lines =
        Files.readAllLines(data).stream().map(line -> line.replaceFirst(",[^,]*$", "")).toList();
    Path withoutTarget = Files.write(directory.resolve("new.csv"), lines);
    assertEquals(
        run("predict", "--data", data).out(), run("predict", "--data", withoutTarget).out());
  }

  @Test
  void predict_binaryCrossEntropy_givesBothProbabilities() {
    train("--data", "moons", "--loss", "bce", "--epochs", 3);
    CommandLineRun run = run("predict", "--data", "moons");
    assertEquals("predicted,probability upper,probability lower", run.outLines().get(0));
    String[] cells = run.outLines().get(1).split(",", -1);
    assertEquals(1, Double.parseDouble(cells[1]) + Double.parseDouble(cells[2]), Math.ulp(1f));
  }

  @Test
  void predict_fromDataOfAnotherKind_isThreeWithBoth() throws IOException {
    train("--data", "moons", "--epochs", 1);
    CommandLineRun digits = run("predict", "--data", "digits", "--samples", 10);
    assertEquals(3, digits.exitCode());
    assertTrue(digits.err().contains("takes 2 features, but data digits has 784"), digits.err());
    train("--data", TestFiles.classes(directory.resolve("c.csv")), "--epochs", 1);
    CommandLineRun moons = run("predict", "--data", "moons");
    assertEquals(3, moons.exitCode());
    assertTrue(moons.err().contains("takes [a, b], but data moons has [x, y]"), moons.err());
  }

  @Test
  void predict_toAFile_writesItAndSaysSo() throws IOException {
    train("--data", "moons", "--epochs", 1);
    Path out = directory.resolve("predicted.csv");
    CommandLineRun run = run("predict", "--data", "moons", "--out", out);
    assertEquals("", run.out());
    assertEquals("1,000 predictions written to " + out + "\n", run.err());
    assertEquals(1001, Files.readAllLines(out).size());
  }

  @Test
  void predictions_thatAreNoLongerTaken_areAnIoException_fromWhichFilesAreNamed() {
    Path file = directory.resolve("moons.safetensors");
    CommandLineRun.of("train", "--data", "moons", "--epochs", 1, "--save", file);
    PredictionTable table = new PredictionTable(TrainedModel.load(file), new float[100_000]);
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int each) throws IOException {
            throw new IOException("No space left on device");
          }
        };
    IOException failure = assertThrows(IOException.class, () -> table.writeTo(full));
    assertEquals("No space left on device", failure.getMessage());
  }

  @Test
  void predict_toAFileThatCannotBe_isThree() {
    train("--data", "moons", "--epochs", 1);
    CommandLineRun run = run("predict", "--data", "moons", "--out", directory);
    assertEquals(3, run.exitCode());
    assertEquals(1, run.errLines().size(), run.err());
    assertTrue(run.err().contains("is a directory"), run.err());
  }

  /** A column that hardly varies, so that a large value leaves float when it is standardised. */
  private Path nearlyConstant() throws IOException {
    StringBuilder text = new StringBuilder("a,b,y\n");
    for (int i = 0; i < 60; i++) {
      text.append(1 + i % 2 * 6e-4).append(',').append(i % 7).append(',').append(i % 5 + 0.5);
      text.append('\n');
    }
    return Files.writeString(directory.resolve("n.csv"), text);
  }

  @Test
  void predict_ofAValueTooFarFromTheTrainingData_isThreeWithLineAndColumn() throws IOException {
    train("--data", nearlyConstant(), "--epochs", 1);
    Path data = Files.writeString(directory.resolve("far.csv"), "b,a\n1,1\n2,3e38\n");
    CommandLineRun run = run("predict", "--data", data);
    assertEquals(3, run.exitCode(), run.out());
    assertEquals("", run.out());
    assertTrue(
        run.err()
            .startsWith(
                "error: "
                    + data
                    + ", line 3, column 1 ('a'): 3.0E38 is too far from the training data, whose"
                    + " mean is 1.000"),
        run.err());
  }

  @Test
  void outputs_thatAreNotFinite_areThree_notPredictions() throws IOException {
    train("--data", nearlyConstant(), "--epochs", 1);
    // Standardised it is about 1e38, which the first layer's sum may leave float with.
    StringBuilder text = new StringBuilder("a,b,y\n");
    text.append("-1e35,-3e38,1\n").append("1e35,3e38,1\n");
    Path data = Files.writeString(directory.resolve("far.csv"), text);
    for (String command : List.of("predict", "eval")) {
      CommandLineRun run =
          command.equals("eval")
              ? run(command, "--data", data, "--part", "all")
              : run(command, "--data", data);
      assertEquals(3, run.exitCode(), run.out());
      assertEquals("", run.out());
      assertTrue(run.err().contains("of the network for sample "), run.err());
    }
  }

  @Test
  void options_thatChooseAmongSamples_areRefusedWhereAllAreTaken() throws IOException {
    Path data = TestFiles.numbers(directory.resolve("n.csv"));
    train("--data", data, "--epochs", 1);
    CommandLineRun samples = run("predict", "--data", data, "--samples", 5);
    assertEquals(2, samples.exitCode());
    assertTrue(samples.err().contains("--samples is not for predict, which takes all"));
    CommandLineRun split = run("predict", "--data", data, "--test-split", 0.5);
    assertEquals(2, split.exitCode());
    assertTrue(split.err().contains("--test-split is not for predict"));
    CommandLineRun all = run("eval", "--data", data, "--part", "all", "--test-split", 0.5);
    assertEquals(2, all.exitCode());
    assertTrue(all.err().contains("--test-split is not for --part all"));
  }

  @Test
  void predict_ofIdxFiles_takesTheTestImages() throws IOException {
    Path data = TestFiles.idx(directory.resolve("idx"));
    train("--data", data);
    assertEquals(101, run("predict", "--data", data).outLines().size());
  }
}
