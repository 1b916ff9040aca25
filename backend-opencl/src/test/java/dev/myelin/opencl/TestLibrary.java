package dev.myelin.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Native libraries of the tests, in C++ beside them, compiled when they are needed. */
final class TestLibrary {
  private TestLibrary() {}

  /**
   * @param folder where source and library are left
   * @param source the resource
   * @param options more for the compiler
   * @throws IOException when there is no compiler, no JDK or another system
   */
  static Path compile(Path folder, String source, String library, String... options)
      throws IOException {
    if (!System.getProperty("os.name").equals("Linux")) {
      throw new IOException(source + " needs Linux");
    }
    Path headers = Path.of(System.getProperty("java.home"), "include");
    if (!Files.exists(headers.resolve("jni.h"))) {
      throw new IOException("no jni.h in " + headers + ": run the tests on a JDK");
    }
    Path from = folder.resolve(source);
    Path to = folder.resolve(library);
    try (InputStream text = TestLibrary.class.getResourceAsStream(source)) {
      Files.copy(text, from);
    }
    List<String> command = new ArrayList<>(List.of("g++", "-std=c++17", "-fPIC", "-shared"));
    command.addAll(List.of("-fvisibility=hidden", "-Wall", "-Wextra", "-Werror"));
    command.addAll(List.of("-I" + headers, "-I" + headers.resolve("linux")));
    command.addAll(List.of(options));
    command.addAll(List.of("-o", to.toString(), from.toString(), "-ldl"));
    run(command);
    return to;
  }

  /** A compiler that is not there is an {@link IOException}; one that complains, a failed test. */
  private static void run(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      assertEquals(0, process.waitFor(), output);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted: " + command, interrupted);
    }
  }
}
