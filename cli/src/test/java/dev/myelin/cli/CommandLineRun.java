package dev.myelin.cli;

import dev.myelin.io.Json;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** One run of the command line in this process, and what it left. */
record CommandLineRun(int exitCode, String out, String err) {

  /** Runs as if both streams were pipes. */
  static CommandLineRun of(Object... arguments) {
    return onTerminal("", Map.of(), arguments);
  }

  /**
   * Runs as if the streams were what the launcher says.
   *
   * @param terminal as in the property myelin.terminal
   */
  static CommandLineRun onTerminal(
      String terminal, Map<String, String> environment, Object... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    String[] texts = new String[arguments.length];
    for (int i = 0; i < texts.length; i++) {
      texts[i] = arguments[i].toString();
    }
    Screen screen =
        new Screen(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            terminal,
            environment);
    int exitCode = Main.run(texts, screen);
    return new CommandLineRun(
        exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  List<String> outLines() {
    return out.lines().toList();
  }

  List<String> errLines() {
    return err.lines().toList();
  }

  /** The line of the output that begins so. */
  String outLine(String beginning) {
    return outLines().stream()
        .filter(line -> line.startsWith(beginning))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no line '" + beginning + "' in:\n" + out + err));
  }

  /** Standard output as the one JSON document that it is. */
  @SuppressWarnings("unchecked")
  Map<String, Object> json() {
    return (Map<String, Object>) Json.read(out);
  }
}
