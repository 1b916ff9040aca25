package dev.myelin.cli;

import dev.myelin.data.Dataset;
import dev.myelin.data.InvalidDataException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Makes labels or numbers of a CSV file's target column. */
final class CsvTargets {
  /** More different whole numbers than this are taken for quantities, unless the user says. */
  static final int MAXIMUM_AUTOMATIC_CLASSES = 20;

  private static final double MAXIMUM_SHARE_OF_STRAY_WORDS = 0.1;

  private CsvTargets() {}

  /**
   * The data set of a table that has a target. Classes are sorted: as numbers if all are, otherwise
   * as text.
   *
   * @throws InvalidDataException if there is one class only, or hardly a row per class, or a target
   *     of a regression is not a number
   */
  static Dataset toDataset(CsvTable table, Task task) {
    requireTargets(table);
    if ((task == Task.AUTO ? automatic(table) : task) == Task.REGRESSION) {
      return regression(table);
    }
    List<String> classes = sortedClasses(table.targetCells());
    String column = table.columns().header().describe(table.columns().target());
    if (classes.size() < 2) {
      throw new InvalidDataException(
          "%s: all %s rows have the class '%s' in %s; classification needs at least two classes"
              .formatted(file(table), table.rows(), classes.get(0), column));
    }
    if (classes.size() > MAXIMUM_AUTOMATIC_CLASSES && 2 * classes.size() > table.rows()) {
      throw new InvalidDataException(
          ("%s: %s different classes in %s rows of %s are too many to learn; name the column of the"
                  + " target, or choose regression if it is a quantity")
              .formatted(file(table), classes.size(), table.rows(), column));
    }
    return classification(table, classes);
  }

  private static void requireTargets(CsvTable table) {
    if (!table.columns().hasTarget()) {
      throw new InvalidDataException(file(table) + ": has no column of the target");
    }
    for (int row = 0; row < table.rows(); row++) {
      String cell = table.targetCells().get(row);
      if (CsvNumber.isMissing(cell)) {
        throw table.badTarget(row, CsvNumber.problem(cell));
      }
    }
  }

  private static Task automatic(CsvTable table) {
    Set<Float> different = new HashSet<>();
    boolean isWhole = true;
    int words = 0;
    int firstWord = 0;
    for (int row = 0; row < table.rows(); row++) {
      String cell = table.targetCells().get(row);
      if (CsvNumber.hasDecimalComma(cell)) {
        throw table.badTarget(row, CsvNumber.problem(cell) + "; or choose the task yourself");
      }
      if (!CsvNumber.isNumber(cell)) {
        firstWord = words == 0 ? row : firstWord;
        words++;
        continue;
      }
      float value = CsvNumber.parse(cell);
      isWhole &= value == Math.rint(value);
      if (different.size() <= MAXIMUM_AUTOMATIC_CLASSES) {
        different.add(value);
      }
    }
    int numbers = table.rows() - words;
    boolean areFew =
        different.size() <= MAXIMUM_AUTOMATIC_CLASSES && 2 * different.size() <= numbers;
    boolean areClasses = isWhole && areFew;
    if (words > 0) {
      requireWordsToBeClasses(table, firstWord, words, areClasses);
      return Task.CLASSIFICATION;
    }
    return areClasses ? Task.CLASSIFICATION : Task.REGRESSION;
  }

  /** A few words among numbers are more likely missing values than classes. */
  private static void requireWordsToBeClasses(
      CsvTable table, int firstWord, int words, boolean numbersAreClasses) {
    int numbers = table.rows() - words;
    boolean areRare = words <= MAXIMUM_SHARE_OF_STRAY_WORDS * table.rows();
    if (areRare || (numbers > words && !numbersAreClasses)) {
      throw table.badTarget(
          firstWord,
          CsvNumber.quoted(table.targetCells().get(firstWord))
              + " is not a number, but "
              + Numbers.count(numbers)
              + " of "
              + Numbers.count(table.rows())
              + " targets are: fill it in or remove the line, or choose --task classification if it"
              + " is a class");
    }
  }

  private static List<String> sortedClasses(List<String> cells) {
    Set<String> different = new HashSet<>(cells);
    if (!different.stream().allMatch(CsvNumber::isNumber)) {
      return different.stream().sorted().toList();
    }
    return different.stream()
        .map(BigDecimal::new)
        .sorted()
        .map(CsvTargets::canonical)
        .distinct()
        .toList();
  }

  /** One text for one number: "5", "5.0" and "+5" are the same class. */
  private static String canonical(BigDecimal number) {
    BigDecimal shortest = number.stripTrailingZeros();
    boolean isShortAsPlainText = Math.abs((long) shortest.scale()) < 20;
    return isShortAsPlainText ? shortest.toPlainString() : shortest.toString();
  }

  /**
   * The data set of a table whose classes are those of a trained model.
   *
   * @param table whose target column is there
   * @throws InvalidDataException naming the line of a target that is missing, or of a class that
   *     the model does not know
   */
  static Dataset classification(CsvTable table, List<String> classes) {
    requireTargets(table);
    Map<String, Integer> labelOfClass = new HashMap<>();
    for (int label = 0; label < classes.size(); label++) {
      labelOfClass.put(classes.get(label), label);
    }
    int[] labels = new int[table.rows()];
    for (int row = 0; row < labels.length; row++) {
      String cell = table.targetCells().get(row);
      Integer label = labelOfClass.get(cell);
      if (label == null && CsvNumber.isNumber(cell)) {
        // "5.0" where the model knows "5"; but "007" beside "unknown" is a word, found above.
        label = labelOfClass.get(canonical(new BigDecimal(cell)));
      }
      if (label == null) {
        throw table.badTarget(
            row, CsvNumber.quoted(cell) + " is none of the model's classes " + classes);
      }
      labels[row] = label;
    }
    return named(
        table,
        Dataset.classification(
            name(table), table.columns().features().size(), table.features(), labels, classes));
  }

  /**
   * The data set of a table whose target is a quantity.
   *
   * @param table whose target column is there
   * @throws InvalidDataException naming the line of a target that is not a number
   */
  static Dataset regression(CsvTable table) {
    requireTargets(table);
    float[] targets = new float[table.rows()];
    for (int row = 0; row < targets.length; row++) {
      String cell = table.targetCells().get(row);
      targets[row] = CsvNumber.parse(cell);
      if (!Float.isFinite(targets[row])) {
        throw table.badTarget(
            row, CsvNumber.problem(cell) + "; regression needs numbers to predict");
      }
    }
    return named(
        table,
        Dataset.regression(
            name(table),
            table.columns().features().size(),
            table.features(),
            targets,
            List.of(table.columns().targetName())));
  }

  private static Dataset named(CsvTable table, Dataset data) {
    List<String> names = table.columns().featureNames();
    return names.isEmpty() ? data : data.withFeatureNames(names);
  }

  private static Path file(CsvTable table) {
    return table.columns().header().file();
  }

  private static String name(CsvTable table) {
    return file(table).getFileName().toString();
  }
}
