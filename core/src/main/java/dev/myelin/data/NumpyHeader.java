package dev.myelin.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The header of a .npy file, versions 1.0 to 3.0: {@code \x93NUMPY}, two bytes of version, the
 * length of the rest in 2 (1.0) or 4 little-endian bytes, and the text of a Python dictionary of
 * descr, fortran_order and shape, filled up with spaces, with a newline at the end.
 *
 * <p>Nothing is evaluated: of Python's literals only those that numpy.save writes here are known.
 *
 * <p>Source: numpy.lib.format's documentation.
 */
final class NumpyHeader {
  /** What numpy.load takes at most, too; a shape of 32 dimensions is a tenth of it. */
  private static final int MAX_TEXT_BYTES = 10_000;

  private static final int VERSION_END = 8;
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int LONGEST_EXCERPT = 40;

  private final String place;
  private final String text;
  private final int bytes;
  private int at;
  private String descriptor;
  private Boolean isByColumns;
  private int[] shape;

  private NumpyHeader(String place, byte[] text, int bytes) {
    this.place = place;
    // Names of a structured type's fields alone may be beyond ASCII, and such types are refused.
    this.text = new String(text, StandardCharsets.ISO_8859_1);
    this.bytes = bytes;
  }

  /**
   * Reads and checks a header.
   *
   * @param place the file and its member, for messages
   * @throws InvalidDataException naming the place, what was expected and what was found
   */
  static NumpyHeader read(String place, InputStream in) throws IOException {
    byte[] start = in.readNBytes(VERSION_END);
    if (start.length < VERSION_END || Arrays.mismatch(start, MAGIC) != MAGIC.length) {
      throw new InvalidDataException(
          place + ": does not begin as an array that NumPy saved (\\x93NUMPY): save it again");
    }
    int version = start[MAGIC.length];
    if (version < 1 || version > 3 || start[MAGIC.length + 1] != 0) {
      throw new InvalidDataException(
          "%s: is of version %s.%s of NumPy's format, expected 1.0 to 3.0: save it again"
              .formatted(place, version & 0xff, start[MAGIC.length + 1] & 0xff));
    }
    byte[] lengthBytes = in.readNBytes(version == 1 ? Short.BYTES : Integer.BYTES);
    long length = 0;
    for (int i = lengthBytes.length - 1; i >= 0; i--) {
      length = length << Byte.SIZE | (lengthBytes[i] & 0xff);
    }
    if (length > MAX_TEXT_BYTES) {
      throw new InvalidDataException(
          "%s: claims a header of %s bytes, expected at most %s: save it again"
              .formatted(place, length, MAX_TEXT_BYTES));
    }
    byte[] text = in.readNBytes((int) length);
    if (text.length < length) {
      throw new InvalidDataException(
          "%s: ends within its header: it is cut off; get the file again".formatted(place));
    }
    NumpyHeader header =
        new NumpyHeader(place, text, VERSION_END + lengthBytes.length + text.length);
    header.parse();
    return header;
  }

  /** Where the elements begin. */
  int bytes() {
    return bytes;
  }

  /**
   * The type of the elements.
   *
   * @throws InvalidDataException when they are not numbers
   */
  NumpyType type() {
    return NumpyType.of(place, descriptor);
  }

  /** A copy. */
  int[] shape() {
    return shape.clone();
  }

  /** The product of the shape. */
  int elements() {
    return Arrays.stream(shape).reduce(1, (product, size) -> product * size);
  }

  private void parse() {
    take('{');
    while (!isNext('}')) {
      int keyAt = at;
      String key = string();
      take(':');
      if (!setIfNew(key)) {
        at = keyAt;
        throw invalid("each of descr, fortran_order and shape once");
      }
      if (!isNext('}')) {
        take(',');
      }
    }
    take('}');
    if (descriptor == null || isByColumns == null || shape == null) {
      throw invalid("descr, fortran_order and shape before it");
    }
    if (!text.substring(at).matches(" *\n")) {
      throw invalid("nothing but spaces and a newline");
    }
    if (isByColumns) {
      throw new InvalidDataException(
          place
              + ": is stored by columns (fortran_order): save numpy.ascontiguousarray(x) instead");
    }
  }

  private boolean setIfNew(String key) {
    if (key.equals("descr") && descriptor == null) {
      if (isNext('[')) {
        throw new InvalidDataException(
            place + ": has fields of several types, expected numbers of one: save them one by one");
      }
      descriptor = string();
    } else if (key.equals("fortran_order") && isByColumns == null) {
      isByColumns = truth();
    } else if (key.equals("shape") && shape == null) {
      shape = tuple();
    } else {
      return false;
    }
    return true;
  }

  private int[] tuple() {
    List<Long> sizes = new ArrayList<>();
    take('(');
    boolean hasComma = true;
    while (!isNext(')')) {
      if (!hasComma) {
        throw invalid("a comma");
      }
      sizes.add(number());
      hasComma = isNext(',');
      if (hasComma) {
        at++;
      }
    }
    if (sizes.size() == 1 && !hasComma) {
      throw invalid("a comma");
    }
    take(')');
    requireElements(sizes);
    return sizes.stream().mapToInt(Long::intValue).toArray();
  }

  private void requireElements(List<Long> sizes) {
    long product = 1;
    for (long size : sizes) {
      // A size of 0 elsewhere must not hide one that is no length.
      if (size > DatasetChecks.LARGEST_ARRAY || product * size > DatasetChecks.LARGEST_ARRAY) {
        throw new InvalidDataException(
            "%s: is of shape %s, more than the %s values that one array can hold: save fewer"
                .formatted(place, excerpt(sizes.toString()), DatasetChecks.LARGEST_ARRAY));
      }
      product *= size;
    }
  }

  private long number() {
    skipSpaces();
    int begin = at;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    String digits = text.substring(begin, at);
    if (digits.isEmpty() || digits.length() > 18) {
      at = begin;
      throw invalid("a whole number of at most 18 digits");
    }
    if (at < text.length() && text.charAt(at) == 'L') {
      at++; // Python 2 wrote it behind long numbers.
    }
    return Long.parseLong(digits);
  }

  private boolean truth() {
    skipSpaces();
    for (String word : List.of("True", "False")) {
      if (text.startsWith(word, at)) {
        at += word.length();
        return word.equals("True");
      }
    }
    throw invalid("True or False");
  }

  private String string() {
    skipSpaces();
    if (at < text.length() && (text.charAt(at) == '\'' || text.charAt(at) == '"')) {
      int end = text.indexOf(text.charAt(at), at + 1);
      if (end >= 0 && text.substring(at + 1, end).matches("[^\\\\\n]*")) {
        String content = text.substring(at + 1, end);
        at = end + 1;
        return content;
      }
    }
    throw invalid("a text in quotes");
  }

  private void take(char expected) {
    if (!isNext(expected)) {
      throw invalid("'" + expected + "'");
    }
    at++;
  }

  private boolean isNext(char expected) {
    skipSpaces();
    return at < text.length() && text.charAt(at) == expected;
  }

  private void skipSpaces() {
    while (at < text.length() && text.charAt(at) == ' ') {
      at++;
    }
  }

  private InvalidDataException invalid(String expected) {
    String rest = text.substring(at).strip();
    return new InvalidDataException(
        "%s: its header has %s at character %s, expected %s: it is damaged; save it again"
            .formatted(
                place, rest.isEmpty() ? "nothing" : "'" + excerpt(rest) + "'", at, expected));
  }

  /** What fits into a message, without what would break the line. */
  static String excerpt(String text) {
    String shown = text.length() > LONGEST_EXCERPT ? text.substring(0, LONGEST_EXCERPT) : text;
    return shown.replaceAll("[^ -~]", "?") + (shown.length() < text.length() ? "..." : "");
  }
}
