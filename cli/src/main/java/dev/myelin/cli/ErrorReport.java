package dev.myelin.cli;

import dev.myelin.BackendException;
import dev.myelin.KernelBuildException;
import dev.myelin.OutOfDeviceMemoryException;
import dev.myelin.data.InvalidDataException;
import dev.myelin.io.InvalidModelException;
import dev.myelin.nn.CheckpointMismatchException;
import dev.myelin.nn.DivergedException;
import java.io.UncheckedIOException;
import java.util.Locale;

/**
 * What a failure comes to: an exit code and one line for the user.
 *
 * @param exitCode see {@link ExitCode}
 * @param message what, where, what to do
 */
record ErrorReport(int exitCode, String message) {

  static ErrorReport of(Throwable failure) {
    int exitCode = exitCode(failure);
    return switch (exitCode) {
      case ExitCode.BUG ->
          new ErrorReport(
              exitCode,
              oneLine("internal error: " + failure)
                  + ". This is a bug in Myelin: please report it with what --debug prints");
      case ExitCode.OUT_OF_MEMORY ->
          new ErrorReport(
              exitCode,
              failure instanceof OutOfMemoryError ? outOfHeap() : oneLine(failure.getMessage()));
      default -> new ErrorReport(exitCode, text(failure));
    };
  }

  private static int exitCode(Throwable failure) {
    if (failure instanceof UsageException) {
      return ExitCode.USAGE;
    }
    if (failure instanceof InvalidDataException
        || failure instanceof InvalidModelException
        || failure instanceof CheckpointMismatchException
        || failure instanceof UncheckedIOException) {
      return ExitCode.DATA;
    }
    if (failure instanceof OutOfDeviceMemoryException || failure instanceof OutOfMemoryError) {
      return ExitCode.OUT_OF_MEMORY;
    }
    if (failure instanceof BackendException) {
      return ExitCode.DEVICE;
    }
    return failure instanceof DivergedException ? ExitCode.DIVERGED : ExitCode.BUG;
  }

  private static String text(Throwable failure) {
    // A compiler's log is worth its many lines: without them nobody can help.
    return failure instanceof KernelBuildException
        ? failure.getMessage()
        : oneLine(failure.getMessage());
  }

  private static String outOfHeap() {
    return String.format(
        Locale.ROOT,
        "out of memory: Java may take %,d MiB. Use fewer samples or a smaller network, or allow"
            + " more with MYELIN_JAVA_OPTS=-Xmx16g",
        Runtime.getRuntime().maxMemory() >> 20);
  }

  private static String oneLine(String message) {
    return String.valueOf(message).strip().replaceAll("\\s*\\R\\s*", " ");
  }
}
