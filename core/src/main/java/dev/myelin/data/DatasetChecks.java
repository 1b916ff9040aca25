package dev.myelin.data;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What {@link Dataset} demands of its arrays, and copying rows of them. */
final class DatasetChecks {
  private DatasetChecks() {}

  /** The number of samples, given that the features are that many whole rows. */
  static int samples(String name, int inputs, float[] features) {
    if (inputs < 1) {
      throw new InvalidDataException(
          name + ": " + inputs + " features per sample; at least 1 is needed");
    }
    if (features.length == 0) {
      throw new InvalidDataException(name + ": no samples; at least 1 is needed");
    }
    if (features.length % inputs != 0) {
      throw new InvalidDataException(
          name
              + ": "
              + features.length
              + " feature values are not whole rows of "
              + inputs
              + "; the last row has "
              + features.length % inputs);
    }
    return features.length / inputs;
  }

  /** At least one target or two classes, no name twice. */
  static void names(String name, String role, List<String> names) {
    int least = role.equals("class") ? 2 : 1;
    if (names.size() < least) {
      throw new InvalidDataException(
          name
              + ": "
              + names.size()
              + " "
              + role
              + " names "
              + names
              + "; at least "
              + least
              + " needed");
    }
    Set<String> seen = new HashSet<>();
    for (String each : names) {
      if (!seen.add(each)) {
        throw new InvalidDataException(
            name + ": the " + role + " name '" + each + "' occurs twice in " + names);
      }
    }
  }

  static void labels(String name, int samples, int[] labels, int classes) {
    length(name, "labels", labels.length, samples, 1);
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] < 0 || labels[i] >= classes) {
        throw new InvalidDataException(
            name
                + ": label "
                + labels[i]
                + " of sample "
                + i
                + " is not in [0, "
                + classes
                + "), the range of the "
                + classes
                + " classes");
      }
    }
  }

  static void length(String name, String role, int length, int samples, int columns) {
    if (length != elements(name, samples, columns)) {
      throw new InvalidDataException(
          name
              + ": "
              + length
              + " "
              + role
              + " for "
              + samples
              + " samples, expected "
              + elements(name, samples, columns));
    }
  }

  /**
   * rows * columns as the length of an array.
   *
   * @throws InvalidDataException if no Java array is that long
   */
  static int elements(String name, int rows, int columns) {
    long elements = (long) rows * columns;
    if (elements > Integer.MAX_VALUE - 8) {
      throw new InvalidDataException(
          name
              + ": "
              + rows
              + " rows of "
              + columns
              + " values are "
              + elements
              + " values, more than the "
              + (Integer.MAX_VALUE - 8)
              + " that one array can hold; use fewer samples");
    }
    return (int) elements;
  }

  static void finite(
      String name, String role, float[] values, int columns, List<String> columnNames) {
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        int column = i % columns;
        String called = columnNames.isEmpty() ? "" : " ('" + columnNames.get(column) + "')";
        throw new InvalidDataException(
            name
                + ": "
                + role
                + " "
                + column
                + called
                + " of sample "
                + i / columns
                + " is "
                + values[i]
                + "; every value must be a finite number (counted from 0)");
      }
    }
  }

  /** The given rows of a row-major matrix, copied. */
  static float[] gather(String name, float[] matrix, int columns, int[] rows) {
    float[] gathered = new float[elements(name, rows.length, columns)];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(matrix, rows[i] * columns, gathered, i * columns, columns);
    }
    return gathered;
  }
}
