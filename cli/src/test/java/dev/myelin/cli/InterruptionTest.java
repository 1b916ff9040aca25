package dev.myelin.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.myelin.model.CheckpointFolder;
import dev.myelin.model.TrainedModel;
import dev.myelin.nn.Checkpoint;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** SIGINT in a process of its own. */
class InterruptionTest {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final long SIGINT_BIT = 1 << 1;

  @TempDir Path directory;

  @BeforeEach
  void assumeThatSignalsArrive() throws IOException {
    assumeTrue(File.separatorChar == '/', "signals are sent with kill, which Windows lacks");
    if (Files.exists(STATUS)) {
      String ignored =
          Files.readAllLines(STATUS).stream()
              .filter(line -> line.startsWith("SigIgn:"))
              .findFirst()
              .orElseThrow()
              .substring("SigIgn:".length())
              .strip();
      assumeTrue(
          (Long.parseUnsignedLong(ignored, 16) & SIGINT_BIT) == 0,
          "SIGINT is ignored in this process, as a shell sets it for what a script runs with &");
    }
  }

  @Test
  @Timeout(value = 2, unit = TimeUnit.MINUTES)
  void interruptedTraining_savesTheModelSaysSoAndExitsWith130() throws Exception {
    Path model = directory.resolve("m.safetensors");
    String printed = interruptTraining(model);
    assertTrue(
        printed.matches(
            "(?s).*Interrupted in epoch \\d+: the model so far is saved in .*/m\\.safetensors\n"),
        printed);
    assertEquals(2, TrainedModel.load(model).spec().inputs());
  }

  @Test
  @Timeout(value = 3, unit = TimeUnit.MINUTES)
  void interruptedTraining_leavesAModelThatWasThere_andSavesBesideIt() throws Exception {
    Path model = directory.resolve("m.safetensors");
    CommandLineRun.of("train", "--data", "moons", "--epochs", 1, "--save", model);
    byte[] before = Files.readAllBytes(model);
    String printed = interruptTraining(model);
    Path beside = directory.resolve("m.interrupted.safetensors");
    assertTrue(printed.endsWith("the model so far is saved in " + beside + "\n"), printed);
    assertEquals(2, TrainedModel.load(beside).spec().inputs());
    assertArrayEquals(before, Files.readAllBytes(model));
  }

  @Test
  @Timeout(value = 3, unit = TimeUnit.MINUTES)
  void interruptedTraining_withCheckpoints_saysHowToGoOn_andThatCommandGoesOn() throws Exception {
    Path model = directory.resolve("m.safetensors");
    Path folder = directory.resolve("my checkpoints");
    String printed = interruptTraining(model, "--checkpoint", folder.toString());
    Matcher saved =
        Pattern.compile(
                "the model so far is saved in .*\nCheckpoint in "
                    + folder
                    + ": epoch (\\d+), after step (\\d+) of \\d+\n"
                    + "Resume    (myelin train .* --checkpoint '"
                    + folder
                    + "' --resume)\n")
            .matcher(printed);
    assertTrue(saved.find(), printed);
    try (CheckpointFolder open = CheckpointFolder.open(folder, note -> {})) {
      Checkpoint.Position position = open.newest().orElseThrow().position();
      assertEquals(Integer.parseInt(saved.group(1)), position.epoch());
      assertEquals(Integer.parseInt(saved.group(2)), position.stepInEpoch());
    }
    String again = interruptTraining(model, "--checkpoint", folder.toString(), "--resume");
    assertTrue(again.contains("\nResumed   " + folder + ": epoch " + saved.group(1)), again);
  }

  @Test
  @Timeout(value = 3, unit = TimeUnit.MINUTES)
  void interruptedTraining_reportsWhatThereIs() throws Exception {
    Path report = directory.resolve("r.html");
    Path profile = directory.resolve("p.json");
    String printed =
        interruptTraining(
            directory.resolve("m"), "--report", report.toString(), "--profile", profile.toString());
    assertTrue(printed.contains("\nReport    " + report + "\n"), printed);
    String page = Files.readString(report);
    assertTrue(page.contains("<h1>moons: interrupted in epoch "), page);
    assertTrue(page.contains("Loss by epoch"), page);
    assertTrue(page.contains("of the 80 validation samples"), page);
    assertTrue(Files.readString(profile).contains("\"name\":\"step\""));
  }

  /** Returns what was printed to standard output. */
  private String interruptTraining(Path model, String... more)
      throws IOException, InterruptedException {
    Path out = directory.resolve("out");
    List<String> arguments =
        new ArrayList<>(List.of("--epochs", "1000000", "--save", model.toString()));
    arguments.addAll(List.of(more));
    Process process = start(out, arguments);
    try {
      awaitFirstEpoch(process);
      new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
      assertTrue(process.waitFor(1, TimeUnit.MINUTES), "did not end");
      assertEquals(130, process.exitValue());
      return Files.readString(out);
    } finally {
      process.destroyForcibly();
    }
  }

  private static Process start(Path out, List<String> more) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "train",
                "--device",
                "cpu",
                "--data",
                "moons"));
    command.addAll(more);
    return new ProcessBuilder(command).redirectOutput(out.toFile()).start();
  }

  private static void awaitFirstEpoch(Process process) throws IOException {
    // The process may block on a full pipe later on, which SIGINT must not mind: so read on.
    BufferedReader err = process.errorReader(StandardCharsets.UTF_8);
    String line = err.readLine();
    while (line != null && !line.matches("epoch \\d+/.*")) {
      line = err.readLine();
    }
    Thread reader = new Thread(() -> err.lines().forEach(each -> {}), "stderr");
    reader.setDaemon(true);
    reader.start();
  }
}
