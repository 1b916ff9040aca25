package dev.myelin.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.myelin.model.CheckpointFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a user sees of checkpoints. Killed processes are {@link KillAndResumeTest}'s. */
class CheckpointCommandTest {
  @TempDir Path directory;

  private Path folder() {
    return directory.resolve("ck");
  }

  private CommandLineRun train(String model, Object... more) {
    List<Object> arguments =
        new ArrayList<>(
            List.of("train", "--data", "moons", "--samples", 400, "--epochs", 3, "--save"));
    arguments.add(directory.resolve(model));
    arguments.addAll(List.of(more));
    return CommandLineRun.of(arguments.toArray());
  }

  private CommandLineRun trainWithCheckpoints(String model, Object... more) {
    List<Object> all = new ArrayList<>(List.of("--checkpoint", folder()));
    all.addAll(List.of(more));
    return train(model, all.toArray());
  }

  private byte[] bytes(String model) throws IOException {
    return Files.readAllBytes(directory.resolve(model));
  }

  private List<Path> checkpoints() throws IOException {
    try (Stream<Path> files = Files.list(folder())) {
      return files.filter(each -> each.toString().endsWith(".safetensors")).sorted().toList();
    }
  }

  @Test
  void training_fromAnEarlierCheckpoint_givesTheSameModelAndTheWholeTable() throws IOException {
    CommandLineRun whole = train("whole.safetensors");
    trainWithCheckpoints("saved.safetensors", "--every", 4);
    assertArrayEquals(bytes("whole.safetensors"), bytes("saved.safetensors"));
    Files.delete(checkpoints().get(1));
    CommandLineRun resumed = trainWithCheckpoints("resumed.safetensors", "--every", 4, "--resume");
    assertEquals(0, resumed.exitCode(), resumed.err());
    assertArrayEquals(bytes("whole.safetensors"), bytes("resumed.safetensors"));
    assertEquals(
        "Resumed   " + folder() + ": epoch 3, after step 6 of 9", resumed.outLine("Resumed"));
    for (int epoch = 1; epoch <= 3; epoch++) {
      String beginning = "    " + epoch + " ";
      int upToTimes = "epoch      loss  accuracy  val loss  val accuracy".length();
      assertEquals(
          whole.outLine(beginning).substring(0, upToTimes),
          resumed.outLine(beginning).substring(0, upToTimes));
    }
    assertEquals(
        "Folder    " + folder() + " keeps the end of this run; delete it if you like",
        resumed.outLine("Folder"));
  }

  @Test
  void resume_ofAFinishedRun_givesItsModelAgain() throws IOException {
    trainWithCheckpoints("first.safetensors");
    CommandLineRun again = trainWithCheckpoints("again.safetensors", "--resume");
    assertEquals(0, again.exitCode(), again.err());
    assertArrayEquals(bytes("first.safetensors"), bytes("again.safetensors"));
    assertEquals(
        "Resumed   " + folder() + ": the run is finished, nothing is left to do",
        again.outLine("Resumed"));
    assertTrue(again.outLine("Test").matches("Test +accuracy .*"));
  }

  @Test
  void resume_withoutACheckpoint_beginsAnewAndSaysSo() {
    CommandLineRun run = trainWithCheckpoints("m.safetensors", "--resume");
    assertEquals(0, run.exitCode(), run.err());
    assertEquals(
        "note: no checkpoint in " + folder() + " yet: training begins anew", run.errLines().get(0));
  }

  @Test
  void checkpoint_inAFolderThatHoldsSome_isRefused() throws IOException {
    trainWithCheckpoints("m.safetensors");
    List<Path> before = checkpoints();
    CommandLineRun run = trainWithCheckpoints("m.safetensors");
    assertEquals(2, run.exitCode());
    assertTrue(
        run.err()
            .startsWith(
                "error: --checkpoint "
                    + folder()
                    + " holds checkpoints already: add --resume to go on from them, or give"
                    + " another folder\n"),
        run.err());
    assertEquals(before, checkpoints());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--lr 0.01 | learning rate 0.005 there, 0.01 here",
        "--hidden 7 | network 2-64-64-2 there, 2-7-2 here",
        "--test-split 0.3 | training samples 288 there, 252 here",
        "--seed 1 | seed 42 there, 1 here",
        "--init xavier | initial parameters (SHA-256) ",
        "--activation tanh | layer 0 activation relu there, tanh here",
        "--schedule constant | schedule cosine there, constant here",
      })
  void resume_ofAnotherRun_isRefusedWithTheDifference(String options, String difference)
      throws IOException {
    trainWithCheckpoints("m.safetensors");
    Object[] more = (options + " --resume").split(" ");
    CommandLineRun run = trainWithCheckpoints("other.safetensors", more);
    assertEquals(3, run.exitCode(), run.err());
    assertTrue(run.err().contains("checkpoints in " + folder() + " are of another run: "));
    assertTrue(run.err().contains(difference), run.err());
    assertFalse(Files.exists(directory.resolve("other.safetensors")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--resume | --resume needs --checkpoint DIR, the folder of the run",
        "--every 10 | --every needs --checkpoint DIR, the folder of the run",
        "--checkpoint x --every 0 | --every must be at least 1, but is 0",
      })
  void optionsThatMakeNoSense_areRefused(String options, String message) {
    CommandLineRun run = train("m.safetensors", (Object[]) options.split(" "));
    assertEquals(2, run.exitCode());
    assertTrue(run.err().startsWith("error: " + message + "\n"), run.err());
  }

  @Test
  void checkpoint_inAFolderInUse_saysWhoUsesIt() {
    try (CheckpointFolder inUse = CheckpointFolder.open(folder(), note -> {})) {
      CommandLineRun run = trainWithCheckpoints("m.safetensors");
      assertEquals(3, run.exitCode());
      assertEquals(
          "error: cannot keep checkpoints in "
              + inUse.name()
              + ": another training uses this folder (process "
              + ProcessHandle.current().pid()
              + "); wait for its end, or give another folder\n",
          run.err());
    }
  }

  @Test
  void checkpoint_thatIsDamaged_isPassedOverWithANote() throws IOException {
    trainWithCheckpoints("whole.safetensors", "--every", 4);
    Path newest = checkpoints().get(1);
    Files.write(newest, new byte[] {1, 2, 3});
    CommandLineRun run = trainWithCheckpoints("m.safetensors", "--every", 4, "--resume");
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.errLines().get(0).startsWith("note: " + newest + ": "), run.err());
    assertTrue(
        run.errLines()
            .get(0)
            .endsWith(" Going on from the one before, checkpoint-0000000024.safetensors."),
        run.err());
    assertArrayEquals(bytes("whole.safetensors"), bytes("m.safetensors"));
  }

  @Test
  void checkpoint_thatCannotBeSaved_isSaidOnce_andTheModelIsSaved() throws IOException {
    assumeFalse(System.getProperty("user.name").equals("root"), "root may write anywhere");
    CheckpointFolder.open(folder(), note -> {}).close();
    Files.setPosixFilePermissions(folder(), PosixFilePermissions.fromString("r-xr-xr-x"));
    CommandLineRun run = trainWithCheckpoints("m.safetensors", "--every", 1);
    assertEquals(0, run.exitCode(), run.err());
    assertEquals(1, run.errLines().stream().filter(each -> each.startsWith("warning: ")).count());
    assertTrue(Files.exists(directory.resolve("m.safetensors")));
  }

  @Test
  void json_saysWhereTheRunCanBeResumed() {
    trainWithCheckpoints("m.safetensors");
    CommandLineRun run = trainWithCheckpoints("m.safetensors", "--resume", "--json");
    assertEquals(
        Map.of("folder", folder().toString(), "resumedAtStep", 27L, "savedAtStep", 27L),
        run.json().get("checkpoint"));
  }
}
