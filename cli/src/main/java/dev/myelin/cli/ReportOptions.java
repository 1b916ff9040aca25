package dev.myelin.cli;

import dev.myelin.Backend;
import dev.myelin.BackendOptions;
import dev.myelin.Backends;
import dev.myelin.Profile;
import dev.myelin.cli.report.Page;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import picocli.CommandLine.Option;

/** What is to be left of a training besides the model. */
final class ReportOptions {
  @Option(
      names = "--report",
      paramLabel = "FILE.html",
      description =
          "writes one page with curves, decision boundary, mistakes, weights and where the time"
              + " goes; it needs no network to be read. An earlier report is replaced, any other"
              + " file is left alone")
  Path report;

  @Option(
      names = "--profile",
      paramLabel = "FILE.json",
      description =
          "writes a timeline of steps, operations and transfers for ui.perfetto.dev. The device is"
              + " waited for after each operation, so training is slower; its results are the same")
  Path profile;

  /**
   * Makes sure before the first epoch that the files can be written after the last.
   *
   * @param model where the model goes
   * @throws UsageException when one cannot, or is another kind of file
   */
  void check(Path model) {
    check("--report", report, Page.BEGINNING, "report");
    check("--profile", profile, Profile.TIMELINE_BEGINNING, "timeline");
    requireDifferent("--report", report, "--save", model);
    requireDifferent("--profile", profile, "--save", model);
    requireDifferent("--profile", profile, "--report", report);
  }

  private static void check(String option, Path file, String beginning, String kind) {
    if (file == null) {
      return;
    }
    ModelDestination.requireWritable(option, file);
    if (Files.exists(file) && !beginsWith(file, beginning)) {
      throw new UsageException(
          String.format(
              "%s exists and is no %s of Myelin, so it is left alone: give another file with %s, or"
                  + " remove it",
              file, kind, option));
    }
  }

  private static boolean beginsWith(Path file, String beginning) {
    byte[] expected = beginning.getBytes(StandardCharsets.UTF_8);
    if (!Files.isRegularFile(file)) {
      return false;
    }
    try (InputStream in = Files.newInputStream(file)) {
      return Arrays.equals(expected, in.readNBytes(expected.length));
    } catch (IOException unreadable) {
      throw new UncheckedIOException("cannot read " + file + ": " + unreadable, unreadable);
    }
  }

  private static void requireDifferent(String option, Path file, String other, Path otherFile) {
    boolean areSame =
        file != null
            && otherFile != null
            && file.toAbsolutePath().normalize().equals(otherFile.toAbsolutePath().normalize());
    if (areSame) {
      throw new UsageException(
          option + " and " + other + " name the same file, " + file + ": give each its own");
    }
  }

  /** A profile to be filled while training; null when none is asked for. */
  Profile newProfile() {
    return profile == null ? null : new Profile();
  }

  /**
   * Opens the device that was picked.
   *
   * @param filled what is to hear of all that it does; null for nothing
   */
  static Backend open(Backends.Selection selection, BackendOptions wishes, Profile filled) {
    return filled == null ? selection.open(wishes) : selection.open(wishes, filled);
  }
}
