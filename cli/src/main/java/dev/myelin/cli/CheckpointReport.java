package dev.myelin.cli;

import dev.myelin.Backends;
import dev.myelin.nn.Checkpoint;
import dev.myelin.nn.TrainingListener;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is said of a run's checkpoints. */
final class CheckpointReport implements TrainingListener {
  private final PrintStream err;
  private final String device;
  private final Path directory;
  private final String resumeCommand;
  private Checkpoint resumed;
  private Checkpoint newest;
  private boolean hasFailed;

  /**
   * @param directory null when there are no checkpoints; nothing is said then
   * @param command of this process, from which the command that goes on is made
   */
  CheckpointReport(
      Screen screen, Backends.Selection selection, Path directory, CommandText command) {
    this.err = screen.err();
    this.device = Checkpoint.deviceText(selection.device());
    this.directory = directory;
    this.resumeCommand = command.toResume();
  }

  @Override
  public void resumed(Checkpoint from) {
    resumed = from;
    newest = from;
    if (!from.device().equals(device)) {
      err.println(
          "note: the checkpoint was written on "
              + from.device()
              + "; this is "
              + device
              + ". Training goes on, but the same bits are promised on one device only");
    }
  }

  /** Where training goes on, for the reader; null when it has begun anew. */
  String beginning() {
    if (resumed == null) {
      return null;
    }
    return resumed.finish().isPresent()
        ? directory + ": the run is finished, nothing is left to do"
        : directory + ": " + place(resumed);
  }

  private static String place(Checkpoint checkpoint) {
    Checkpoint.Position position = checkpoint.position();
    return String.format(
        "epoch %d, after step %s of %s",
        position.epoch(),
        Numbers.count(position.stepInEpoch()),
        Numbers.count(position.stepsPerEpoch()));
  }

  @Override
  public void checkpointSaved(Checkpoint saved) {
    newest = saved;
    if (hasFailed) {
      err.println("note: checkpoints are saved again, " + place(saved));
    }
    hasFailed = false;
  }

  @Override
  public void checkpointFailed(UncheckedIOException failure) {
    // Said once: with a full disk it would be said again and again.
    if (!hasFailed) {
      err.println("warning: " + failure.getMessage() + " Training goes on without this checkpoint");
    }
    hasFailed = true;
  }

  /** What is left of an interrupted run and how it goes on; empty without checkpoints. */
  List<String> interrupted() {
    if (directory == null) {
      return List.of();
    }
    if (newest == null) {
      return List.of("No checkpoint could be saved in " + directory);
    }
    String saved =
        (hasFailed ? "No checkpoint of it could be saved; the newest in " : "Checkpoint in ")
            + (directory + ": " + place(newest));
    return List.of(saved, "Resume    " + resumeCommand);
  }

  /** What becomes of the folder after the last epoch; empty without checkpoints. */
  List<String> finished() {
    if (directory == null) {
      return List.of();
    }
    return List.of(
        hasFailed
            ? "Folder    " + directory + " lacks the end of this run: it could not be saved"
            : "Folder    " + directory + " keeps the end of this run; delete it if you like");
  }

  /** Null without checkpoints. */
  Map<String, Object> toJson() {
    if (directory == null) {
      return null;
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("folder", directory.toString());
    json.put("resumedAtStep", resumed == null ? null : resumed.position().step());
    json.put("savedAtStep", newest == null ? null : newest.position().step());
    return json;
  }
}
