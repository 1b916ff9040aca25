package dev.myelin.cli;

import dev.myelin.data.InvalidDataException;
import java.util.List;

/**
 * The content of a CSV file: features as numbers, the target as it stands there.
 *
 * <p>Lines are counted from 1, as an editor shows them, the header and blank ones included.
 */
final class CsvTable {
  private final CsvColumns columns;
  private final float[] features;
  private final List<String> targetCells;
  private final int[] lines;

  /** Keeps the arrays. */
  CsvTable(CsvColumns columns, float[] features, List<String> targetCells, int[] lines) {
    this.columns = columns;
    this.features = features;
    this.targetCells = targetCells;
    this.lines = lines;
  }

  int rows() {
    return lines.length;
  }

  CsvColumns columns() {
    return columns;
  }

  /** [rows, columns().features().size()] row-major, all finite; not to be modified. */
  float[] features() {
    return features;
  }

  /** Whether the file has the target column, and a value in it for at least one row. */
  boolean hasTarget() {
    return !targetCells.stream().allMatch(CsvNumber::isMissing);
  }

  /** One trimmed cell per row; empty if the file has no target column. */
  List<String> targetCells() {
    return targetCells;
  }

  /** An error that names the file, the line of a row, and the column of a feature. */
  InvalidDataException badFeature(int row, int feature, String problem) {
    return bad(columns.header(), lines[row], columns.features().get(feature), problem);
  }

  /** An error that names the file, the line of a row, and the target column. */
  InvalidDataException badTarget(int row, String problem) {
    return bad(columns.header(), lines[row], columns.target(), problem);
  }

  static InvalidDataException bad(CsvHeader header, long line, int column, String problem) {
    return new InvalidDataException(
        "%s, line %s, %s: %s".formatted(header.file(), line, header.describe(column), problem));
  }
}
