package dev.myelin.cli;

/** What is to be learned from the target column of a CSV file, or the targets of an npz file. */
enum Task {
  /**
   * Classification if targets are words, or if all are whole numbers, at most {@link
   * CsvTargets#MAXIMUM_AUTOMATIC_CLASSES} different ones, each there twice or more on average;
   * otherwise regression. A few words among numbers are refused: they may be missing values. Of npz
   * files: classification if they are stored as integers.
   */
  AUTO,
  CLASSIFICATION,
  REGRESSION
}
