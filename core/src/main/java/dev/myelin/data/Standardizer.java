package dev.myelin.data;

/**
 * Shifts and scales each column of a row-major matrix, so that the columns of the training data
 * have mean 0 and standard deviation 1: standardized = (value - mean) / scale.
 *
 * <p>It is fitted to the training part alone and then applied to whatever the model sees; a model
 * file keeps it, for a model is worthless without it. Fitted to the targets of a regression, its
 * {@link #invert} turns predictions back into the target's unit.
 *
 * <p>mean = sum / n and scale = sqrt(sum of (value - mean)^2 / n), in float64 and in the order of
 * the rows. A column that holds a single value says nothing and has scale 1. Immutable, so any
 * number of threads may share one.
 */
public final class Standardizer {
  private final double[] means;
  private final double[] scales;

  /**
   * What {@link #means} and {@link #scales} gave once.
   *
   * @throws InvalidDataException unless there are as many means as scales and at least one, all
   *     finite, and scales above 0
   */
  public Standardizer(double[] means, double[] scales) {
    if (means.length == 0 || means.length != scales.length) {
      throw new InvalidDataException(
          "standardizer: %s means and %s scales; one of each per column is needed"
              .formatted(means.length, scales.length));
    }
    for (int column = 0; column < means.length; column++) {
      boolean scaleIsUsable = Double.isFinite(scales[column]) && scales[column] > 0;
      if (!Double.isFinite(means[column]) || !scaleIsUsable) {
        throw new InvalidDataException(
            ("standardizer: mean %s and scale %s of column %s; both must be finite and "
                    + "the scale above 0")
                .formatted(means[column], scales[column], column));
      }
    }
    this.means = means.clone();
    this.scales = scales.clone();
  }

  /** Fits the features of the training data. */
  public static Standardizer fitFeatures(Dataset training) {
    return fit(training.features(), training.inputs());
  }

  /**
   * Fits the targets of the training data.
   *
   * @throws IllegalStateException if the data are for classification
   */
  public static Standardizer fitTargets(Dataset training) {
    return fit(training.targets(), training.outputs());
  }

  private static Standardizer fit(float[] matrix, int columns) {
    double[] means = means(matrix, columns);
    double[] sumsOfSquares = new double[columns];
    for (int i = 0, column = 0; i < matrix.length; i++) {
      double distance = matrix[i] - means[column];
      sumsOfSquares[column] += distance * distance;
      column = column + 1 == columns ? 0 : column + 1;
    }
    int rows = matrix.length / columns;
    double[] scales = new double[columns];
    for (int column = 0; column < columns; column++) {
      double variance = sumsOfSquares[column] / rows;
      scales[column] = variance == 0 ? 1 : Math.sqrt(variance);
    }
    return new Standardizer(means, scales);
  }

  private static double[] means(float[] matrix, int columns) {
    double[] sums = new double[columns];
    boolean[] varies = new boolean[columns];
    for (int i = 0, column = 0; i < matrix.length; i++) {
      sums[column] += matrix[i];
      varies[column] |= matrix[i] != matrix[column];
      column = column + 1 == columns ? 0 : column + 1;
    }
    int rows = matrix.length / columns;
    double[] means = new double[columns];
    for (int column = 0; column < columns; column++) {
      // The rounded mean of equal values would make their variance a rounding error instead of 0.
      means[column] = varies[column] ? sums[column] / rows : matrix[column];
    }
    return means;
  }

  public int columns() {
    return means.length;
  }

  /** A copy of the mean of each column. */
  public double[] means() {
    return means.clone();
  }

  /** A copy of the standard deviation of each column, 1 for a constant one. */
  public double[] scales() {
    return scales.clone();
  }

  /**
   * (value - mean) / scale.
   *
   * @param matrix [rows, columns] row-major, unchanged
   * @return a new matrix of that shape
   * @throws InvalidDataException if these are not whole rows
   */
  public float[] apply(float[] matrix) {
    requireWholeRows(matrix);
    float[] standardized = new float[matrix.length];
    for (int i = 0, column = 0; i < matrix.length; i++) {
      standardized[i] = (float) ((matrix[i] - means[column]) / scales[column]);
      column = column + 1 == means.length ? 0 : column + 1;
    }
    return standardized;
  }

  /**
   * standardized * scale + mean, what undoes {@link #apply(float[])}.
   *
   * @param matrix [rows, columns] row-major, unchanged
   * @return a new matrix of that shape
   * @throws InvalidDataException if these are not whole rows
   */
  public float[] invert(float[] matrix) {
    requireWholeRows(matrix);
    float[] values = new float[matrix.length];
    for (int i = 0, column = 0; i < matrix.length; i++) {
      values[i] = (float) (matrix[i] * scales[column] + means[column]);
      column = column + 1 == means.length ? 0 : column + 1;
    }
    return values;
  }

  /**
   * The same data with standardized features.
   *
   * @throws InvalidDataException if the data have another number of inputs, or a value is so far
   *     from the training data that it is no longer finite
   */
  public Dataset applyToFeatures(Dataset data) {
    requireColumns(data, "features", data.inputs());
    return data.withFeatures(apply(data.features()));
  }

  /**
   * The same data with standardized targets.
   *
   * @throws InvalidDataException if the data have another number of targets, or a value is so far
   *     from the training data that it is no longer finite
   * @throws IllegalStateException if the data are for classification
   */
  public Dataset applyToTargets(Dataset data) {
    float[] targets = data.targets();
    requireColumns(data, "targets", data.outputs());
    return data.withTargets(apply(targets));
  }

  private void requireColumns(Dataset data, String role, int found) {
    if (found != means.length) {
      throw new InvalidDataException(
          ("%s: %s %s per sample, but the standardizer was fitted to %s; give data with "
                  + "the columns of the training data")
              .formatted(data.name(), found, role, means.length));
    }
  }

  private void requireWholeRows(float[] matrix) {
    if (matrix.length % means.length != 0) {
      throw new InvalidDataException(
          "standardizer: " + matrix.length + " values are not whole rows of " + means.length);
    }
  }
}
