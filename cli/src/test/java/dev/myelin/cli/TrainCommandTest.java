package dev.myelin.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.model.TrainedModel;
import dev.myelin.nn.Initializer;
import dev.myelin.nn.LearningRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a training run leaves behind: a model, and what is printed and where. */
class TrainCommandTest {
  @TempDir Path directory;

  private Path model() {
    return directory.resolve("model.safetensors");
  }

  @ParameterizedTest
  @ValueSource(strings = {"spirals", "moons", "rings"})
  void train_onAGeneratedSetByDefault_isRightNinetyNineTimesInAHundred(String data) {
    CommandLineRun run = CommandLineRun.of("train", "--data", data, "--json", "--save", model());
    assertEquals(0, run.exitCode(), run.err());
    double accuracy = (double) test(run).get("accuracy");
    assertTrue(accuracy >= 0.99, data + ": " + accuracy);
  }

  @Test
  void train_onSineByDefault_missesByLittle() {
    CommandLineRun run = CommandLineRun.of("train", "--data", "sine", "--json", "--save", model());
    double rmse = (double) test(run).get("rmse");
    // A twentieth of the target's own deviation, 0.71; without training it is about that.
    assertTrue(rmse < 0.71 / 20, "rmse " + rmse);
  }

  @Test
  void train_onDigitsByDefault_readsNinetySevenInAHundred() {
    CommandLineRun run = CommandLineRun.of("train", "--json", "--quiet", "--save", model());
    double accuracy = (double) test(run).get("accuracy");
    assertTrue(accuracy >= 0.97, "accuracy " + accuracy);
    assertEquals("", run.err());
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> test(CommandLineRun run) {
    return (Map<String, Object>) run.json().get("test");
  }

  @Test
  @SuppressWarnings("unchecked")
  void json_isOneDocumentWithAllThatWasPromised() {
    CommandLineRun run =
        CommandLineRun.of(
            "train", "--data", "moons", "--epochs", 3, "--hidden", 8, "--json", "--save", model());
    Map<String, Object> json = run.json();
    assertEquals(
        Set.of("schemaVersion", "device", "model", "epochs", "end", "bestEpoch", "test", "saved"),
        json.keySet());
    assertEquals(1L, json.get("schemaVersion"));
    assertEquals("cpu", ((Map<String, Object>) json.get("device")).get("id"));
    assertEquals("f32", ((Map<String, Object>) json.get("device")).get("precision"));
    assertEquals(Map.of("layers", List.of(2L, 8L, 2L), "parameters", 42L), json.get("model"));
    assertEquals(model().toString(), json.get("saved"));
    List<Map<String, Object>> epochs = (List<Map<String, Object>>) json.get("epochs");
    assertEquals(3, epochs.size());
    assertEquals(
        Set.of(
            "epoch",
            "loss",
            "trainAccuracy",
            "validationLoss",
            "validationAccuracy",
            "samplesPerSecond",
            "seconds"),
        epochs.get(0).keySet());
    assertEquals(Set.of("samples", "loss", "accuracy"), test(run).keySet());
    assertEquals(200L, test(run).get("samples"));
  }

  @Test
  @SuppressWarnings("unchecked")
  void json_ofARegression_hasErrorsInsteadOfAccuracies() {
    CommandLineRun run =
        CommandLineRun.of("train", "--data", "sine", "--epochs", 1, "--json", "--save", model());
    List<Map<String, Object>> epochs = (List<Map<String, Object>>) run.json().get("epochs");
    assertEquals(
        Set.of("epoch", "loss", "validationLoss", "samplesPerSecond", "seconds"),
        epochs.get(0).keySet());
    assertEquals(Set.of("samples", "loss", "rmse", "r2"), test(run).keySet());
  }

  @ParameterizedTest
  @CsvSource({"1, 2", "1, 3", "1, 1"})
  void train_withOneSeed_makesTheSameFileAtAnyThreadCount(int threads, int otherThreads)
      throws IOException {
    assertArrayEquals(trained("a", 7, threads), trained("b", 7, otherThreads));
  }

  @Test
  void train_withAnotherSeed_makesAnotherFile() throws IOException {
    byte[] one = trained("a", 7, 1);
    byte[] other = trained("b", 8, 1);
    assertFalse(Arrays.equals(one, other));
  }

  private byte[] trained(String name, int seed, int threads) throws IOException {
    Path file = directory.resolve(name);
    CommandLineRun run =
        CommandLineRun.of(
            "train",
            "--data",
            "digits",
            "--samples",
            600,
            "--epochs",
            2,
            "--dropout",
            0.1,
            "--seed",
            seed,
            "--threads",
            threads,
            "--save",
            file);
    assertEquals(0, run.exitCode(), run.err());
    return Files.readAllBytes(file);
  }

  @Test
  void text_hasDeviceDataNetworkTableTestAndHowToRepeatIt() {
    CommandLineRun run =
        CommandLineRun.of(
            "train", "--data", "moons", "--epochs", 2, "--seed", 3, "--save", model());
    assertTrue(run.outLine("Device").startsWith("Device    cpu: "), run.out());
    assertTrue(run.out().contains("; asked for by name\n"), run.out());
    assertEquals("Data      moons: 2 features, 2 classes", run.outLine("Data"));
    assertTrue(run.out().contains("720 samples to train, 80 to validate, 200 to test"));
    assertEquals("Network   2-64-64-2, 4,482 parameters, relu", run.outLine("Network"));
    assertEquals(
        "epoch      loss  accuracy  val loss  val accuracy    samples/s        time",
        run.outLine("epoch"));
    assertTrue(run.outLine("    2 ").matches(" {4}2( +\\S+){7}"), run.outLine("    2 "));
    assertTrue(
        run.outLine("Test")
            .matches("Test {6}accuracy [\\d.]+% \\(\\d+ of 200 samples\\), loss \\S+"));
    assertEquals("Saved     " + model(), run.outLine("Saved"));
    assertEquals(
        "Evaluate  myelin eval --model " + model() + " --data moons --seed 3",
        run.outLine("Evaluate"));
  }

  @Test
  void progress_withoutATerminal_isALineAnEpoch() {
    CommandLineRun run =
        CommandLineRun.of("train", "--data", "moons", "--epochs", 3, "--save", model());
    assertEquals(3, run.errLines().size(), run.err());
    assertTrue(
        run.errLines()
            .get(2)
            .matches("epoch 3/3: loss \\S+, validation loss \\S+, accuracy \\S+%, \\S+ samples/s"),
        run.err());
  }

  @Test
  void progress_whenBothStreamsAreOneFile_isTheTableAlone() {
    CommandLineRun run =
        CommandLineRun.onTerminal(
            "same", Map.of(), "train", "--data", "moons", "--epochs", 3, "--save", model());
    assertEquals("", run.err());
  }

  @Test
  void progress_withJson_isTheTableOnStandardError() {
    CommandLineRun run =
        CommandLineRun.of("train", "--data", "moons", "--epochs", 3, "--json", "--save", model());
    assertTrue(run.err().contains("epoch      loss  accuracy"), run.err());
    run.json();
  }

  @Test
  void liveLine_onATerminal_staysWithinItsWidthAndGoesAway() {
    CommandLineRun run =
        CommandLineRun.onTerminal(
            "out,err,same,30",
            Map.of(),
            "train",
            "--samples",
            3000,
            "--epochs",
            60, // the line is drawn ten times a second
            "--save",
            model());
    List<String> drawn = List.of(run.err().split("\r", -1));
    assertTrue(drawn.size() > 2, run.err());
    for (String line : drawn) {
      assertTrue(line.replace("\u001b[K", "").length() < 30, line);
    }
    assertEquals("\u001b[K", drawn.get(drawn.size() - 1));
    // Columns that do not fit are left out.
    assertTrue(run.out().contains("epoch      loss  accuracy\u001b[0m\n"), run.out());
  }

  @Test
  void color_onATerminal_onlyWithoutNoColor() {
    Object[] arguments = {"train", "--data", "moons", "--epochs", 1, "--save", model()};
    String colored = CommandLineRun.onTerminal("out", Map.of(), arguments).out();
    String plain = CommandLineRun.onTerminal("out", Map.of("NO_COLOR", "1"), arguments).out();
    assertTrue(colored.contains("\u001b[1m"), colored);
    assertFalse(plain.contains("\u001b"), plain);
  }

  @Test
  void quiet_isTheResultAlone() {
    CommandLineRun run =
        CommandLineRun.of("train", "--data", "moons", "--epochs", 2, "--quiet", "--save", model());
    assertEquals("", run.err());
    assertEquals(2, run.outLines().size(), run.out());
    assertTrue(run.outLines().get(0).startsWith("Test "));
    assertTrue(run.outLines().get(1).startsWith("Saved "));
  }

  @Test
  void table_ofManyEpochs_showsFirstAndLast() {
    CommandLineRun run =
        CommandLineRun.of("train", "--data", "moons", "--epochs", 61, "--save", model());
    List<String> rows =
        run.outLines().stream().filter(line -> line.matches(" {3,4}\\d+  +.*%.*s")).toList();
    assertTrue(rows.size() <= 27, rows.size() + " rows");
    assertTrue(rows.get(0).startsWith("    1 "), run.out());
    assertTrue(rows.get(rows.size() - 1).startsWith("   61 "), run.out());
  }

  @Test
  void patience_stopsEarlyAndSaysWhichEpochIsKept() {
    CommandLineRun run =
        CommandLineRun.of(
            "train", "--data", "moons", "--epochs", 500, "--patience", 2, "--save", model());
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(
        run.outLine("Stopped")
            .matches(
                "Stopped early: the validation loss was best in epoch \\d+, which is kept\\."));
  }

  @Test
  void valuesFarFromAllOthers_areMentioned() throws IOException {
    Path file = TestFiles.numbers(directory.resolve("n.csv"));
    String text = Files.readString(file).replace("\n10.0,", "\n10.0e6,");
    Files.writeString(file, text);
    CommandLineRun run =
        CommandLineRun.of("train", "--data", file, "--epochs", 1, "--save", model());
    assertEquals(
        "note: n.csv: values more than 10 standard deviations from the rest in 'a'; are they"
            + " mistakes, such as lost decimal points?",
        run.errLines().get(0));
  }

  @Test
  void save_overAFileThatIsNoModel_leavesItAlone() throws IOException {
    Files.writeString(model(), "letters to home");
    CommandLineRun run = CommandLineRun.of("train", "--data", "moons", "--save", model());
    assertEquals(2, run.exitCode());
    assertTrue(run.err().contains("exists and is no model of Myelin, so it is left alone"));
    assertEquals("letters to home", Files.readString(model()));
  }

  @Test
  void model_keepsShapeLossAndNames() {
    CommandLineRun.of(
        "train",
        "--data",
        "spirals",
        "--epochs",
        1,
        "--layers",
        "2,5,3",
        "--activation",
        "tanh",
        "--loss",
        "cross_entropy(0.1)",
        "--init",
        "pytorch",
        "--save",
        model());
    TrainedModel loaded = TrainedModel.load(model());
    assertArrayEquals(new int[] {2, 5, 3}, loaded.spec().sizes());
    assertEquals("tanh", loaded.spec().layers().get(0).activation().text());
    assertEquals("cross_entropy(0.1)", loaded.loss().text());
    assertEquals(List.of("first", "second", "third"), loaded.classNames());
    assertEquals(List.of("x", "y"), loaded.featureNames());
  }

  @Test
  void everyOptimizerAndSchedule_trains() {
    for (String optimizer : List.of("adamw", "adam", "sgd", "nesterov", "rmsprop", "adagrad")) {
      for (String schedule : List.of("constant", "step", "cosine", "warmup-cosine")) {
        CommandLineRun run =
            CommandLineRun.of(
                "train",
                "--data",
                "rings",
                "--optimizer",
                optimizer,
                "--schedule",
                schedule,
                "--epochs",
                4,
                "--clip-norm",
                1,
                "--weight-decay",
                0.001,
                "--json",
                "--save",
                model());
        assertEquals(0, run.exitCode(), run.err());
        assertTrue(lossOf(run, 3) < 0.9 * lossOf(run, 0), optimizer + ", " + schedule + run.out());
      }
    }
  }

  @SuppressWarnings("unchecked")
  private static double lossOf(CommandLineRun run, int epoch) {
    return (double) ((List<Map<String, Object>>) run.json().get("epochs")).get(epoch).get("loss");
  }

  @ParameterizedTest
  @CsvSource({"bce, 1", "mse, 2", "mse_half_sum, 2", "huber, 2", "l1, 2", "cross_entropy, 2"})
  void everyLoss_learnsTwoClasses(String loss, int outputs) {
    CommandLineRun run =
        CommandLineRun.of("train", "--data", "moons", "--loss", loss, "--json", "--save", model());
    assertEquals(0, run.exitCode(), run.err());
    assertEquals(outputs, TrainedModel.load(model()).spec().outputs());
    assertTrue((double) test(run).get("accuracy") >= 0.95, loss + run.out());
  }

  @Test
  void init_auto_suitsTheActivation() {
    NetworkOptions options = new NetworkOptions();
    options.init = "auto";
    options.activation = "relu";
    assertEquals(Initializer.HE, options.initializer(LearningRule.GRADIENT));
    options.activation = "tanh";
    assertEquals(Initializer.XAVIER, options.initializer(LearningRule.GRADIENT));
  }
}
