package dev.myelin.io;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/**
 * Reads and writes JSON (RFC 8259) as plain Java values.
 *
 * <p>An object is a {@code Map<String, Object>} in the order of the text, an array a {@code
 * List<Object>}, a string a {@code String}, a literal a {@code Boolean} or null. A number without
 * fraction and exponent that fits is a {@code Long}, any other a {@code Double}: the nearest to
 * what is written.
 */
public final class Json {
  /** How deep arrays and objects may lie in each other, in what is read and what is written. */
  public static final int MAX_NESTING = 64;

  private Json() {}

  /**
   * A value of any size as a message shows it: JSON on one line, cut off.
   *
   * @param value as {@link #read(String)} gave it
   */
  public static String excerpt(Object value) {
    return JsonWriter.excerpt(value);
  }

  /**
   * The value of a text that holds one JSON value and nothing but white space around it. Stricter
   * than the standard asks: a key must not repeat, a number must be in a double's range, and
   * surrogates must be paired.
   *
   * @throws InvalidJsonException with line and column of the first fault
   */
  public static Object read(String text) {
    return new JsonReader(text).readDocument();
  }

  /**
   * As {@link #read(String)}, from UTF-8 without a byte order mark.
   *
   * @throws InvalidJsonException also for the first byte that is not UTF-8
   */
  public static Object read(byte[] utf8) {
    ByteBuffer bytes = ByteBuffer.wrap(utf8);
    CharBuffer characters = CharBuffer.allocate(utf8.length); // UTF-8 never grows when decoded
    CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(bytes, characters, true);
    if (result.isError()) {
      int at = bytes.position();
      throw new InvalidJsonException(
          "JSON, byte " + at, "UTF-8", String.format("the byte 0x%02x", utf8[at]));
    }
    return read(characters.flip().toString());
  }

  /**
   * The text of a value on one line, without white space.
   *
   * <p>Numbers are the shortest that read back as the same float or double, alike on every Java
   * version; whole ones keep their ".0", so that a double stays one.
   *
   * @param value a map with strings as keys, a collection, a {@code String}, {@code Number}, {@code
   *     Boolean} or null
   * @throws IllegalArgumentException for NaN and infinities, which JSON does not have, for values
   *     of other types, unpaired surrogates, and what nests deeper than {@link #MAX_NESTING}
   */
  public static String write(Object value) {
    return new JsonWriter(false).write(value);
  }

  /** As {@link #write}, each member and element on a line of its own, indented by two spaces. */
  public static String writeIndented(Object value) {
    return new JsonWriter(true).write(value);
  }

  /** The first surrogate without its partner, which UTF-8 cannot encode; -1 if there is none. */
  static int indexOfUnpairedSurrogate(String text) {
    for (int i = 0; i < text.length(); i++) {
      char character = text.charAt(i);
      if (Character.isSurrogate(character)) {
        if (i + 1 == text.length() || !Character.isSurrogatePair(character, text.charAt(i + 1))) {
          return i;
        }
        i++;
      }
    }
    return -1;
  }
}
