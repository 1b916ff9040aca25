package dev.myelin.io;

import java.math.BigInteger;
import java.util.Collection;
import java.util.Map;
import java.util.function.Consumer;

/** Appends one value to a text. */
final class JsonWriter {
  private static final int LONGEST_EXCERPT = 80;

  private final StringBuilder out = new StringBuilder();
  private final boolean indented;
  private int nesting;

  JsonWriter(boolean indented) {
    this.indented = indented;
  }

  /** A string of any length and content as a message shows it: quoted, escaped, cut off. */
  static String excerpt(String text) {
    JsonWriter writer = new JsonWriter(false);
    boolean tooLong = text.length() > LONGEST_EXCERPT;
    writer.appendString(tooLong ? text.substring(0, LONGEST_EXCERPT) : text);
    return tooLong ? writer.out + "..." : writer.out.toString();
  }

  /** As {@link #excerpt(String)}, of any value that was read from JSON. */
  static String excerpt(Object value) {
    if (value instanceof String text) {
      return excerpt(text);
    }
    String text = new JsonWriter(false).write(value);
    return text.length() > LONGEST_EXCERPT ? text.substring(0, LONGEST_EXCERPT) + "..." : text;
  }

  String write(Object value) {
    append(value);
    return out.toString();
  }

  private void append(Object value) {
    if (value == null || value instanceof Boolean) {
      out.append(value);
    } else if (value instanceof String text) {
      requireUtf8(text);
      appendString(text);
    } else if (value instanceof Number number) {
      appendNumber(number);
    } else if (value instanceof Map<?, ?> members) {
      appendAll('{', members.entrySet(), this::appendMember, '}');
    } else if (value instanceof Collection<?> elements) {
      appendAll('[', elements, this::append, ']');
    } else {
      throw new IllegalArgumentException(
          "JSON has no form for a " + value.getClass().getName() + ": " + excerpt("" + value));
    }
  }

  private <T> void appendAll(
      char opening, Collection<? extends T> items, Consumer<T> append, char closing) {
    if (nesting == Json.MAX_NESTING) {
      throw new IllegalArgumentException(
          "JSON nests more than " + Json.MAX_NESTING + " deep; does the value contain itself?");
    }
    nesting++;
    out.append(opening);
    String separator = "";
    for (T item : items) {
      out.append(separator);
      appendLineBreak();
      append.accept(item);
      separator = ",";
    }
    nesting--;
    if (!items.isEmpty()) {
      appendLineBreak();
    }
    out.append(closing);
  }

  private void appendLineBreak() {
    if (indented) {
      out.append('\n').append("  ".repeat(nesting));
    }
  }

  private void appendMember(Map.Entry<?, ?> member) {
    if (!(member.getKey() instanceof String key)) {
      throw new IllegalArgumentException("a JSON key must be a string, not " + member.getKey());
    }
    requireUtf8(key);
    appendString(key);
    out.append(indented ? ": " : ":");
    append(member.getValue());
  }

  private void appendNumber(Number number) {
    if (number instanceof Double value) {
      requireFinite(value);
      out.append(ShortestDecimal.of(value));
    } else if (number instanceof Float value) {
      requireFinite(value);
      out.append(ShortestDecimal.of(value));
    } else if (number instanceof Long
        || number instanceof Integer
        || number instanceof Short
        || number instanceof Byte
        || number instanceof BigInteger) {
      out.append(number);
    } else {
      throw new IllegalArgumentException(
          "JSON has no form for a " + number.getClass().getName() + ": " + number);
    }
  }

  private static void requireFinite(double value) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException(
          "JSON has no form for " + value + "; write null or a string in its place");
    }
  }

  private static void requireUtf8(String text) {
    int unpaired = Json.indexOfUnpairedSurrogate(text);
    if (unpaired >= 0) {
      throw new IllegalArgumentException(
          String.format(
              "not Unicode: the surrogate U+%04X at index %d of %s has no partner",
              (int) text.charAt(unpaired), unpaired, excerpt(text)));
    }
  }

  private void appendString(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < ' ') {
            out.append(String.format("\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
