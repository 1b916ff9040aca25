package dev.myelin.cli;

import dev.myelin.data.Dataset;
import dev.myelin.data.InvalidDataException;
import dev.myelin.data.NumpyFile;
import dev.myelin.model.TrainedModel;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Which arrays of an npz file are what: {@code x_train} and {@code y_train}, with or without {@code
 * x_test} and {@code y_test}, or {@code x} and {@code y}; x may be written large.
 *
 * <p>Whole numbers to predict are classes, floats are quantities, unless the user says.
 */
final class NumpyParts {
  private static final String TRAIN = "_train";
  private static final String TEST = "_test";

  private final Path path;

  NumpyParts(Path path) {
    this.path = path;
  }

  static boolean isNumpy(Path path) {
    return path.toString().toLowerCase(Locale.ROOT).endsWith(".npz");
  }

  /**
   * Whether the file has test samples of its own.
   *
   * @throws InvalidDataException when it is no npz file
   */
  boolean haveTest() {
    try (NumpyFile file = NumpyFile.open(path)) {
      return has(file, "x" + TEST) && has(file, "y" + TEST);
    }
  }

  /** Whether features are pixels from 0 to 1, which need no standardisation. */
  boolean arePixels() {
    try (NumpyFile file = NumpyFile.open(path)) {
      return file.holdsPixels(name(file, "x" + trainSuffix(file)));
    }
  }

  /** The samples to train on, which are all if the file has no test samples of its own. */
  Dataset train(Task task) {
    try (NumpyFile file = NumpyFile.open(path)) {
      String suffix = trainSuffix(file);
      String targets = name(file, "y" + suffix);
      boolean areQuantities =
          task == Task.AUTO ? file.holdsFloats(targets) : task == Task.REGRESSION;
      return areQuantities
          ? regression(file, suffix)
          : classification(file, suffix, classNames(file, targets));
    }
  }

  /**
   * The file's own test samples, of the kind of those trained on.
   *
   * @throws InvalidDataException when they are not as large as those, or of a class that is new
   */
  Dataset test(Dataset training) {
    try (NumpyFile file = NumpyFile.open(path)) {
      Dataset test =
          training.isClassification()
              ? classification(file, TEST, training.classNames())
              : regression(file, TEST);
      if (test.inputs() != training.inputs() || test.outputs() != training.outputs()) {
        throw new InvalidDataException(
            String.format(
                "%s: a test sample is of %d features and %d targets, one to train on of %d and %d;"
                    + " the two must belong together",
                path, test.inputs(), test.outputs(), training.inputs(), training.outputs()));
      }
      return test;
    }
  }

  /**
   * Samples to judge a model by: the file's own test samples, or the others.
   *
   * @throws InvalidDataException when labels are not among the model's classes
   */
  Dataset forModel(TrainedModel model, boolean isTest) {
    try (NumpyFile file = NumpyFile.open(path)) {
      String suffix = isTest ? TEST : trainSuffix(file);
      return model.isClassification()
          ? classification(file, suffix, model.classNames())
          : regression(file, suffix);
    }
  }

  /**
   * Features of all samples, for which no targets need be there: of x, else of x_test, else of
   * x_train.
   *
   * @throws InvalidDataException when they are not as many per sample as the model takes
   */
  float[] features(TrainedModel model) {
    try (NumpyFile file = NumpyFile.open(path)) {
      String suffix = "";
      if (!has(file, "x")) {
        suffix = has(file, "x" + TEST) ? TEST : TRAIN;
      }
      String features = name(file, "x" + suffix);
      DataSource.requireInputs(fileName(), file.inputs(features), model);
      return Preparation.of(model).applyToFeatures(path + ": " + features, file.features(features));
    }
  }

  private List<String> classNames(NumpyFile file, String targets) {
    List<String> classes = file.classNames(targets);
    int samples = file.samples(targets);
    if (classes.size() > CsvTargets.MAXIMUM_AUTOMATIC_CLASSES && 2 * classes.size() > samples) {
      throw new InvalidDataException(
          ("%s: %s: %s different classes in %s samples are too many to learn; choose --task"
                  + " regression if they are quantities")
              .formatted(path, targets, classes.size(), samples));
    }
    return classes;
  }

  private Dataset classification(NumpyFile file, String suffix, List<String> classes) {
    return file.classification(
        title(suffix), name(file, "x" + suffix), name(file, "y" + suffix), classes);
  }

  private Dataset regression(NumpyFile file, String suffix) {
    return file.regression(title(suffix), name(file, "x" + suffix), name(file, "y" + suffix));
  }

  private static String trainSuffix(NumpyFile file) {
    return has(file, "x" + TRAIN) ? TRAIN : "";
  }

  private String title(String suffix) {
    return suffix.isEmpty() ? fileName() : fileName() + " (" + suffix.substring(1) + ")";
  }

  private String fileName() {
    return path.toAbsolutePath().normalize().getFileName().toString();
  }

  private static boolean has(NumpyFile file, String array) {
    return file.names().contains(array) || file.names().contains(large(array));
  }

  private static String large(String array) {
    return array.substring(0, 1).toUpperCase(Locale.ROOT) + array.substring(1);
  }

  /** As it is written in the file; of an array that is not there, the file says so. */
  private static String name(NumpyFile file, String array) {
    return file.names().contains(large(array)) ? large(array) : array;
  }
}
