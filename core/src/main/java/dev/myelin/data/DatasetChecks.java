package dev.myelin.data;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What {@link Dataset} demands of its arrays, and copying rows of them. */
final class DatasetChecks {
  /** What every Java virtual machine can allocate; some refuse the last few lengths above. */
  static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8;

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
          "%s: %s feature values are not whole rows of %s; the last row has %s"
              .formatted(name, features.length, inputs, features.length % inputs));
    }
    return features.length / inputs;
  }

  /** At least one target or two classes, no name twice. */
  static void names(String name, String role, List<String> names) {
    int least = role.equals("class") ? 2 : 1;
    if (names.size() < least) {
      throw new InvalidDataException(
          "%s: %s %s names %s; at least %s needed"
              .formatted(name, names.size(), role, names, least));
    }
    Set<String> seen = new HashSet<>();
    for (String each : names) {
      if (!seen.add(each)) {
        throw new InvalidDataException(
            "%s: the %s name '%s' occurs twice in %s".formatted(name, role, each, names));
      }
    }
  }

  static void labels(String name, int samples, int[] labels, int classes) {
    length(name, "labels", labels.length, samples, 1);
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] < 0 || labels[i] >= classes) {
        throw new InvalidDataException(
            "%s: label %s of sample %s is not in [0, %s), the range of the %s classes"
                .formatted(name, labels[i], i, classes, classes));
      }
    }
  }

  static void length(String name, String role, int length, int samples, int columns) {
    if (length != elements(name, samples, columns)) {
      throw new InvalidDataException(
          "%s: %s %s for %s samples, expected %s"
              .formatted(name, length, role, samples, elements(name, samples, columns)));
    }
  }

  /**
   * rows * columns as the length of an array.
   *
   * @throws InvalidDataException if no Java array is that long
   */
  static int elements(String name, int rows, int columns) {
    long elements = (long) rows * columns;
    if (elements > LARGEST_ARRAY) {
      throw new InvalidDataException(
          ("%s: %s rows of %s values are %s values, more than the %s that one array can "
                  + "hold; use fewer samples")
              .formatted(name, rows, columns, elements, LARGEST_ARRAY));
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
            ("%s: %s %s%s of sample %s is %s; "
                    + "every value must be a finite number (samples and columns counted from 0)")
                .formatted(name, role, column, called, i / columns, values[i]));
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
