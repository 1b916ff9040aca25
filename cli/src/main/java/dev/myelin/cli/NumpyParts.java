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
   * @throws InvalidDataException when they are not as large as those, are pixels where those are
   *     not, or of a class that is new
   */
  Dataset test(Dataset training) {
    try (NumpyFile file = NumpyFile.open(path)) {
      requireBothPixels(file, name(file, "x" + trainSuffix(file)), name(file, "x" + TEST));
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
   * @throws InvalidDataException when labels are not among the model's classes, or bytes are pixels
   *     where the model was not trained on pixels, or the other way round
   */
  Dataset forModel(TrainedModel model, boolean isTest) {
    try (NumpyFile file = NumpyFile.open(path)) {
      String suffix = isTest ? TEST : trainSuffix(file);
      requireScale(file, name(file, "x" + suffix), model);
      return model.isClassification()
          ? classification(file, suffix, model.classNames())
          : regression(file, suffix);
    }
  }

  /**
   * Features of all samples, for which no targets need be there: of x, else of x_test, else of
   * x_train.
   *
   * @throws InvalidDataException when they are not as many per sample as the model takes, or bytes
   *     are pixels where the model was not trained on pixels, or the other way round
   */
  float[] features(TrainedModel model) {
    try (NumpyFile file = NumpyFile.open(path)) {
      String suffix = "";
      if (!has(file, "x")) {
        suffix = has(file, "x" + TEST) ? TEST : TRAIN;
      }
      String features = name(file, "x" + suffix);
      DataSource.requireInputs(fileName(), file.inputs(features), model);
      requireScale(file, features, model);
      return Preparation.of(model).applyToFeatures(path + ": " + features, file.features(features));
    }
  }

  private List<String> classNames(NumpyFile file, String targets) {
    int classes = file.countClasses(targets);
    int samples = file.samples(targets);
    if (classes > CsvTargets.MAXIMUM_AUTOMATIC_CLASSES && classes > samples / 2) {
      throw new InvalidDataException(
          ("%s: %s: %s different classes in %s samples are too many to learn; choose --task"
                  + " regression if they are quantities")
              .formatted(path, targets, classes, samples));
    }
    return file.classNames(targets);
  }

  /** Pixels come as 0 to 1, numbers as they are: a network must not see both for the same thing. */
  private void requireBothPixels(NumpyFile file, String training, String test) {
    boolean arePixels = file.holdsPixels(training);
    if (arePixels != file.holdsPixels(test)) {
      throw new InvalidDataException(
          ("%s: %s holds pixels (bytes of 3 or more dimensions, taken as 0 to 1), but %s does not;"
                  + " save both in the same shape and type")
              .formatted(path, arePixels ? training : test, arePixels ? test : training));
    }
  }

  /** A model of pixels takes 0 to 1 as they are; one of columns knows how to standardise them. */
  private void requireScale(NumpyFile file, String features, TrainedModel model) {
    boolean arePixels = file.holdsPixels(features);
    if (file.holdsBytes(features) && arePixels == model.features().isPresent()) {
      throw new InvalidDataException(
          (arePixels
                  ? "%s: %s holds pixels (bytes of 3 or more dimensions, taken as 0 to 1), but the"
                      + " model was trained on numbers that it standardises; save them as those"
                      + " were, with %2$s.reshape(len(%2$s), -1) for bytes in columns"
                  : "%s: %s holds bytes in columns, taken as 0 to 255, but the model takes its inputs"
                      + " as they are, pixels as 0 to 1; save images as (samples, rows, columns), or"
                      + " %2$s.astype('float32') in the unit of the training data")
              .formatted(path, features));
    }
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
