package dev.myelin.cli;

import dev.myelin.data.Dataset;
import dev.myelin.data.Standardizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Notices values so far from the others of their column that they are likely mistakes: a lost
 * decimal point, a placeholder such as 999999. They are not refused, for they may be true; but one
 * of them can spoil a whole model, and nobody finds out.
 */
final class ExtremeValues {
  /** Chebyshev: of any distribution, less than 1 value in 100 lies so far out. */
  private static final double LIMIT_DEVIATIONS = 10;

  private static final int MAX_NAMED_COLUMNS = 5;

  private ExtremeValues() {}

  /**
   * One sentence for the user; empty when all values are near enough.
   *
   * @param standardizer fitted to the features of these data
   */
  static Optional<String> note(Dataset training, Standardizer standardizer) {
    float[] standardized = standardizer.apply(training.features());
    int inputs = training.inputs();
    boolean[] isExtreme = new boolean[inputs];
    for (int i = 0; i < standardized.length; i++) {
      isExtreme[i % inputs] |= Math.abs(standardized[i]) > LIMIT_DEVIATIONS;
    }
    List<String> columns = new ArrayList<>();
    for (int column = 0; column < inputs; column++) {
      if (isExtreme[column]) {
        columns.add(name(training, column));
      }
    }
    if (columns.isEmpty()) {
      return Optional.empty();
    }
    int named = Math.min(columns.size(), MAX_NAMED_COLUMNS);
    return Optional.of(
        String.format(
            "%s: values more than %.0f standard deviations from the rest in %s%s; are they mistakes,"
                + " such as lost decimal points?",
            DataSource.wholeName(training),
            LIMIT_DEVIATIONS,
            String.join(", ", columns.subList(0, named)),
            named < columns.size() ? " and " + (columns.size() - named) + " more features" : ""));
  }

  private static String name(Dataset data, int column) {
    return data.featureNames().isEmpty()
        ? "feature " + column + " (from 0)"
        : "'" + data.featureNames().get(column) + "'";
  }
}
