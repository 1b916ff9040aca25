package dev.myelin.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** What a program prints, compared with what it should: words as they are, numbers as rounded. */
final class Printed {
  private static final Pattern NUMBER = Pattern.compile("-?\\d+(\\.\\d+)?([eE]-?\\d+)?");

  private Printed() {}

  /**
   * Runs the program and compares. Whitespace between words is not compared; a number may differ
   * from the expected one by one in the last digit that is written there.
   */
  static void assertPrints(String expected, Consumer<String[]> main) {
    String printed = run(main);
    String expectedWords = words(expected);
    assertEquals(expectedWords, words(printed), printed);
    List<String> expectedNumbers = numbers(expected);
    List<String> numbers = numbers(printed);
    for (int i = 0; i < expectedNumbers.size(); i++) {
      BigDecimal number = new BigDecimal(expectedNumbers.get(i));
      BigDecimal error = number.subtract(new BigDecimal(numbers.get(i))).abs();
      boolean near = number.scale() <= 0 ? error.signum() == 0 : error.compareTo(number.ulp()) <= 0;
      assertTrue(near, numbers.get(i) + " instead of " + number + " in:\n" + printed);
    }
  }

  /** What the program prints. */
  static String run(Consumer<String[]> main) {
    PrintStream screen = System.out;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      main.accept(new String[0]);
    } finally {
      System.setOut(screen);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static String words(String text) {
    return NUMBER.matcher(text).replaceAll("#").replaceAll("\\s+", " ").strip();
  }

  private static List<String> numbers(String text) {
    return NUMBER.matcher(text).results().map(MatchResult::group).toList();
  }
}
