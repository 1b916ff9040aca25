package dev.myelin.cli;

import dev.myelin.model.CheckpointFolder;
import dev.myelin.nn.Checkpointing;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Option;

/** How a run outlives its process. */
final class CheckpointOptions {
  @Option(
      names = "--checkpoint",
      paramLabel = "DIR",
      description =
          "a folder for the state of this run, so that it can go on after any interruption, to the "
              + "same bits; the newest two checkpoints are kept. Default: none")
  private Path directory;

  @Option(
      names = "--every",
      paramLabel = "N",
      description = "steps between two checkpoints. Default: one at the end of each epoch")
  private Integer every;

  @Option(
      names = "--resume",
      description = "go on from the newest checkpoint in the folder; begin anew if there is none")
  private boolean resume;

  /** Null when no checkpoints are wanted. */
  Path directory() {
    return directory;
  }

  /**
   * Says no to what makes no sense, before anything is done.
   *
   * @throws UsageException naming the option
   */
  void check(DeviceOptions device) {
    if (resume && device.isAuto()) {
      throw new UsageException(
          "--device auto tries the devices anew, and may take another than the one of the"
              + " checkpoint, which gives the same bits: name that with --device");
    }
    if (directory == null && (resume || every != null)) {
      throw new UsageException(
          (resume ? "--resume" : "--every") + " needs --checkpoint DIR, the folder of the run");
    }
    if (every != null && every < 1) {
      throw new UsageException("--every must be at least 1, but is " + every);
    }
  }

  /**
   * Opens the folder; null when no checkpoints are wanted.
   *
   * @throws UsageException when there are checkpoints in it that nobody has asked to resume
   */
  CheckpointFolder open(Screen screen) {
    if (directory == null) {
      return null;
    }
    CheckpointFolder folder =
        CheckpointFolder.open(directory, note -> screen.err().println("note: " + note));
    if (!resume && !folder.isEmpty()) {
      folder.close();
      throw new UsageException(
          "--checkpoint "
              + directory
              + " holds checkpoints already: add --resume to go on from them, or give another"
              + " folder");
    }
    if (resume && folder.isEmpty()) {
      screen.err().println("note: no checkpoint in " + directory + " yet: training begins anew");
    }
    return folder;
  }

  /**
   * What the trainer is to do.
   *
   * @param folder null for no checkpoints
   */
  Checkpointing policy(CheckpointFolder folder, DeviceOptions device) {
    return folder == null
        ? Checkpointing.NONE
        : new Checkpointing(
            folder, every == null ? 0 : every, Map.of("precision", device.precision().text()));
  }
}
