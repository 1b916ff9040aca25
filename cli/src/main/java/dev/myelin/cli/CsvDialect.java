package dev.myelin.cli;

import dev.myelin.data.InvalidDataException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How the text of a CSV file is put together: UTF-8, with or without byte order mark, and what
 * separates the cells.
 */
final class CsvDialect {
  /**
   * What may separate cells. The comma comes last, for it also stands in numbers: a file of
   * "1,5;2,5" is separated by semicolons.
   */
  private static final char[] DELIMITERS = {'\t', ';', '|', ','};

  private static final int HEAD_CHARACTERS = 1 << 16;
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private CsvDialect() {}

  /** The text of the file, after its byte order mark if it has one. */
  static BufferedReader open(Path file) throws IOException {
    BufferedReader reader = Files.newBufferedReader(file);
    try {
      reader.mark(1);
      if (reader.read() != BYTE_ORDER_MARK) {
        reader.reset();
      }
      return reader;
    } catch (IOException failure) {
      reader.close();
      throw failure;
    }
  }

  static InvalidDataException unreadable(Path file, IOException cause) {
    if (cause instanceof CharacterCodingException) {
      return new InvalidDataException(file + ": is not UTF-8 text; save it as UTF-8", cause);
    }
    return new InvalidDataException(file + ": cannot be read (" + cause + ")", cause);
  }

  /**
   * The separator that stands equally often, and at least once, in each of the first records; if
   * none does, that which stands in most of them; a comma if there is none at all. Between quotes
   * nothing is counted.
   */
  static char delimiter(Path file) {
    char[] head = new char[HEAD_CHARACTERS];
    int length = 0;
    try (BufferedReader reader = open(file)) {
      int read;
      while (length < head.length && (read = reader.read(head, length, head.length - length)) > 0) {
        length += read;
      }
    } catch (IOException cause) {
      throw unreadable(file, cause);
    }
    return delimiter(countPerRecord(head, length));
  }

  private static char delimiter(List<int[]> records) {
    for (int i = 0; i < DELIMITERS.length; i++) {
      int index = i;
      long different = records.stream().mapToInt(counts -> counts[index]).distinct().count();
      if (different == 1 && records.get(0)[i] > 0) {
        return DELIMITERS[i];
      }
    }
    char best = ',';
    long mostRecords = 0;
    for (int i = 0; i < DELIMITERS.length; i++) {
      int index = i;
      long having = records.stream().filter(counts -> counts[index] > 0).count();
      if (having > mostRecords) {
        mostRecords = having;
        best = DELIMITERS[i];
      }
    }
    return best;
  }

  /** How often each delimiter stands in each record. */
  private static List<int[]> countPerRecord(char[] head, int length) {
    List<int[]> records = new ArrayList<>();
    int[] counts = new int[DELIMITERS.length];
    boolean isQuoted = false;
    boolean isBlank = true;
    for (int at = 0; at < length; at++) {
      char each = head[at];
      if (each == '"') {
        // Elsewhere than at the start of a cell, or doubled between quotes, it is text: 5" pipe.
        isQuoted = !isQuoted && (isBlank || head[at - 1] == '"' || isDelimiter(head[at - 1]));
      }
      boolean endsRecord = !isQuoted && (each == '\n' || each == '\r');
      if (!endsRecord) {
        isBlank = false;
        count(each, isQuoted, counts);
      } else if (!isBlank) {
        records.add(counts);
        counts = new int[DELIMITERS.length];
        isBlank = true;
      }
    }
    // What the head cuts off is no whole record, unless there is no other.
    if (!isBlank && (length < head.length || records.isEmpty())) {
      records.add(counts);
    }
    return records;
  }

  private static boolean isDelimiter(char each) {
    return String.valueOf(DELIMITERS).indexOf(each) >= 0;
  }

  private static void count(char each, boolean isQuoted, int[] counts) {
    for (int i = 0; i < DELIMITERS.length; i++) {
      if (each == DELIMITERS[i] && !isQuoted) {
        counts[i]++;
      }
    }
  }
}
