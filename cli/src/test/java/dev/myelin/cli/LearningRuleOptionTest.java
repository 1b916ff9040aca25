package dev.myelin.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code train --rule}, and the tables of AND, OR and XOR. */
class LearningRuleOptionTest {
  @TempDir Path folder;

  private Path table(String truth) throws IOException {
    String[] rows = {"0,0,", "0,1,", "1,0,", "1,1,"};
    StringBuilder text = new StringBuilder("a,b,y\n");
    for (int i = 0; i < 4; i++) {
      text.append(rows[i]).append(truth.charAt(i)).append('\n');
    }
    return Files.writeString(folder.resolve("table.csv"), text);
  }

  private Path model() {
    return folder.resolve("model.safetensors");
  }

  private CommandLineRun perceptron(String truth, Object... more) throws IOException {
    Object[] arguments = new Object[8 + more.length];
    System.arraycopy(
        new Object[] {
          "train", "--data", table(truth), "--rule", "perceptron", "--save", model(), "--epochs=40"
        },
        0,
        arguments,
        0,
        8);
    System.arraycopy(more, 0, arguments, 8, more.length);
    return CommandLineRun.of(arguments);
  }

  @ParameterizedTest
  @CsvSource({"0001, step", "0111, step", "0001, sign", "1000, sign"})
  void perceptron_ofASeparableTable_saysSoAndIsRightEverywhere(String truth, String unit)
      throws IOException {
    CommandLineRun run = perceptron(truth, "--activation", unit);
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.outLine("Separated by a line: epoch ").endsWith(" had no mistake left."));
    assertTrue(run.outLine("Result").contains("100.00% (4 of 4 samples)"), run.out());
    CommandLineRun predicted =
        CommandLineRun.of("predict", "--model", model(), "--data", table(truth));
    for (int i = 0; i < 4; i++) {
      String expected = truth.charAt(i) == '1' ? "1,0.0,1.0" : "0,1.0,0.0";
      assertEquals(expected, predicted.outLines().get(i + 1));
    }
  }

  @Test
  void perceptron_ofXor_saysThatNoLineSeparatesIt_andEndsWell() throws IOException {
    CommandLineRun run = perceptron("0110");
    assertEquals(0, run.exitCode(), run.err());
    String line = run.outLine("Not separable by a line in 40 epochs, ");
    assertTrue(line.matches(".*, [2-4] mistakes left in the last one\\."), line);
    Map<String, Object> json = perceptron("0110", "--json").json();
    assertEquals("all_epochs", json.get("end"));
    assertEquals("perceptron", json.get("rule"));
    assertTrue((long) json.get("mistakes") >= 2, json.toString());
    assertEquals("no_mistake_left", perceptron("0111", "--json").json().get("end"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "--rule=perceptron --hidden=3; leave those out",
        "--rule=perceptron --activation=relu; is for one layer of step or sign units",
        "--rule=perceptron --batch=4; make it 1",
        "--rule=perceptron --loss=mse; mse_half_sum",
        "--rule=perceptron --task=regression; give --task classification",
        "--rule=perceptron --device=auto; name the device",
        "--rule=hebb; there are gradient, backward-errors, perceptron",
        "--activation=step; use --rule perceptron",
        "--activation=maxout; as in maxout(2)",
        "--rule=backward-errors --activation=maxout(2); use the rule gradient",
        "--test-split=1; less than 1"
      })
  void combinationThatMakesNoSense_isAUsageErrorThatSaysWhatToDo(String options, String remedy)
      throws IOException {
    String[] split = options.split(" ", -1);
    Object[] arguments = new Object[6 + split.length];
    arguments[0] = "train";
    arguments[1] = "--data";
    arguments[2] = table("0110");
    arguments[3] = "--save";
    arguments[4] = model();
    arguments[5] = options.contains("test-split") ? "--seed=1" : "--test-split=0";
    System.arraycopy(split, 0, arguments, 6, split.length);
    CommandLineRun run = CommandLineRun.of(arguments);
    assertEquals(ExitCode.USAGE, run.exitCode(), run.out() + run.err());
    assertTrue(run.err().contains(remedy), run.err());
  }

  @Test
  void backwardErrors_learnTheDigitsToo() {
    CommandLineRun run =
        CommandLineRun.of(
            "train",
            "--samples",
            3000,
            "--epochs",
            4,
            "--hidden",
            64,
            "--activation",
            "sigmoid",
            "--rule",
            "backward-errors",
            "--json",
            "--save",
            model());
    @SuppressWarnings("unchecked")
    Map<String, Object> test = (Map<String, Object>) run.json().get("test");
    assertTrue((double) test.get("accuracy") > 0.5, run.err());
    assertEquals("backward-errors", run.json().get("rule"));
  }

  @Test
  void maxout_isTrainedSavedAndReadAgain() {
    CommandLineRun run =
        CommandLineRun.of(
            "train",
            "--data",
            "rings",
            "--activation",
            "maxout(3)",
            "--hidden",
            8,
            "--save",
            model());
    assertTrue(run.outLine("Network").contains("2-8-2, 90 parameters, maxout(3)"), run.out());
    CommandLineRun eval = CommandLineRun.of("eval", "--model", model(), "--data", "rings");
    assertEquals(run.outLine("Test"), eval.outLine("Test"));
    assertTrue(run.outLine("Test").matches(".*accuracy (99|100).*"), run.out());
  }
}
