package dev.myelin.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.myelin.Backends;
import dev.myelin.nn.Checkpoint;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is said when checkpoints fail, and of another device. */
class CheckpointReportTest {
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final CheckpointReport report =
      new CheckpointReport(
          Screen.plain(
              new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
              new PrintStream(err, true, StandardCharsets.UTF_8)),
          Backends.select("cpu"),
          Path.of("ck"),
          new CommandText(
              List.of("train", "--save", "my model", "--checkpoint", "ck"),
              Backends.select("cpu").device()));

  private static Checkpoint after(int step, String device) {
    Checkpoint.Position position = new Checkpoint.Position(step, 100, 0, 0, 0, 0);
    return new Checkpoint(
        Map.of(),
        device,
        position,
        List.of(),
        List.of(),
        List.of(),
        Optional.empty(),
        Optional.empty());
  }

  private static UncheckedIOException diskFull() {
    return new UncheckedIOException(
        "cannot write ck/x: No space left on device. Nothing was changed.", new IOException());
  }

  private List<String> said() {
    return err.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void failures_areSaidOnceInARow_andSoIsTheEndOfThem() {
    report.checkpointFailed(diskFull());
    report.checkpointFailed(diskFull());
    report.checkpointSaved(after(230, "x"));
    report.checkpointSaved(after(240, "x"));
    report.checkpointFailed(diskFull());
    String warning =
        "warning: cannot write ck/x: No space left on device. Nothing was changed. Training goes on"
            + " without this checkpoint";
    assertEquals(
        List.of(
            warning, "note: checkpoints are saved again, epoch 3, after step 30 of 100", warning),
        said());
    assertEquals(
        List.of("Folder    ck lacks the end of this run: it could not be saved"),
        report.finished());
    assertEquals(
        List.of(
            "No checkpoint of it could be saved; the newest in ck: epoch 3, after step 40 of 100",
            "Resume    myelin train --device cpu --save 'my model' --checkpoint ck --resume"),
        report.interrupted());
  }

  @Test
  void interruption_beforeAnyCheckpointCouldBeSaved_saysSo() {
    report.checkpointFailed(diskFull());
    assertEquals(List.of("No checkpoint could be saved in ck"), report.interrupted());
  }

  @Test
  void resumed_onAnotherDevice_isSaid_andOnTheSameOneNot() {
    String here = Checkpoint.deviceText(Backends.select("cpu").device());
    report.resumed(after(10, here));
    assertEquals(List.of(), said());
    report.resumed(after(10, "cuda:0: NVIDIA X, detail"));
    assertEquals(
        List.of(
            "note: the checkpoint was written on cuda:0: NVIDIA X, detail; this is "
                + here
                + ". Training goes on, but the same bits are promised on one device only"),
        said());
  }
}
