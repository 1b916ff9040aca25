package dev.myelin.examples;

import static dev.myelin.examples.Printed.assertPrints;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The README's code is what is compiled and run here, line by line, and short. */
class QuickStartTest {
  private static final Path README = Path.of("..", "..", "README.md");
  private static final Path SOURCES = Path.of("src/main/java/dev/myelin/examples");
  private static final int MAX_LINES = 15;

  @AfterEach
  void deleteWhatExamplesSave() throws IOException {
    Files.deleteIfExists(Path.of("moons.safetensors"));
  }

  private static List<String> readmesBlocks() throws IOException {
    Matcher matcher =
        Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(README));
    List<String> blocks = new ArrayList<>();
    while (matcher.find()) {
      blocks.add(matcher.group(1));
    }
    return blocks;
  }

  @Test
  void readme_hasThree_ofFifteenLinesAtMost() throws IOException {
    List<String> blocks = readmesBlocks();
    assertEquals(3, blocks.size());
    for (String block : blocks) {
      assertTrue(block.lines().count() <= MAX_LINES, block);
    }
  }

  @ParameterizedTest
  @CsvSource({"0, TrainAndSave", "1, OperationsOnAnyDevice", "2, UnderALibrary"})
  void readmesCode_isTheExamples(int number, String example) throws IOException {
    String source = Files.readString(SOURCES.resolve(example + ".java"));
    String indented =
        readmesBlocks()
            .get(number)
            .lines()
            .map(line -> line.isEmpty() ? line : "    " + line)
            .collect(Collectors.joining("\n"));
    // To the method's end: nothing that follows may be needed and not shown.
    assertTrue(source.contains(indented + "\n  }\n}\n"), "not in " + example + ":\n" + indented);
  }

  @Test
  void trainAndSave_tellsTheMoonsApart() {
    PrintStream screen = System.out;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      TrainAndSave.main(new String[0]);
    } finally {
      System.setOut(screen);
    }
    String printed = bytes.toString(StandardCharsets.UTF_8);
    Matcher numbers =
        Pattern.compile("\\[upper, lower\\] \\[\\[(\\S+), \\S+\\], \\[\\S+, (\\S+)\\]\\]\\R")
            .matcher(printed);
    assertTrue(numbers.matches(), printed);
    // The first point lies in the middle of the upper moon, the second in that of the lower.
    assertTrue(Double.parseDouble(numbers.group(1)) > 0.9, printed);
    assertTrue(Double.parseDouble(numbers.group(2)) > 0.9, printed);
  }

  @Test
  void operationsOnAnyDevice_printsTheProducts() {
    // By hand: x w + bias for rows [i, 2, 3] and [4, 5, 6].
    assertPrints(
        """
        x.matmul(w).add(bias).relu() [2, 2] [3.5, 0.0, 10.5, 0.0]
        x.matmul(w).add(bias).relu() [2, 2] [4.5, 0.0, 10.5, 0.0]
        x.matmul(w).add(bias).relu() [2, 2] [5.5, 0.0, 10.5, 0.0]
        """,
        OperationsOnAnyDevice::main);
  }

  @Test
  void underALibrary_printsTheLayersOutputs() {
    assertPrints(
        """
        [4.5, 0.0, 10.5, 0.0]
        [0.0, 2.5, 4.5, 0.0]
        """,
        UnderALibrary::main);
  }
}
