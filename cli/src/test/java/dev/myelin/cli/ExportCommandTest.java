package dev.myelin.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExportCommandTest {
  @TempDir Path directory;
  private Path model;

  @BeforeEach
  void nameModel() {
    model = directory.resolve("m.safetensors");
  }

  private void train(Object... more) {
    List<Object> arguments = new ArrayList<>(List.of("train", "--save", model, "--quiet"));
    arguments.addAll(List.of(more));
    assertEquals(0, CommandLineRun.of(arguments.toArray()).exitCode());
  }

  private CommandLineRun export(Object... more) {
    List<Object> arguments = new ArrayList<>(List.of("export", "--model", model));
    arguments.addAll(List.of(more));
    return CommandLineRun.of(arguments.toArray());
  }

  @Test
  void onnx_predictsFromACsvFile_whatPredictDoes() throws Exception {
    Path data = TestFiles.classes(directory.resolve("c.csv"));
    train("--data", data, "--epochs", 3);
    CommandLineRun run = export("--to", "onnx");
    assertEquals(0, run.exitCode(), run.err());
    Path file = directory.resolve("m.onnx");
    assertEquals(
        List.of(
            "Model     " + model + ": 2-64-64-2",
            "Exported  " + file,
            "Inputs    features, float32 [batch, 2], not standardized; pixels divided by 255",
            "Outputs   label, int64 [batch]; probabilities, float32 [batch, 2]"),
        run.outLines());
    List<String> rows = Files.readAllLines(data);
    float[] features = new float[600];
    for (int i = 0; i < 600; i++) {
      features[i] = Float.parseFloat(rows.get(1 + i / 2).split(";", -1)[i % 2]);
    }
    List<String> ours = CommandLineRun.of("predict", "--model", model, "--data", data).outLines();
    try (OnnxSession onnx = new OnnxSession(file)) {
      OnnxSession.Outputs theirs = onnx.run(features, 2);
      for (int i = 0; i < 300; i++) {
        String[] cells = ours.get(1 + i).split(",", -1);
        assertEquals(cells[0], List.of("large", "small").get((int) theirs.labels()[i]));
        // Logits of this size are off by a few of 2^-22 on either side, and softmax halves that.
        assertEquals(Float.parseFloat(cells[1]), theirs.values()[i][0], 1e-5f);
      }
    }
  }

  @Test
  void npz_goesBesideTheModel() throws IOException {
    train("--data", "moons", "--epochs", 1);
    CommandLineRun run = export("--to", "npz");
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().endsWith("m.npz\")[\"0.weight\"]\n"), run.out());
    try (ZipFile zip = new ZipFile(directory.resolve("m.npz").toFile())) {
      assertTrue(zip.getEntry("0.weight.npy") != null && zip.getEntry("class_names.npy") != null);
    }
  }

  @Test
  void safetensors_saysWhichNetworkTheParametersFit_andWhatTheyLack() throws IOException {
    Path data = TestFiles.numbers(directory.resolve("n.csv"));
    train("--data", data, "--epochs", 1, "--hidden", "8,4", "--activation", "elu(0.5)");
    CommandLineRun run = export("--to", "safetensors");
    assertEquals(
        List.of(
            "Model     " + model + ": 2-8-4-1",
            "Exported  " + directory.resolve("m.parameters.safetensors"),
            "Network   Sequential(Linear(2, 8), ELU(0.5), Linear(8, 4), ELU(0.5), Linear(4, 1))",
            "Note      the data's means and deviations are not in this file: npz and onnx have"
                + " them"),
        run.outLines());
  }

  @Test
  void parametersAlone_areEvaluatedAndPredicted_whenTheActivationsAreGiven() throws IOException {
    Path data = TestFiles.idx(directory.resolve("idx"));
    train("--data", data, "--hidden", "16,8", "--activation", "tanh", "--epochs", 3);
    export("--to", "safetensors");
    Path torch = directory.resolve("m.parameters.safetensors");
    for (String command : List.of("eval", "predict")) {
      CommandLineRun ours = CommandLineRun.of(command, "--model", model, "--data", data);
      CommandLineRun theirs =
          CommandLineRun.of(command, "--model", torch, "--data", data, "--activation", "tanh");
      assertEquals(0, theirs.exitCode(), theirs.err());
      assertEquals(
          ours.out().replace(model.toString(), ""), theirs.out().replace(torch.toString(), ""));
      CommandLineRun other =
          CommandLineRun.of(command, "--model", torch, "--data", data, "--activation", "tanh,relu");
      assertTrue(other.exitCode() == 0 && !other.out().equals(theirs.out()), other.err());
    }
    CommandLineRun onnx =
        CommandLineRun.of("export", "--model", torch, "--activation", "tanh", "--to", "onnx");
    assertEquals(0, onnx.exitCode(), onnx.err());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--to onnx | is a state dict of 2 Linear modules, 2-5-2: say with --activation what stands"
            + " between them, as in --activation relu",
        "--to onnx --activation relu,relu,relu | --activation relu,relu,relu: ",
        "--to onnx --activation rely | unknown activation 'rely'",
        "--to onnx --activation relu --loss none | --loss: unknown loss 'none'"
      })
  void stateDict_withoutWhatItDoesNotSay_isTwo(String options, String message) {
    train("--data", "moons", "--epochs", 1, "--hidden", 5);
    export("--to", "safetensors");
    List<Object> arguments = new ArrayList<>(List.of("export", "--model"));
    arguments.add(directory.resolve("m.parameters.safetensors"));
    arguments.addAll(List.of(options.split(" ", -1)));
    CommandLineRun run = CommandLineRun.of(arguments.toArray());
    assertEquals(2, run.exitCode(), run.err());
    assertTrue(run.err().contains(message), run.err());
  }

  @Test
  void stateDict_ofOneOutput_mustBeSaidWhatItIs() throws IOException {
    train("--data", "moons", "--epochs", 1, "--hidden", 5, "--loss", "bce");
    export("--to", "safetensors");
    Path torch = directory.resolve("m.parameters.safetensors");
    CommandLineRun run =
        CommandLineRun.of("predict", "--model", torch, "--activation", "relu", "--data", "moons");
    assertEquals(2, run.exitCode(), run.err());
    assertTrue(
        run.err()
            .contains(
                "say what its one output is, with --loss bce a logit, with --loss mse a number"),
        run.err());
    CommandLineRun told =
        CommandLineRun.of(
            "predict",
            "--model",
            torch,
            "--activation",
            "relu",
            "--loss",
            "bce",
            "--data",
            "moons");
    assertEquals("predicted,probability 0,probability 1", told.outLines().get(0));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--to keras | --to: unknown format 'keras'; there are onnx, safetensors and npz",
        "--to onnx --activation relu | --activation is for files of PyTorch, but ",
        "--to onnx --loss mse | --loss is for files of PyTorch, but ",
        "--to npz --json | --json is not for export, which writes a file"
      })
  void options_thatMakeNoSense_areTwo(String options, String message) {
    train("--data", "moons", "--epochs", 1);
    CommandLineRun run = export((Object[]) options.split(" ", -1));
    assertEquals(2, run.exitCode(), run.err());
    assertTrue(run.err().contains(message), run.err());
  }

  @Test
  void export_overTheModelItself_isRefused_andTheModelIsAsItWas() throws IOException {
    train("--data", "moons", "--epochs", 1);
    byte[] before = Files.readAllBytes(model);
    CommandLineRun run = export("--to", "safetensors", "--out", model);
    assertEquals(2, run.exitCode());
    assertTrue(run.err().contains("is the model itself"), run.err());
    assertEquals(List.of(before.length), List.of(Files.readAllBytes(model).length));
  }

  @Test
  void export_toADirectoryThatIsNotThere_isTwo_andSaysWhatToDo() {
    train("--data", "moons", "--epochs", 1);
    Path out = directory.resolve("no").resolve("m.onnx");
    CommandLineRun run = export("--to", "onnx", "--out", out);
    assertEquals(2, run.exitCode());
    assertTrue(run.err().contains("does not exist; create it first"), run.err());
  }

  @Test
  void export_overAnotherFile_isRefused_andOverAnEarlierExportIsNot() throws IOException {
    train("--data", "moons", "--epochs", 1);
    for (String format : new String[] {"onnx", "npz", "safetensors"}) {
      Path out = directory.resolve("exported." + format);
      Files.writeString(out, "a,b\n1,2\n");
      CommandLineRun refused = export("--to", format, "--out", out);
      assertEquals(2, refused.exitCode(), format);
      assertTrue(refused.err().contains("so it is left alone"), refused.err());
      assertEquals("a,b\n1,2\n", Files.readString(out));
      Files.delete(out);
      assertEquals(0, export("--to", format, "--out", out).exitCode(), format);
      assertEquals(0, export("--to", format, "--out", out).exitCode(), format);
    }
  }
}
