package dev.myelin.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The PTX that is checked in was made from the sources that are checked in. */
class KernelBinariesTest {
  private static final Path SOURCES = Path.of("src/main/resources/dev/myelin/kernels");
  private static final Path SCRIPT = Path.of("compile-ptx");
  private static final Pattern INCLUDE = Pattern.compile("(?m)^#include \"([a-z.-]+)\"$");

  static List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(SOURCES.resolve("ptx"))) {
      return files
          .map(file -> file.getFileName().toString().replaceFirst("\\.ptx$", ""))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void ptx_wasMadeFromTheSourcesAsTheyAre(String name) throws Exception {
    String ptx = KernelBinaries.ptx(name);
    String source = header(ptx, "Made from (\\S+) by kernels/compile-ptx; do not edit\\.");
    String options = header(ptx, "Options: (.*)");

    assertEquals(
        hash(source, options),
        header(ptx, "Sources: sha256 (\\S+)"),
        name + " is older than its sources: run kernels/compile-ptx");
  }

  @ParameterizedTest
  @MethodSource("names")
  void ptx_namesItsCompilerAndNoPathOfTheMachineThatRanIt(String name) {
    String ptx = KernelBinaries.ptx(name);

    assertTrue(header(ptx, "Compiler: (.*)").matches("nvcc \\d+\\.\\d+\\.\\d+"), name);
    assertFalse(ptx.contains("/home") || ptx.contains("/work") || ptx.contains("/tmp"), name);
    assertFalse(ptx.contains(".file"), name);
    assertFalse(ptx.contains("_INTERNAL_"), name + " has a name made of the folder it was made in");
  }

  @Test
  void ptx_isWhatTheCompilerWrites(@TempDir Path folder) throws Exception {
    Path output = Files.createDirectory(folder.resolve("ptx"));
    Path messages = folder.resolve("messages");
    Process script =
        new ProcessBuilder(SCRIPT.toAbsolutePath().toString(), output.toString())
            .redirectErrorStream(true)
            .redirectOutput(messages.toFile())
            .start();
    int status = script.waitFor();
    String said = Files.readString(messages);
    boolean isAbsent = said.contains("nvcc: command not found") || said.startsWith("nvcc is ");
    Assumptions.assumeFalse(isAbsent, "not compared byte by byte: " + said);
    assertEquals(0, status, said);
    List<String> names = names();
    for (String name : names) {
      assertArrayEquals(
          Files.readAllBytes(output.resolve(name + ".ptx")),
          Files.readAllBytes(SOURCES.resolve("ptx").resolve(name + ".ptx")),
          name);
    }
    try (Stream<Path> written = Files.list(output)) {
      assertEquals(names.size(), written.count(), "files that are not checked in");
    }
  }

  @Test
  void ptx_ofAnUnknownName_namesIt() {
    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, () -> KernelBinaries.ptx("none"));

    assertEquals("there is no PTX file none", refusal.getMessage());
  }

  private static String header(String ptx, String pattern) {
    Matcher line = Pattern.compile("(?m)^// " + pattern + "$").matcher(ptx);
    assertTrue(line.find(), "no line '// " + pattern + "'");
    return line.group(1);
  }

  /** As hash_of of kernels/compile-ptx. */
  private static String hash(String source, String options) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    digest.update((options + "\n").getBytes(StandardCharsets.UTF_8));
    TreeSet<String> parts = new TreeSet<>();
    addParts(source, parts);
    for (String part : parts) {
      digest.update((part + "\n").getBytes(StandardCharsets.UTF_8));
      digest.update(Files.readAllBytes(SOURCES.resolve(part)));
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static void addParts(String file, Set<String> parts) throws IOException {
    if (parts.add(file)) {
      Matcher include = INCLUDE.matcher(Files.readString(SOURCES.resolve(file)));
      while (include.find()) {
        addParts(include.group(1), parts);
      }
    }
  }
}
