package dev.myelin.cli;

import dev.myelin.data.InvalidDataException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which columns of a CSV file are read as what.
 *
 * @param header names, for messages
 * @param features the columns that hold the features, in the order in which a model takes them
 * @param target the column that holds the target, -1 if there is none
 */
record CsvColumns(CsvHeader header, List<Integer> features, int target) {
  static final int NO_TARGET = -1;
  private static final String LAST = "-1";

  /**
   * One target, all other columns are features.
   *
   * @param target name or number, null for the last column
   * @throws InvalidDataException if there is no such column, or no other, or two have one name, by
   *     which the model could not find them again
   */
  static CsvColumns forTraining(CsvHeader header, String target) {
    if (header.columns() < 2) {
      throw new InvalidDataException(
          header.file()
              + ": has a single column; expected features and a target, separated by a comma,"
              + " semicolon, tab or |");
    }
    header.requireDifferentNames();
    int targetColumn = header.find(target == null ? LAST : target);
    return new CsvColumns(header, allBut(targetColumn, header.columns()), targetColumn);
  }

  /**
   * What a trained model takes; the target may be there or not. If both the file and the model name
   * their columns, they are found by name, and columns that the model does not know are left out;
   * else by position. A column that is a feature of the model is never its target.
   *
   * @param inputs features that the model takes
   * @param featureNames their names, empty if they have none
   * @param target name or number of the target; null for the one column that is no feature, which
   *     without names is the last
   * @throws InvalidDataException if a feature that the model takes is missing, or the number of
   *     columns fits neither with nor without a target
   */
  static CsvColumns forModel(
      CsvHeader header, int inputs, List<String> featureNames, String target) {
    if (header.isPresent() && !featureNames.isEmpty()) {
      return byName(header, featureNames, target);
    }
    if (header.columns() == inputs) {
      return new CsvColumns(header, allBut(NO_TARGET, inputs), NO_TARGET);
    }
    if (header.columns() != inputs + 1) {
      throw new InvalidDataException(
          "%s: has %s columns; the model takes %s, or %s with the target"
              .formatted(header.file(), header.columns(), inputs, inputs + 1));
    }
    int targetColumn = header.find(target == null ? LAST : target);
    return new CsvColumns(header, allBut(targetColumn, header.columns()), targetColumn);
  }

  private static CsvColumns byName(CsvHeader header, List<String> featureNames, String target) {
    List<String> missing = new ArrayList<>(featureNames);
    missing.removeAll(header.names());
    if (!missing.isEmpty()) {
      throw new InvalidDataException(
          "%s: lacks the columns %s that the model takes; there are %s"
              .formatted(header.file(), missing, header.names()));
    }
    List<Integer> features = featureNames.stream().map(header::find).toList();
    int targetColumn = target == null ? theOther(features, header) : namedTarget(header, target);
    boolean isFeature = features.contains(targetColumn);
    return new CsvColumns(header, features, isFeature ? NO_TARGET : targetColumn);
  }

  /** The column that is no feature, if there is exactly one. */
  private static int theOther(List<Integer> features, CsvHeader header) {
    List<Integer> others = new ArrayList<>(allBut(NO_TARGET, header.columns()));
    others.removeAll(features);
    return others.size() == 1 ? others.get(0) : NO_TARGET;
  }

  private static int namedTarget(CsvHeader header, String target) {
    boolean isThere = header.names().contains(target) || CsvHeader.isNumber(target);
    return isThere ? header.find(target) : NO_TARGET;
  }

  private static List<Integer> allBut(int left, int columns) {
    return IntStream.range(0, columns).filter(column -> column != left).boxed().toList();
  }

  boolean hasTarget() {
    return target != NO_TARGET;
  }

  /** Names of the features, empty if the file has no header. */
  List<String> featureNames() {
    return header.isPresent() ? features.stream().map(header.names()::get).toList() : List.of();
  }

  /** The target's name in the header, "target" if the file has none. */
  String targetName() {
    return header.isPresent() && hasTarget() ? header.names().get(target) : "target";
  }
}
