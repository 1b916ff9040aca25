package dev.myelin.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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

  private CsvTable readForModel(String text, int inputs, List<String> names, String target)
      throws IOException {
    Files.writeString(file, text);
    return CsvFiles.readForModel(file, inputs, names, target);
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
    // 1.5 is no name: the row holds data, and "2x" is a mistake.
    assertRefused(
        ", line 1, column 1 (counted from 0): '2x' is not a number; replace the words of this"
            + " column by numbers, remove it, or name it as the target",
        "1.5,2x,0\n1,2,1\n3,4,1\n");
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
    assertRefused(
        ": columns 0 and 1 are both called 'a'; rename one, or give the number",
        "a,a\n1,x\n2,y\n",
        "a",
        Task.AUTO);
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
    assertRefused(
        ", line 2, column 1 (counted from 0): 'x' is not a number; regression needs numbers to"
            + " predict",
        "1,2\n2,x\n",
        null,
        Task.REGRESSION);
  }

  @Test
  void classes_ofNumbersAndWords_areSortedAsText() throws IOException {
    assertEquals(List.of("10", "9", "b"), read("1,9\n2,b\n3,10\n").classNames());
  }

  @Test
  void classes_withEnormousExponents_staySmall() throws IOException {
    Dataset data = read("1,1e-999999999\n2,0\n", null, Task.CLASSIFICATION);
    assertEquals(List.of("0", "1E-999999999"), data.classNames());
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
  void readForModel_byPosition_takesAFileWithOrWithoutTarget() throws IOException {
    CsvTable without = readForModel("1,2\n3,4\n", 2, List.of(), null);
    assertFalse(without.hasTarget());
    assertArrayEquals(new float[] {1, 2, 3, 4}, without.features());
    CsvTable with = readForModel("1,2,x\n3,4,y\n", 2, List.of("a", "b"), null);
    assertTrue(with.hasTarget());
    assertArrayEquals(new float[] {1, 2, 3, 4}, with.features());
    assertEquals(List.of("x", "y"), with.targetCells());
    assertArrayEquals(
        new float[] {2, 5, 4, 6}, readForModel("x,2,5\ny,4,6\n", 2, List.of(), "0").features());
  }

  @Test
  void readForModel_byName_findsColumnsInAnyOrder() throws IOException {
    String text = "b,note,kind,a\n2,9,x,1\n4,9,y,3\n";
    CsvTable table = readForModel(text, 2, List.of("a", "b"), "kind");
    assertArrayEquals(new float[] {1, 2, 3, 4}, table.features());
    assertEquals(List.of("x", "y"), table.targetCells());
    assertFalse(readForModel(text, 2, List.of("a", "b"), "absent").hasTarget());
    assertFalse(readForModel(text, 2, List.of("a", "b"), null).hasTarget());
    assertFalse(readForModel("a,b\n1,2\n", 2, List.of("a", "b"), "-1").hasTarget());
    CsvTable oneLeft = readForModel("b,kind,a\n2,x,1\n", 2, List.of("a", "b"), null);
    assertEquals(List.of("x"), oneLeft.targetCells());
  }

  @Test
  void readForModel_ofOneRow_isData() throws IOException {
    assertArrayEquals(
        new float[] {0, 1, 2, 3}, readForModel("0,1,2,3\n", 4, List.of(), null).features());
  }

  @Test
  void readForModel_withoutTheModelsColumns_isRefused() {
    assertEquals(
        file + ": lacks the columns [c, d] that the model takes; there are [a, b]",
        assertThrows(
                InvalidDataException.class,
                () -> readForModel("a,b\n1,2\n", 3, List.of("a", "c", "d"), null))
            .getMessage());
    assertEquals(
        file + ": has 2 columns; the model takes 3, or 4 with the target",
        assertThrows(InvalidDataException.class, () -> readForModel("1,2\n", 3, List.of(), null))
            .getMessage());
  }

  @Test
  void readForModel_withUnfilledTargets_predictsButDoesNotJudge() throws IOException {
    CsvTable unfilled = readForModel("a,kind\n1,?\n2,\n", 1, List.of("a"), "kind");
    assertFalse(unfilled.hasTarget());
    CsvTable partly = readForModel("a,kind\n1,x\n2,\n", 1, List.of("a"), "kind");
    assertTrue(partly.hasTarget());
    assertEquals(
        file + ", line 3, column 1 ('kind'): the cell is empty; fill it in, or remove the line",
        assertThrows(
                InvalidDataException.class,
                () -> CsvTargets.classification(partly, List.of("x", "y")))
            .getMessage());
  }

  @Test
  void classification_byAModelsClasses_keepsTheirOrder() throws IOException {
    CsvTable table = readForModel("a,kind\n1,10\n2,9.0\n3,10\n", 1, List.of("a"), "kind");
    Dataset data = CsvTargets.classification(table, List.of("10", "9"));
    assertArrayEquals(new int[] {0, 1, 0}, data.labels());
    assertEquals(List.of("a"), data.featureNames());
    assertEquals(
        file + ", line 3, column 1 ('kind'): '9.0' is none of the model's classes [10, 11]",
        assertThrows(
                InvalidDataException.class,
                () -> CsvTargets.classification(table, List.of("10", "11")))
            .getMessage());
  }

  @Test
  void judging_withoutATarget_isRefused() throws IOException {
    CsvTable table = readForModel("1,2\n3,4\n", 2, List.of(), null);
    assertEquals(
        file + ": has no column of the target",
        assertThrows(InvalidDataException.class, () -> CsvTargets.regression(table)).getMessage());
  }
}
