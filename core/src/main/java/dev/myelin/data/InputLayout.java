package dev.myelin.data;

import java.util.List;

/**
 * What the columns of the features are.
 *
 * @param inputs features per sample
 * @param names one per column, or none at all
 * @param imageRows rows of pixels if a sample is an image, otherwise 0
 * @param imageColumns columns of pixels if a sample is an image, otherwise 0
 */
record InputLayout(int inputs, List<String> names, int imageRows, int imageColumns) {
  InputLayout(int inputs) {
    this(inputs, List.of(), 0, 0);
  }

  InputLayout withNames(String dataset, List<String> newNames) {
    if (newNames.size() != inputs) {
      throw new InvalidDataException(
          "%s: %s feature names for %s features per sample; give one per feature"
              .formatted(dataset, newNames.size(), inputs));
    }
    return new InputLayout(inputs, List.copyOf(newNames), imageRows, imageColumns);
  }

  InputLayout withImageSize(String dataset, int rows, int columns) {
    if (rows < 1 || columns < 1 || (long) rows * columns != inputs) {
      throw new InvalidDataException(
          ("%s: an image of %s x %s pixels is not %s features; rows times columns must "
                  + "be the number of features")
              .formatted(dataset, rows, columns, inputs));
    }
    return new InputLayout(inputs, names, rows, columns);
  }
}
