package dev.myelin.cli;

/** What is to be learned from the target column of a CSV file. */
enum Task {
  /**
   * Classification if a target is not a number, or if all are whole numbers, at most {@link
   * CsvTargets#MAXIMUM_AUTOMATIC_CLASSES} different ones, each there twice or more on average;
   * otherwise regression.
   */
  AUTO,
  CLASSIFICATION,
  REGRESSION
}
