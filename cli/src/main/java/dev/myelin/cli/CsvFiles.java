package dev.myelin.cli;

import dev.myelin.data.Dataset;
import dev.myelin.data.InvalidDataException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Reads data sets from CSV files: UTF-8 text, one sample per row, every column a feature but one,
 * the target. Cells are separated by comma, semicolon, tab or |, which is found out ({@link
 * CsvDialect}), and may be quoted; a header is recognised ({@link CsvHeader}).
 *
 * <p>Nothing is guessed or left out: missing values, words among the features, rows of another
 * length are errors that name line and column.
 */
final class CsvFiles {
  private CsvFiles() {}

  /**
   * A file to train on.
   *
   * @param target name or number of the target's column ({@link CsvHeader#find}), null for the last
   * @throws InvalidDataException naming file, line and column of what cannot be used
   */
  static Dataset readTraining(Path file, String target, Task task) {
    requireFile(file);
    return CsvTargets.toDataset(
        CsvTableReader.read(file, List.of(), header -> CsvColumns.forTraining(header, target)),
        task);
  }

  /**
   * A file for a trained model to predict, with or without the target ({@link
   * CsvColumns#forModel}). If the target is there, {@link CsvTargets#classification} and {@link
   * CsvTargets#regression} make a data set of the table to judge the model by.
   *
   * @param inputs features that the model takes
   * @param featureNames their names, empty if they have none
   * @param target name or number of the target's column, null for the column that is left over
   * @throws InvalidDataException naming file, line and column of what cannot be used
   */
  static CsvTable readForModel(Path file, int inputs, List<String> featureNames, String target) {
    requireFile(file);
    return CsvTableReader.read(
        file, featureNames, header -> CsvColumns.forModel(header, inputs, featureNames, target));
  }

  private static void requireFile(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new InvalidDataException(
          file + (Files.exists(file) ? ": is not a file" : ": no such file"));
    }
  }
}
