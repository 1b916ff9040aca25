package dev.myelin.io;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One pass over a text by recursive descent: a method for each rule of RFC 8259's grammar. */
final class JsonReader {
  /** No long has more characters. */
  private static final int LONGEST_LONG = Long.toString(Long.MIN_VALUE).length();

  private final String text;
  private int position;
  private int nesting;

  JsonReader(String text) {
    this.text = text;
  }

  Object readDocument() {
    skipWhitespace();
    Object value = readValue();
    skipWhitespace();
    if (position < text.length()) {
      throw expected("the end of the text");
    }
    return value;
  }

  private Object readValue() {
    if (position == text.length()) {
      throw expected("a value");
    }
    return switch (text.charAt(position)) {
      case '{' -> readObject();
      case '[' -> readArray();
      case '"' -> readString();
      case 't' -> readLiteral("true", true);
      case 'f' -> readLiteral("false", false);
      case 'n' -> readLiteral("null", null);
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> readNumber();
      default -> throw expected("a value");
    };
  }

  private Map<String, Object> readObject() {
    enter();
    Map<String, Object> members = new LinkedHashMap<>();
    skipWhitespace();
    if (skip('}')) {
      nesting--;
      return members;
    }
    do {
      skipWhitespace();
      int keyAt = position;
      if (!startsWith('"')) {
        throw expected("a key in quotes");
      }
      String key = readString();
      if (members.containsKey(key)) {
        throw expectedAt(keyAt, "a new key", JsonWriter.excerpt(key) + " for the second time");
      }
      skipWhitespace();
      if (!skip(':')) {
        throw expected("':'");
      }
      skipWhitespace();
      members.put(key, readValue());
      skipWhitespace();
    } while (skip(','));
    if (!skip('}')) {
      throw expected("',' or '}'");
    }
    nesting--;
    return members;
  }

  private List<Object> readArray() {
    enter();
    List<Object> elements = new ArrayList<>();
    skipWhitespace();
    if (skip(']')) {
      nesting--;
      return elements;
    }
    do {
      skipWhitespace();
      elements.add(readValue());
      skipWhitespace();
    } while (skip(','));
    if (!skip(']')) {
      throw expected("',' or ']'");
    }
    nesting--;
    return elements;
  }

  private String readString() {
    int quoteAt = position++;
    StringBuilder value = new StringBuilder();
    int copiedUpTo = position;
    while (!startsWith('"')) {
      if (position == text.length()) {
        throw expected("the quote that ends the string");
      }
      char next = text.charAt(position);
      if (next < ' ') {
        throw expected("control characters escaped");
      }
      if (next == '\\') {
        value.append(text, copiedUpTo, position++).append(readEscape());
        copiedUpTo = position;
      } else {
        position++;
      }
    }
    String string = value.append(text, copiedUpTo, position++).toString();
    int unpaired = Json.indexOfUnpairedSurrogate(string);
    if (unpaired >= 0) {
      throw expectedAt(
          quoteAt, "surrogates in pairs", describe(string.charAt(unpaired)) + " in the string");
    }
    return string;
  }

  /** What stands after the backslash. */
  private char readEscape() {
    if (position == text.length()) {
      throw expected("an escape");
    }
    char unescaped =
        switch (text.charAt(position)) {
          case '"' -> '"';
          case '\\' -> '\\';
          case '/' -> '/';
          case 'b' -> '\b';
          case 'f' -> '\f';
          case 'n' -> '\n';
          case 'r' -> '\r';
          case 't' -> '\t';
          case 'u' -> {
            position++;
            yield readFourHexDigits();
          }
          default -> throw expected("one of \" \\ / b f n r t u after a backslash");
        };
    position++;
    return unescaped;
  }

  /** Stops at the last digit. */
  private char readFourHexDigits() {
    int code = 0;
    for (int digits = 0; digits < 4; digits++) {
      // Not Character.digit: it takes the digits of every script.
      if (position == text.length() || !isHexDigit(text.charAt(position))) {
        throw expected("four hexadecimal digits after \\u");
      }
      code = code << 4 | Character.digit(text.charAt(position++), 16);
    }
    position--;
    return (char) code;
  }

  private static boolean isHexDigit(char c) {
    return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private Object readLiteral(String word, Object value) {
    if (!text.startsWith(word, position)) {
      throw expected(word);
    }
    position += word.length();
    return value;
  }

  private Number readNumber() {
    int start = position;
    skip('-');
    if (!skip('0')) {
      skipDigits();
    }
    boolean whole = true;
    if (skip('.')) {
      skipDigits();
      whole = false;
    }
    if (skip('e') || skip('E')) {
      if (!skip('+')) {
        skip('-');
      }
      skipDigits();
      whole = false;
    }
    String number = text.substring(start, position);
    if (whole && number.length() <= LONGEST_LONG) {
      BigInteger integer = new BigInteger(number);
      if (integer.bitLength() < Long.SIZE) {
        return integer.longValue();
      }
    }
    double value = Double.parseDouble(number);
    if (Double.isInfinite(value)) {
      throw expectedAt(start, "a number within +-" + Double.MAX_VALUE, JsonWriter.excerpt(number));
    }
    return value;
  }

  private void skipDigits() {
    int start = position;
    while (position < text.length() && isDigit(text.charAt(position))) {
      position++;
    }
    if (position == start) {
      throw expected("a digit");
    }
  }

  private void skipWhitespace() {
    while (startsWith(' ') || startsWith('\n') || startsWith('\r') || startsWith('\t')) {
      position++;
    }
  }

  private boolean startsWith(char wanted) {
    return position < text.length() && text.charAt(position) == wanted;
  }

  private boolean skip(char wanted) {
    boolean found = startsWith(wanted);
    if (found) {
      position++;
    }
    return found;
  }

  private void enter() {
    if (nesting == Json.MAX_NESTING) {
      throw expected("at most " + Json.MAX_NESTING + " arrays and objects in each other");
    }
    nesting++;
    position++;
  }

  private InvalidJsonException expected(String what) {
    String found =
        position == text.length() ? "the end of the text" : describe(text.charAt(position));
    return expectedAt(position, what, found);
  }

  private InvalidJsonException expectedAt(int offset, String what, String found) {
    long line = 1 + text.chars().limit(offset).filter(c -> c == '\n').count();
    int column = offset - text.lastIndexOf('\n', offset - 1);
    return new InvalidJsonException("JSON, line " + line + ", column " + column, what, found);
  }

  private static String describe(char c) {
    return c > ' ' && c < 0x7f ? "'" + c + "'" : String.format("U+%04X", (int) c);
  }
}
