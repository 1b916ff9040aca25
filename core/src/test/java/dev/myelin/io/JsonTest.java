package dev.myelin.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.myelin.random.Philox;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
  @Test
  void read_everyKindOfValue_givesPlainJavaValues() {
    Map<String, Object> expected = new LinkedHashMap<>();
    expected.put("z", List.of(1L, -2.5, "x", true, false));
    expected.put("a", null);
    expected.put("", Map.of("inner", List.of()));
    Object value =
        Json.read(" {\"z\" : [1,\t-2.5,\"x\",true,false],\r\n\"a\":null,\"\":{\"inner\":[]}} ");
    assertEquals(expected, value);
    assertEquals(List.of("z", "a", ""), new ArrayList<>(((Map<?, ?>) value).keySet()));
  }

  @Test
  void read_wholeNumberInRange_isALong_anyOtherADouble() {
    assertEquals(Long.MAX_VALUE, Json.read("9223372036854775807"));
    assertEquals(Long.MIN_VALUE, Json.read("-9223372036854775808"));
    assertEquals(0x1p63, Json.read("9223372036854775808"));
    assertEquals(0L, Json.read("-0"));
    assertEquals(1.0, Json.read("1.0"));
    assertEquals(100.0, Json.read("1e2"));
    assertEquals(0.25, Json.read("25E-2"));
    assertEquals(-0.0, Json.read("-0.0"));
    assertEquals(1e40, Json.read("1" + "0".repeat(40)));
    assertEquals(Double.MIN_VALUE, Json.read("4.9e-324"));
    assertEquals(0.0, Json.read("1e-400"));
  }

  @Test
  void read_escapes_givesTheCharacters() {
    assertEquals(
        "\"\\/\b\f\n\r\t\u00e9\ud83d\ude00\u0000",
        Json.read("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83d\\uDE00\\u0000\""));
  }

  @Test
  void read_utf8_decodesEveryLength() {
    String text = "\"a\u00e9\u20ac\ud83d\ude00\"";
    assertEquals("a\u00e9\u20ac\ud83d\ude00", Json.read(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** Columns: text, line and column of the fault, what was expected, what was found. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "``|1|1|a value|the end of the text",
        "` `|1|2|a value|the end of the text",
        "nul|1|1|null|'n'",
        "True|1|1|a value|'T'",
        "NaN|1|1|a value|'N'",
        "Infinity|1|1|a value|'I'",
        "-|1|2|a digit|the end of the text",
        "-Infinity|1|2|a digit|'I'",
        "+1|1|1|a value|'+'",
        ".5|1|1|a value|'.'",
        "1.|1|3|a digit|the end of the text",
        "1.e1|1|3|a digit|'e'",
        "1e|1|3|a digit|the end of the text",
        "1e+|1|4|a digit|the end of the text",
        "01|1|2|the end of the text|'1'",
        "0x1|1|2|the end of the text|'x'",
        "1 2|1|3|the end of the text|'2'",
        "1e999|1|1|a number within +-1.7976931348623157E308|\"1e999\"",
        "'a'|1|1|a value|'''",
        "\"a|1|3|the quote that ends the string|the end of the text",
        "\"a\\|1|4|an escape|the end of the text",
        "\"\\x\"|1|3|one of \" \\ / b f n r t u after a backslash|'x'",
        "\"\\u12g4\"|1|6|four hexadecimal digits after \\u|'g'",
        "\"\\u12|1|6|four hexadecimal digits after \\u|the end of the text",
        "\"\\ud800\"|1|1|surrogates in pairs|U+D800 in the string",
        "\"\\ude00\\ud83d\"|1|1|surrogates in pairs|U+DE00 in the string",
        "[1 2]|1|4|',' or ']'|'2'",
        "[1,]|1|4|a value|']'",
        "[|1|2|a value|the end of the text",
        "[1|1|3|',' or ']'|the end of the text",
        "[1}|1|3|',' or ']'|'}'",
        "{a:1}|1|2|a key in quotes|'a'",
        "{\"a\"}|1|5|':'|'}'",
        "{\"a\" 1}|1|6|':'|'1'",
        "{\"a\":}|1|6|a value|'}'",
        "{\"a\":1,}|1|8|a key in quotes|'}'",
        "{\"a\":1 \"b\":2}|1|8|',' or '}'|'\"'",
        "{\"a\":1,\"\\u0061\":2}|1|8|a new key|\"a\" for the second time",
        "[] // x|1|4|the end of the text|'/'",
        "]|1|1|a value|']'",
      })
  void read_malformed_saysWhereAndWhat(
      String text, int line, int column, String expected, String found) {
    var failure = assertThrows(InvalidJsonException.class, () -> Json.read(text));
    assertEquals(
        "JSON, line " + line + ", column " + column + ": expected " + expected + ", found " + found,
        failure.getMessage());
  }

  @ParameterizedTest
  @CsvSource({"'\n', U+000A", "'\u0000', U+0000", "'\u001f', U+001F"})
  void read_controlCharacterInString_isRefused(String control, String name) {
    var failure =
        assertThrows(InvalidJsonException.class, () -> Json.read("\"a" + control + "b\""));
    assertEquals(
        "JSON, line 1, column 3: expected control characters escaped, found " + name,
        failure.getMessage());
  }

  @Test
  void read_faultOnALaterLine_countsLinesAndColumns() {
    var failure = assertThrows(InvalidJsonException.class, () -> Json.read("{\n  \"a\": 1,\n }"));
    assertEquals(
        "JSON, line 3, column 2: expected a key in quotes, found '}'", failure.getMessage());
  }

  @Test
  void read_byteOrderMark_isRefused() {
    var failure = assertThrows(InvalidJsonException.class, () -> Json.read("\ufeff1"));
    assertEquals("JSON, line 1, column 1: expected a value, found U+FEFF", failure.getMessage());
  }

  @Test
  void read_bytesThatAreNotUtf8_namesTheFirst() {
    int[][] faults = {
      {0xff}, // never occurs
      {0xc0, 0x80}, // zero in two bytes
      {0xed, 0xa0, 0x80}, // a surrogate
      {0xf4, 0x90, 0x80, 0x80}, // beyond U+10FFFF
      {0xe2, 0x82}, // cut off
    };
    for (int[] fault : faults) {
      byte[] text = new byte[2 + fault.length];
      text[0] = '"';
      text[1] = 'a';
      for (int i = 0; i < fault.length; i++) {
        text[2 + i] = (byte) fault[i];
      }
      var failure = assertThrows(InvalidJsonException.class, () -> Json.read(text));
      assertEquals(
          String.format("JSON, byte 2: expected UTF-8, found the byte 0x%02x", fault[0]),
          failure.getMessage());
    }
  }

  @Test
  void read_nestingUpToTheCap_isRead_deeperIsRefused() {
    Json.read("[".repeat(64) + "]".repeat(64));
    var failure = assertThrows(InvalidJsonException.class, () -> Json.read("[".repeat(100_000)));
    assertEquals(
        "JSON, line 1, column 65: expected at most 64 arrays and objects in each other, found '['",
        failure.getMessage());
    // What was closed no longer counts.
    Json.read("[" + "[],{},".repeat(100) + "0]");
  }

  @Test
  void write_everyKindOfValue_compactAndIndented() {
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("name", "a\"b");
    value.put("counts", List.of(1, (short) 2, (byte) 3, 4L, BigInteger.TEN.pow(20)));
    value.put("rate", 0.1f);
    value.put("none", null);
    value.put("empty", Arrays.asList(List.of(), Map.of()));
    value.put("yes", true);
    assertEquals(
        "{\"name\":\"a\\\"b\",\"counts\":[1,2,3,4,100000000000000000000],\"rate\":0.1,"
            + "\"none\":null,\"empty\":[[],{}],\"yes\":true}",
        Json.write(value));
    assertEquals(
        """
        {
          "name": "a\\"b",
          "counts": [
            1,
            2,
            3,
            4,
            100000000000000000000
          ],
          "rate": 0.1,
          "none": null,
          "empty": [
            [],
            {}
          ],
          "yes": true
        }""",
        Json.writeIndented(value));
  }

  @Test
  void write_allCharacters_readBackByJacksonAndByUs() throws Exception {
    StringBuilder all = new StringBuilder();
    for (int code = 0; code <= 0x2100; code++) {
      all.appendCodePoint(code);
    }
    all.appendCodePoint(0xffff).appendCodePoint(0x1f600).appendCodePoint(0x10ffff);
    String text = all.toString();
    String json = Json.write(Map.of(text, text));
    assertEquals(0, json.chars().filter(c -> c < ' ').count());
    assertEquals(Map.of(text, text), Json.read(json));
    assertEquals(Map.of(text, text), new ObjectMapper().readValue(json, Map.class));
  }

  /** Columns: a double as Java reads it; its shortest decimal. */
  @ParameterizedTest
  @CsvSource({
    "0, 0.0",
    "-0.0, -0.0",
    "1, 1.0",
    "-100, -100.0",
    "0.1, 0.1",
    "123456.789, 123456.789",
    "1e20, 100000000000000000000.0",
    "1e21, 1e21",
    "1.5e300, 1.5e300",
    "1e-7, 0.0000001",
    "-1e-8, -1e-8",
    "1.2345e-10, 1.2345e-10",
    "2e23, 2e23",
    // JDK 17 prints 2.2E-322 and 5.6843418860808015E-14 (2^-44) with a digit more than needed.
    "2.2e-322, 2.2e-322",
    "0x1p-44, 5.684341886080802e-14",
    "0x1p-1074, 5e-324",
    "0x1.fffffffffffffp1023, 1.7976931348623157e308",
    "0x1p-1022, 2.2250738585072014e-308",
    "9007199254740993, 9007199254740992.0",
  })
  void write_double_isShortest(String value, String expected) {
    assertEquals(expected, Json.write(Double.parseDouble(value)));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0.0",
    "-0.0, -0.0",
    "0.1, 0.1",
    "16777216, 16777216.0",
    "3.4028235e38, 3.4028235e38",
    "0x1p-149, 1e-45",
    "0x1p-126, 1.1754944e-38",
    "0x1p-24, 5.9604645e-8",
    "2e10, 20000000000.0",
    "8.41e21, 8.41e21",
  })
  void write_float_isShortest(String value, String expected) {
    assertEquals(expected, Json.write(Float.parseFloat(value)));
  }

  @Test
  void write_randomBits_readBackAsTheSameNumber_withNoDigitToSpare() {
    Philox random = new Philox(11, 0);
    for (int i = 0; i < 20_000; i++) {
      double value = Double.longBitsToDouble((long) random.nextInt() << 32 | random.nextInt());
      float narrow = Float.intBitsToFloat(random.nextInt());
      if (Double.isFinite(value)) {
        String text = Json.write(value);
        assertEquals(value, assertInstanceOf(Double.class, Json.read(text)));
        BigDecimal decimal = new BigDecimal(text).stripTrailingZeros();
        BigDecimal step = decimal.ulp().scaleByPowerOfTen(1);
        BigDecimal below = decimal.divideToIntegralValue(step).multiply(step);
        BigDecimal above = below.add(step.multiply(BigDecimal.valueOf(decimal.signum())));
        if (decimal.precision() > 1) {
          // Neither neighbour with a digit less is the same double.
          assertEquals(false, Double.parseDouble(below.toString()) == value, text);
          assertEquals(false, Double.parseDouble(above.toString()) == value, text);
        }
      }
      if (Float.isFinite(narrow)) {
        assertEquals(narrow, Float.parseFloat(Json.write(narrow)));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void write_notANumber_isRefused(double value) {
    var failure =
        assertThrows(IllegalArgumentException.class, () -> Json.write(List.of(1.0, value)));
    assertEquals(
        "JSON has no form for " + value + "; write null or a string in its place",
        failure.getMessage());
    assertThrows(IllegalArgumentException.class, () -> Json.write((float) value));
  }

  @Test
  void write_whatJsonCannotHold_isRefused() {
    assertRefused("JSON has no form for a java.lang.Character: \"x\"", 'x');
    assertRefused("JSON has no form for a java.math.BigDecimal: 1", BigDecimal.ONE);
    assertRefused("a JSON key must be a string, not 1", Map.of(1, 2));
    assertRefused(
        "not Unicode: the surrogate U+D83D at index 1 of \"a\ud83db\" has no partner", "a\ud83db");
    List<Object> itself = new ArrayList<>();
    itself.add(itself);
    assertRefused("JSON nests more than 64 deep; does the value contain itself?", itself);
    assertEquals("[1]", Json.write(Set.of(1)));
  }

  private static void assertRefused(String message, Object value) {
    var failure = assertThrows(IllegalArgumentException.class, () -> Json.write(value));
    assertEquals(message, failure.getMessage());
  }
}
