package dev.myelin.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.data.Dataset;
import dev.myelin.data.InvalidDataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvModelFilesTest {
  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = directory.resolve("data.csv");
  }

  private CsvTable readForModel(String text, int inputs, List<String> names, String target)
      throws IOException {
    Files.writeString(file, text);
    return CsvFiles.readForModel(file, inputs, names, target);
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
  void readForModel_whoseNamesLookLikeNumbers_isReadByName() throws IOException {
    List<String> years = List.of("1990", "1991");
    CsvTable table = readForModel("1990,1991\n0.5,1.5\n", 2, years, null);
    assertArrayEquals(new float[] {0.5f, 1.5f}, table.features());
    CsvTable turned = readForModel("1991,1990\n1.5,0.5\n", 2, years, null);
    assertArrayEquals(new float[] {0.5f, 1.5f}, turned.features());
    CsvTable withTarget = readForModel("1991,7,1990\n1.5,9,0.5\n", 2, years, null);
    assertArrayEquals(new float[] {0.5f, 1.5f}, withTarget.features());
    assertEquals(List.of("9"), withTarget.targetCells());
    // No header: the row lacks a name.
    assertEquals(2, readForModel("1990,1992\n1.5,0.5\n", 2, years, null).rows());
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
