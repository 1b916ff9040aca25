package dev.myelin.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.data.Dataset;
import dev.myelin.data.InvalidDataException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CsvRefusalsTest {
  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = directory.resolve("data.csv");
  }

  private Dataset read(String text) throws IOException {
    return read(text, null, Task.AUTO);
  }

  private Dataset read(String text, String target, Task task) throws IOException {
    Files.writeString(file, text);
    return CsvFiles.readTraining(file, target, task);
  }

  /** The message is the file's name followed by this. */
  private void assertRefused(String message, String text) {
    assertRefused(message, text, null, Task.AUTO);
  }

  private void assertRefused(String message, String text, String target, Task task) {
    assertEquals(
        file + message,
        assertThrows(InvalidDataException.class, () -> read(text, target, task)).getMessage());
  }

  @Test
  void target_thatIsNotThere_isRefusedWithThoseThatAre() {
    String text = "a,b\n1,x\n2,y\n";
    assertRefused(": no column is called 'c'; there are [a, b]", text, "c", Task.AUTO);
    assertRefused(
        ": there is no column 2; give 0 to 1, or -1 to -2 counted from the last",
        text,
        "2",
        Task.AUTO);
    assertRefused(
        ": there is no column -3; give 0 to 1, or -1 to -2 counted from the last",
        text,
        "-3",
        Task.AUTO);
    assertRefused(
        ": has no header, so that no column is called 'b'; give its number, 0 to 1",
        "1,x\n2,y\n",
        "b",
        Task.AUTO);
  }

  @Test
  void columns_ofOneName_areRefused_forTheModelWouldNotFindThemAgain() {
    String message = ": columns 0 and 1 (counted from 0) are both called 'a'; rename one";
    assertRefused(message, "a,a,y\n1,2,3\n4,5,6\n");
    assertRefused(message, "a,a\n1,x\n2,y\n", "a", Task.AUTO);
    assertRefused(message, "a,a,y\n1,2,3\n4,5,6\n", "0", Task.AUTO);
  }

  @Test
  void target_withAMissingValue_isRefusedWithLineAndColumn() {
    for (String mark : List.of("N/A", "n/a", "NA", "#N/A", "<NA>", "null", "NULL", "nan", "?")) {
      assertRefused(
          ", line 4, column 1 ('y'): '"
              + mark
              + "' is a missing value; fill it in, or remove the"
              + " line",
          "a,y\n1,0.5\n2,1.5\n3," + mark + "\n4,2.5\n");
    }
  }

  @Test
  void target_withAFewWordsAmongNumbers_isRefusedUnlessTheUserSaysThatTheyAreClasses()
      throws IOException {
    String text = "a,y\n1,0.5\n2,1.5\n3,None\n4,2.5\n";
    assertRefused(
        ", line 4, column 1 ('y'): 'None' is not a number, but 3 of 4 targets are: fill it in or"
            + " remove the line, or choose --task classification if it is a class",
        text);
    assertEquals(4, read(text, null, Task.CLASSIFICATION).outputs());
    String rare = "a,y\n" + "1,0\n2,1\n".repeat(10) + "3,-\n";
    assertRefused(
        ", line 22, column 1 ('y'): '-' is not a number, but 20 of 21 targets are: fill it in or"
            + " remove the line, or choose --task classification if it is a class",
        rare);
  }

  @Test
  void target_ofWordsAndSomeNumbers_isClasses() throws IOException {
    String grades = "a,y\n" + "1,1\n2,2\n3,none\n".repeat(3);
    assertEquals(List.of("1", "2", "none"), read(grades).classNames());
    assertEquals(List.of("+", "-"), read("a,y\n" + "1,+\n2,-\n".repeat(3)).classNames());
  }

  @Test
  void oneClassOnly_isRefused() {
    assertRefused(
        ": all 2 rows have the class 'x' in column 1 ('kind'); classification needs at least two"
            + " classes",
        "a,kind\n1,x\n2,x\n");
  }

  @Test
  void aClassForEveryRow_isRefused() {
    StringBuilder text = new StringBuilder("a,name\n");
    for (int row = 0; row < 30; row++) {
      text.append(row).append(",person").append(row).append('\n');
    }
    assertRefused(
        ": 30 different classes in 30 rows of column 1 ('name') are too many to learn; name the"
            + " column of the target, or choose regression if it is a quantity",
        text.toString());
  }

  @Test
  void wordAmongTheFeatures_isRefused() {
    assertRefused(
        ", line 3, column 0 ('color'): 'red' is not a number; replace the words of this column by"
            + " numbers, remove it, or name it as the target",
        "color,kind\n\nred,x\nblue,y\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"NA", "NaN", "?"})
  void missingValue_isRefused(String mark) {
    assertRefused(
        ", line 3, column 1 ('b'): '"
            + mark
            + "' is a missing value; fill it in, or remove the line",
        "a,b,kind\n1,2,x\n3," + mark + ",y\n");
    assertRefused(
        ", line 3, column 2 ('kind'): '"
            + mark
            + "' is a missing value; fill it in, or remove the line",
        "a,b,kind\n1,2,x\n3,4," + mark + "\n");
  }

  @Test
  void emptyCell_isRefused() {
    assertRefused(
        ", line 2, column 0 (counted from 0): the cell is empty; fill it in, or remove the line",
        "1,2,x\n ,2,y\n");
    assertRefused(
        ", line 1, column 0 (counted from 0): the cell is empty; fill it in, or remove the line",
        ",2,x\n1,2,y\n");
  }

  /** A quotation mark that is never closed makes one cell of all the rest. */
  @Test
  void cellOfManyMegabytes_isRefusedWithItsLine() {
    String rows = "3,4,y\n".repeat(3_000_000);
    for (String text :
        List.of("a,b,c\n1,2,x\n" + "9".repeat(17_000_000), "a,b,c\n1,\"2,x\n" + rows)) {
      String message = assertThrows(InvalidDataException.class, () -> read(text)).getMessage();
      assertTrue(message.matches(".*line [23]: .*16777216.*single field.*"), message);
    }
  }

  @Test
  void raggedRow_isRefusedWithCounts() {
    assertRefused(
        ", line 4: 2 cells, but 3 in line 1; give every row the same number of cells",
        "a,b,c\n1,2,x\n\n3,y\n");
    assertRefused(
        ", line 3: 4 cells, but 3 in line 1; give every row the same number of cells",
        "a,b,c\n1,2,x\n3,4,y,5\n");
  }

  @Test
  void decimalComma_isRecognised() {
    assertRefused(
        ", line 2, column 0 ('a'): '1,5' looks like a number with a decimal comma; write it with a"
            + " point: 1.5",
        "a;b;kind\n1,5;2,5;x\n3,5;4,5;y\n");
    assertRefused(
        ", line 1, column 1 (counted from 0): '1,5' looks like a number with a decimal comma; write"
            + " it with a point: 1.5; or choose the task yourself",
        "1;1,5\n2;2,5\n");
  }

  @Test
  void numberBeyondFloat_isRefused() {
    assertRefused(
        ", line 2, column 0 ('a'): '1e39' is too large for a 32-bit float; use a larger unit",
        "a,kind\n1e39,x\n2,y\n");
  }

  @Test
  void fileWithoutRows_isRefused() {
    assertRefused(": is empty; expected rows of numbers", "");
    assertRefused(": is empty; expected rows of numbers", "\uFEFF\n\n");
    assertRefused(": has a header but no rows of data", "a,b,c\n");
    assertRefused(
        ": has a single column; expected features and a target, separated by a comma, semicolon,"
            + " tab or |",
        "a\n1\n2\n");
  }

  @Test
  void textAfterAQuote_isRefused() {
    String message =
        assertThrows(InvalidDataException.class, () -> read("a,b\n\"1\"2,x\n3,y\n")).getMessage();
    assertTrue(message.startsWith(file + ": "), message);
  }

  @Test
  void fileThatIsNoText_isRefused() throws IOException {
    Files.write(file, "a,caf\u00e9\n1,x\n".getBytes(StandardCharsets.ISO_8859_1));
    assertEquals(
        file + ": is not UTF-8 text; save it as UTF-8",
        assertThrows(InvalidDataException.class, () -> CsvFiles.readTraining(file, null, Task.AUTO))
            .getMessage());
    // Beyond the part that is looked at for the delimiter.
    Files.writeString(
        file, "1,x\n2,y\n".repeat(20_000) + "3,caf\u00e9\n", StandardCharsets.ISO_8859_1);
    assertEquals(
        file + ": is not UTF-8 text; save it as UTF-8",
        assertThrows(InvalidDataException.class, () -> CsvFiles.readTraining(file, null, Task.AUTO))
            .getMessage());
  }

  @Test
  void fileThatIsNotThere_isRefused() {
    assertEquals(
        file + ": no such file",
        assertThrows(InvalidDataException.class, () -> CsvFiles.readTraining(file, null, Task.AUTO))
            .getMessage());
    assertEquals(
        directory + ": is not a file",
        assertThrows(
                InvalidDataException.class, () -> CsvFiles.readTraining(directory, null, Task.AUTO))
            .getMessage());
  }

  @Test
  void wordInARowOfMeasurements_isNoHeader() {
    // 1.5 is no name: the row holds data, and "2x" is a mistake.
    assertRefused(
        ", line 1, column 1 (counted from 0): '2x' is not a number; replace the words of this"
            + " column by numbers, remove it, or name it as the target",
        "1.5,2x,0\n1,2,1\n3,4,1\n");
  }

  @Test
  void regression_ofWords_isRefused() {
    assertRefused(
        ", line 2, column 1 (counted from 0): 'x' is not a number; regression needs numbers to"
            + " predict",
        "1,2\n2,x\n",
        null,
        Task.REGRESSION);
  }

  @Test
  void quoteThatIsNeverClosed_isRefused_insteadOfSwallowingTheRest() {
    assertRefused(
        ", line 3, column 1 ('kind'): 'y 3,x 4,y 5,x 6,y 7,x 8,y 9,x 10,y 11,x ...' goes over"
            + " several lines; close the quote it begins with",
        "a,kind\n1,x\n2,\"y\n3,x\n4,y\n5,x\n6,y\n7,x\n8,y\n9,x\n10,y\n11,x\n12,y\n");
    assertRefused(
        ", line 3, column 0 ('a'): '3,y ' goes over several lines; close the quote it begins with",
        "a,kind\n1,x\n\"3,y\n\",x\n");
  }
}
