package dev.myelin.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.random.Philox;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CsvNumberTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "-0",
        "-0.0",
        "16777217.000000000",
        "33554434.0",
        "33554433.999999999",
        "0.9999999701976776",
        "0.9999999701976777",
        "999999999999999999",
        "1234567890123456789",
        "5",
        "-5",
        "+5",
        "5.",
        ".5",
        "-.5",
        "0.1",
        "0.30000001192",
        "16777215",
        "16777217",
        "123456789",
        "1e3",
        "1.5E-7",
        "-2e+3",
        "0.00000000001",
        "1e-50",
        "3.4028235e38",
        "1677720.9",
        "00000000000000000000000012",
        "0.00000000000000000000000000000000000000000001"
      })
  void parse_givesTheNearestFloat(String text) {
    assertEquals(Float.parseFloat(text), CsvNumber.parse(text));
    assertTrue(CsvNumber.isNumber(text));
  }

  @Test
  void parse_ofRandomDecimals_givesTheNearestFloat() {
    Philox random = new Philox(11, 0);
    for (int i = 0; i < 100_000; i++) {
      int decimals = random.nextInt(13);
      int digits = 1 + random.nextInt(30);
      String whole = Integer.toString(random.nextInt() >> digits);
      String text = decimals == 0 ? whole : whole + "." + random.nextInt(1 << decimals);
      assertEquals(Float.parseFloat(text), CsvNumber.parse(text), text);
    }
  }

  @Test
  void parse_ofDoublesInFull_givesTheNearestFloat() {
    Philox random = new Philox(12, 0);
    for (int i = 0; i < 100_000; i++) {
      String text = Double.toString(random.nextDouble(-1000, 1000));
      assertEquals(Float.parseFloat(text), CsvNumber.parse(text), text);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-",
        "+",
        ".",
        "-.",
        "1f",
        "1d",
        "0x1p3",
        "Infinity",
        "NaN",
        "1,5",
        "1 000",
        "1.2.3",
        "--1",
        "1e",
        "e5",
        "\u0665",
        "five"
      })
  void parse_ofAnythingElse_givesNaN(String text) {
    assertTrue(Float.isNaN(CsvNumber.parse(text)));
    assertFalse(CsvNumber.isNumber(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "NA", "NaN", "nan", "na", "?"})
  void isMissing_knowsTheUsualMarks(String text) {
    assertTrue(CsvNumber.isMissing(text));
    assertFalse(CsvNumber.isMissing("Nan1"));
    assertFalse(CsvNumber.isMissing("0"));
  }

  @Test
  void problem_saysWhatToDo() {
    assertEquals("the cell is empty; fill it in, or remove the line", CsvNumber.problem(""));
    assertEquals(
        "'NA' is a missing value; fill it in, or remove the line", CsvNumber.problem("NA"));
    assertEquals(
        "'1e99' is too large for a 32-bit float; use a larger unit", CsvNumber.problem("1e99"));
    assertEquals(
        "'-1,5' looks like a number with a decimal comma; write it with a point: -1.5",
        CsvNumber.problem("-1,5"));
    assertEquals("'red' is not a number", CsvNumber.problem("red"));
  }
}
