package dev.myelin.cli;

import dev.myelin.io.InvalidModelException;
import dev.myelin.model.TrainedModel;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a trained model goes. A model that is there already is replaced, for training again is
 * routine; any other file is left alone.
 */
final class ModelDestination {
  private ModelDestination() {}

  /** The file that the user gave, or one in the current directory that is named after the data. */
  static Path of(Path given, DataSource source) {
    return given != null ? given : Path.of("myelin-" + source.stem() + ".safetensors");
  }

  /**
   * Makes sure before the first epoch that the model can be kept after the last.
   *
   * @throws UsageException when it cannot
   */
  static void check(Path file) {
    requireWritable("--save", file);
    if (Files.exists(file)) {
      requireModel(file);
    }
  }

  /**
   * Makes sure that a file can be written.
   *
   * @throws UsageException naming the option, and what to do
   */
  static void requireWritable(String option, Path file) {
    Path directory = file.toAbsolutePath().getParent();
    if (directory == null || Files.isDirectory(file)) {
      throw new UsageException(option + " " + file + ": is a directory; give a file in it");
    }
    if (!Files.isDirectory(directory)) {
      throw new UsageException(
          option
              + " "
              + file
              + ": the directory "
              + directory
              + " does not exist; create it first");
    }
    if (!Files.isWritable(Files.exists(file) ? file : directory)) {
      throw new UsageException(option + " " + file + ": no permission to write there");
    }
  }

  /**
   * Where a model goes whose training was interrupted: not over one that was trained to its end,
   * but beside it, as NAME.interrupted.safetensors.
   */
  static Path afterInterruption(Path file) {
    if (!Files.exists(file)) {
      return file;
    }
    String name = file.getFileName().toString();
    int ending = name.lastIndexOf('.');
    int at = ending > 0 ? ending : name.length();
    return file.resolveSibling(name.substring(0, at) + ".interrupted" + name.substring(at));
  }

  private static void requireModel(Path file) {
    try {
      TrainedModel.load(file);
    } catch (InvalidModelException noModel) {
      throw new UsageException(
          file
              + " exists and is no model of Myelin, so it is left alone: give another file with"
              + " --save, or remove it",
          noModel);
    }
  }
}
