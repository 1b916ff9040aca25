package dev.myelin.cli;

import java.io.FileDescriptor;
import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Where a command prints: results to {@code out}, progress, logs and errors to {@code err}.
 *
 * @param out standard output, UTF-8
 * @param err standard error, UTF-8
 * @param outIsTerminal whether a person reads {@code out} as it is written
 * @param errIsTerminal whether a person reads {@code err}, so that a line may be rewritten
 * @param isSameTarget whether both end in the same terminal, pipe or file
 * @param columns the terminal's width
 * @param isColorAllowed false where the environment has NO_COLOR (no-color.org)
 */
record Screen(
    PrintStream out,
    PrintStream err,
    boolean outIsTerminal,
    boolean errIsTerminal,
    boolean isSameTarget,
    int columns,
    boolean isColorAllowed) {

  static final int DEFAULT_COLUMNS = 80;

  /** Narrower terminals are written to as if they were this wide. */
  private static final int LEAST_COLUMNS = 20;

  /**
   * What the process was started with. Java cannot ask whether a stream is a terminal; the launcher
   * can, and tells in the property {@code myelin.terminal}: "out", "err", "same", a width.
   */
  static Screen ofProcess() {
    return new Screen(
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8),
        new PrintStream(standardError(), true, StandardCharsets.UTF_8),
        System.getProperty("myelin.terminal", ""),
        System.getenv());
  }

  /** As the launcher says, which keeps the JVM's own messages apart; else the process's. */
  private static FileOutputStream standardError() {
    String path = System.getProperty("myelin.stderr");
    if (path != null) {
      try {
        return new FileOutputStream(path, true);
      } catch (FileNotFoundException cannotBeReopened) {
        // A socket, or another user's terminal: what is written to the process's own arrives too.
      }
    }
    return new FileOutputStream(FileDescriptor.err);
  }

  /** Two streams that are no terminals. */
  static Screen plain(PrintStream out, PrintStream err) {
    return new Screen(out, err, "", Map.of());
  }

  Screen(PrintStream out, PrintStream err, String terminal, Map<String, String> environment) {
    this(
        out,
        err,
        has(terminal, "out"),
        has(terminal, "err"),
        has(terminal, "same"),
        columns(terminal),
        environment.getOrDefault("NO_COLOR", "").isEmpty());
  }

  private static boolean has(String terminal, String word) {
    return ("," + terminal + ",").contains("," + word + ",");
  }

  private static int columns(String terminal) {
    for (String word : terminal.split(",", -1)) {
      if (word.matches("[1-9]\\d{0,3}")) {
        return Math.max(LEAST_COLUMNS, Integer.parseInt(word));
      }
    }
    return DEFAULT_COLUMNS;
  }

  /** What a result's text is decorated with. */
  Style outStyle() {
    return new Style(outIsTerminal && isColorAllowed);
  }

  /** What a message's text is decorated with. */
  Style errStyle() {
    return new Style(errIsTerminal && isColorAllowed);
  }

  /**
   * Emphasis by ANSI escape sequences, or none.
   *
   * @param isOn whether the reader's terminal shows it
   */
  record Style(boolean isOn) {
    String strong(String text) {
      return decorated("1", text);
    }

    String error(String text) {
      return decorated("1;31", text);
    }

    private String decorated(String code, String text) {
      return isOn ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }
  }
}
