package dev.myelin.cli;

import dev.myelin.io.Json;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One run of the command line in this process, and what it left. */
record CommandLineRun(int exitCode, String out, String err) {
  private static final Set<String> COMPUTING_COMMANDS = Set.of("train", "eval", "predict");

  /**
   * Runs as if both streams were pipes. What computes does so on the processor unless the arguments
   * say otherwise: the best device of this machine may be any.
   */
  static CommandLineRun of(Object... arguments) {
    return onTerminal("", Map.of(), arguments);
  }

  /**
   * Runs as if the streams were what the launcher says; the device as in {@link #of}.
   *
   * @param terminal as in the property myelin.terminal
   */
  static CommandLineRun onTerminal(
      String terminal, Map<String, String> environment, Object... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    List<String> texts = new ArrayList<>();
    for (Object argument : arguments) {
      texts.add(argument.toString());
    }
    boolean computes = !texts.isEmpty() && COMPUTING_COMMANDS.contains(texts.get(0));
    if (computes && texts.stream().noneMatch(text -> text.matches("--device(=.*)?"))) {
      texts.addAll(1, List.of("--device", "cpu"));
    }
    Screen screen =
        new Screen(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            terminal,
            environment);
    int exitCode = Main.run(texts.toArray(new String[0]), screen);
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
