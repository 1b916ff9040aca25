package dev.myelin.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The README's table "Worked examples" links every row to an example and a test that are there. */
class ReadmeTableTest {
  private static final Path ROOT = Path.of("..", "..");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)]+)\\)");

  private static List<String> rows() throws IOException {
    String readme = Files.readString(ROOT.resolve("README.md"));
    String section = readme.split("\n## Worked examples\n", 2)[1].split("\n## ", 2)[0];
    return section.lines().filter(line -> line.matches("\\| \\d{3} .*")).toList();
  }

  private static List<String> links(String row) {
    return LINK.matcher(row).results().map(result -> result.group(1)).toList();
  }

  @Test
  void everyRow_linksAnExampleAndATest_thatExist() throws IOException {
    List<String> rows = rows();
    assertEquals(16, rows.size());
    for (String row : rows) {
      List<String> links = links(row);
      assertTrue(links.size() >= 2, row);
      assertTrue(links.get(0).startsWith("docs/examples/src/main/java/"), row);
      for (String link : links) {
        assertTrue(Files.isRegularFile(ROOT.resolve(link)), link);
      }
    }
  }

  /** A test named in a row is a method of the file that the row links to. */
  @Test
  void everyTestNamed_isInTheFileLinked() throws IOException {
    Pattern named = Pattern.compile("\\[`?(\\w+)`?\\]\\((testkit/[^)]+)\\)");
    int tests = 0;
    for (String row : rows()) {
      for (MatchResult result : named.matcher(row).results().toList()) {
        tests++;
        String source = Files.readString(ROOT.resolve(result.group(2)));
        assertTrue(source.contains(result.group(1)), result.group());
      }
    }
    assertTrue(tests >= 16, tests + " tests");
  }

  @Test
  void everyWorkedExample_isInTheTable() throws IOException {
    Set<String> linked = new TreeSet<>();
    rows().forEach(row -> linked.add(Path.of(links(row).get(0)).getFileName().toString()));
    String tests =
        Files.readString(Path.of("src/test/java/dev/myelin/examples/WorkedExamplesTest.java"));
    try (Stream<Path> files = Files.list(Path.of("src/main/java/dev/myelin/examples"))) {
      List<String> worked =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> tests.contains(name.replace(".java", "::main")))
              .sorted()
              .toList();
      assertEquals(worked, List.copyOf(linked));
    }
  }
}
