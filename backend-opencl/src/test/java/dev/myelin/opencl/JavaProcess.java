package dev.myelin.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Runs a class of the tests in a JVM of its own. */
final class JavaProcess {
  private JavaProcess() {}

  /**
   * Waits for the process to end, which must be with exit code 0.
   *
   * @param environment added to this process's own
   * @param options of the JVM
   * @return what it printed to either stream
   */
  static String output(
      Map<String, String> environment, List<String> options, Class<?> main, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    ProcessBuilder java = new ProcessBuilder(command).redirectErrorStream(true);
    java.environment().putAll(environment);
    Process process = java.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    return output;
  }
}
