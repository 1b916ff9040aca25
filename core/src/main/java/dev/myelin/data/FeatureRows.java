package dev.myelin.data;

/** The features of samples, a row each, wherever they lie. Read by any number of threads. */
interface FeatureRows {
  int samples();

  /** Whether {@link #array} costs nothing. */
  boolean isInMemory();

  /**
   * Copies one row.
   *
   * @throws InvalidDataException when it cannot be read any more
   */
  void read(int row, float[] target, int offset);

  /** All rows, row-major: the array itself where there is one, else a new one. */
  float[] array();

  /** The given rows in the given order, each of which exists. */
  FeatureRows select(int[] rows);

  /**
   * Makes sure that what was read so far was there.
   *
   * @throws InvalidDataException when the file behind the rows has become shorter
   */
  void requireIntact();
}
