package dev.myelin.cli;

import dev.myelin.data.InvalidDataException;
import java.nio.file.Path;
import java.util.List;

/**
 * The columns of a CSV file, and their names if its first row is a header.
 *
 * @param file for messages
 * @param columns how many cells the first row has
 * @param names one per column, trimmed; empty if there is no header
 */
record CsvHeader(Path file, int columns, List<String> names) {
  /** So many cells that equal the numbers of their columns are no coincidence. */
  private static final int NUMBERED_COLUMNS = 4;

  /**
   * Looks for a header. The first row is one if
   *
   * <ul>
   *   <li>none of its cells is a number and not all are missing; or
   *   <li>it has text in a column where every other row has a number, and the numbers in it, if
   *       any, are whole; or
   *   <li>other rows follow, and its cells are, apart from text, the numbers of their columns, 0,
   *       1, 2 ..., at least four; or
   *   <li>all names of the model's features are among its cells, whatever these look like: years,
   *       for example.
   * </ul>
   *
   * @param rows the first rows of the file, at least one
   * @param featureNames of the model that the file is read for; empty if there is none, or it knows
   *     no names
   */
  static CsvHeader detect(Path file, List<List<String>> rows, List<String> featureNames) {
    List<String> first = rows.get(0);
    List<List<String>> others = rows.subList(1, rows.size());
    boolean isHeader = hasNoNumber(first) || namesNumbers(first, others);
    isHeader |= !others.isEmpty() && numbersColumns(first);
    isHeader |= !featureNames.isEmpty() && first.containsAll(featureNames);
    return new CsvHeader(file, first.size(), isHeader ? List.copyOf(first) : List.of());
  }

  private static boolean hasNoNumber(List<String> row) {
    return row.stream().noneMatch(CsvNumber::isNumber)
        && !row.stream().allMatch(CsvNumber::isMissing);
  }

  private static boolean namesNumbers(List<String> first, List<List<String>> others) {
    boolean namesOne = false;
    for (int column = 0; column < first.size(); column++) {
      float number = CsvNumber.parse(first.get(column));
      if (number != Math.rint(number) && !Float.isNaN(number)) {
        // A measurement: this row holds data, and its text is a mistake that is reported later.
        return false;
      }
      namesOne |= CsvNumber.isText(first.get(column)) && isNumeric(others, column);
    }
    return namesOne;
  }

  private static boolean isNumeric(List<List<String>> rows, int column) {
    boolean hasNumber = false;
    for (List<String> row : rows) {
      if (column < row.size()) {
        if (CsvNumber.isText(row.get(column))) {
          return false;
        }
        hasNumber |= CsvNumber.isNumber(row.get(column));
      }
    }
    return hasNumber;
  }

  private static boolean numbersColumns(List<String> first) {
    int numbered = 0;
    for (int column = 0; column < first.size(); column++) {
      if (first.get(column).equals(Integer.toString(column))) {
        numbered++;
      } else if (!CsvNumber.isText(first.get(column))) {
        return false;
      }
    }
    return numbered >= NUMBERED_COLUMNS;
  }

  /**
   * Makes sure that each name stands for one column.
   *
   * @throws InvalidDataException with the first name that stands for two
   */
  void requireDifferentNames() {
    names.forEach(this::requireOnce);
  }

  private void requireOnce(String name) {
    int first = names.indexOf(name);
    int last = names.lastIndexOf(name);
    if (first != last) {
      throw new InvalidDataException(
          "%s: columns %s and %s (counted from 0) are both called '%s'; rename one"
              .formatted(file, first, last, name));
    }
  }

  boolean isPresent() {
    return !names.isEmpty();
  }

  /** Whether a column is meant by its number, unless it is called so. */
  static boolean isNumber(String column) {
    return column.matches("-?\\d{1,9}");
  }

  /** The column as messages call it. */
  String describe(int column) {
    return isPresent()
        ? "column %s ('%s')".formatted(column, names.get(column))
        : "column %s (counted from 0)".formatted(column);
  }

  /**
   * The column that goes by a name or number.
   *
   * @param column a name of the header; or a number from 0, or from -1 backwards for the last
   * @throws InvalidDataException if there is no such column, or more than one of that name
   */
  int find(String column) {
    int index = names.indexOf(column);
    if (index >= 0) {
      requireOnce(column);
      return index;
    }
    if (!isNumber(column)) {
      throw new InvalidDataException(
          isPresent()
              ? "%s: no column is called '%s'; there are %s".formatted(file, column, names)
              : "%s: has no header, so that no column is called '%s'; give its number, 0 to %s"
                  .formatted(file, column, columns - 1));
    }
    int number = Integer.parseInt(column);
    int fromStart = number < 0 ? columns + number : number;
    if (fromStart < 0 || fromStart >= columns) {
      throw new InvalidDataException(
          "%s: there is no column %s; give 0 to %s, or -1 to %s counted from the last"
              .formatted(file, column, columns - 1, -columns));
    }
    return fromStart;
  }
}
