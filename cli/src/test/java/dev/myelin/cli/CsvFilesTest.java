package dev.myelin.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.data.Dataset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CsvFilesTest {
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

  @ParameterizedTest
  @ValueSource(strings = {",", ";", "\t", "|"})
  void delimiter_isFoundOut(String delimiter) throws IOException {
    Dataset data = read("1,2,no\n3,4,yes\n5,6,no\n".replace(",", delimiter));
    assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6}, data.features());
    assertArrayEquals(new int[] {0, 1, 0}, data.labels());
    assertEquals(List.of("no", "yes"), data.classNames());
    assertEquals("data.csv", data.name());
    assertEquals(List.of(), data.featureNames());
  }

  @Test
  void delimiter_betweenQuotes_isText() throws IOException {
    Dataset data = read("size,\"kind; of, it\"\n1,\"a;b;c\"\n2,\"say \"\"x\"\"\"\n");
    assertEquals(List.of("a;b;c", "say \"x\""), data.classNames());
    assertEquals(List.of("size"), data.featureNames());
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n", "\r"})
  void lineEnds_ofEverySystem_areAccepted(String lineEnd) throws IOException {
    Dataset data = read("a,b,c\n1,2,x\n\n3,4,y".replace("\n", lineEnd));
    assertArrayEquals(new float[] {1, 2, 3, 4}, data.features());
    assertEquals(List.of("x", "y"), data.classNames());
  }

  @Test
  void byteOrderMark_isSkipped() throws IOException {
    Dataset data = read("\uFEFFa,b\n1,x\n2,y\n");
    assertEquals(List.of("a"), data.featureNames());
    assertEquals(List.of("x", "y"), read("\uFEFF1,x\n2,y\n").classNames());
  }

  @Test
  void spacesAroundCells_areTrimmed() throws IOException {
    Dataset data = read(" a , b \n 1 , x \n 2 , y\n3,x\n");
    assertArrayEquals(new float[] {1, 2, 3}, data.features());
    assertArrayEquals(new int[] {0, 1, 0}, data.labels());
  }

  @Test
  void header_isRecognised() throws IOException {
    assertEquals(List.of("h"), read("h,kind\n1,x\n2,y\n").featureNames());
    // One word above numbers, the other names being whole numbers.
    assertEquals(List.of("0", "1"), read("0,1,y\n1,2,0.5\n3,4,1.5\n").featureNames());
    // Column numbers, as pandas writes them.
    assertEquals(4, read("0,1,2,3,kind\n5,6,7,8,x\n5,6,7,8,y\n").featureNames().size());
    assertEquals(2, read("0,1,2,3\n5,6,7,8\n5,6,7,9\n").samples());
    // An empty name, as of a row index.
    assertEquals(List.of("", "a"), read(",a,kind\n0,5,x\n1,6,y\n").featureNames());
  }

  @Test
  void header_isNotSeenInData() throws IOException {
    assertEquals(2, read("0,1,x\n3,4,y\n").samples());
    assertEquals(4, read("0,0,0\n0,1,1\n1,0,1\n1,1,0\n").samples());
    assertEquals(3, read("0,1,2\n3,4,5\n1,2,3\n").samples());
  }

  @ParameterizedTest
  @ValueSource(strings = {"kind", "1", "-2"})
  void target_isFoundByNameOrNumber(String target) throws IOException {
    Dataset data = read("a,kind,b\n1,x,2\n3,y,4\n", target, Task.AUTO);
    assertArrayEquals(new float[] {1, 2, 3, 4}, data.features());
    assertEquals(List.of("a", "b"), data.featureNames());
    assertEquals(List.of("x", "y"), data.classNames());
  }

  @Test
  void auto_ofFewWholeNumbers_isClassification() throws IOException {
    Dataset data = read("1,10\n2,9\n3,10.0\n4,+9\n");
    assertTrue(data.isClassification());
    assertEquals(List.of("9", "10"), data.classNames());
    assertArrayEquals(new int[] {1, 0, 1, 0}, data.labels());
  }

  @Test
  void auto_ofFractionsOrManyNumbers_isRegression() throws IOException {
    Dataset fractions = read("x,price\n1,0.5\n2,1\n3,1\n4,1\n");
    assertFalse(fractions.isClassification());
    assertArrayEquals(new float[] {0.5f, 1, 1, 1}, fractions.targets());
    assertEquals(List.of("price"), fractions.targetNames());
    // Three different values in five rows: fewer than two rows each.
    Dataset quantities = read("1,5\n2,6\n3,7\n4,5\n5,6\n");
    assertFalse(quantities.isClassification());
    assertEquals(List.of("target"), quantities.targetNames());
  }

  @ParameterizedTest
  @ValueSource(ints = {20, 21})
  void auto_takesUpToTwentyWholeNumbersForClasses(int different) throws IOException {
    StringBuilder text = new StringBuilder();
    for (int row = 0; row < 2 * different; row++) {
      text.append("1.5,").append(row % different).append('\n');
    }
    assertEquals(different == 20, read(text.toString()).isClassification());
  }

  @Test
  void task_givenByTheUser_isObeyed() throws IOException {
    assertFalse(read("1,0\n2,1\n3,0\n4,1\n", null, Task.REGRESSION).isClassification());
    Dataset data = read("1,2.5\n2,-1e2\n3,2.50\n", null, Task.CLASSIFICATION);
    assertEquals(List.of("-100", "2.5"), data.classNames());
    assertArrayEquals(new int[] {1, 0, 1}, data.labels());
  }

  @Test
  void classes_ofNumbersAndWords_areSortedAsText() throws IOException {
    assertEquals(
        List.of("10", "9", "b"), read("1,9\n2,b\n3,10\n", null, Task.CLASSIFICATION).classNames());
  }

  @Test
  void classes_withEnormousExponents_staySmall() throws IOException {
    Dataset data = read("1,1e-999999999\n2,0\n", null, Task.CLASSIFICATION);
    assertEquals(List.of("0", "1E-999999999"), data.classNames());
  }

  @Test
  void longFile_isReadWhole() throws IOException {
    StringBuilder text = new StringBuilder("i,half,kind\n");
    int rows = 50_021;
    for (int row = 0; row < rows; row++) {
      text.append(row).append(',').append(row / 2.0).append(',').append("c" + row % 3).append('\n');
    }
    Dataset data = read(text.toString());
    assertEquals(rows, data.samples());
    for (int row = 0; row < rows; row++) {
      assertEquals(row, data.features()[2 * row]);
      assertEquals(row / 2.0f, data.features()[2 * row + 1]);
      assertEquals(row % 3, data.labels()[row]);
    }
  }

  @Test
  void quoteWithinACell_isText() throws IOException {
    assertEquals(List.of("5\" pipe", "rod"), read("a;b;k\n1;2;5\" pipe\n3;4;rod\n").classNames());
  }
}
