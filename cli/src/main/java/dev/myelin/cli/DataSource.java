package dev.myelin.cli;

import dev.myelin.data.Dataset;
import dev.myelin.data.GeneratedData;
import dev.myelin.data.IdxFiles;
import dev.myelin.data.InvalidDataException;
import dev.myelin.data.Split;
import dev.myelin.model.TrainedModel;
import dev.myelin.random.Philox;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/**
 * What {@code --data} names. The same options give the same parts in every process: that is how a
 * model is judged later by samples that it has never seen.
 */
final class DataSource {
  /** Where samples come from. */
  enum Kind {
    GENERATED,
    IDX,
    NPZ,
    CSV
  }

  /** Keeps the choice of {@code --samples} apart from every other use of the same seed. */
  private static final long SUBSET_STREAM = 0x53554253L << 32;

  private final DataOptions options;
  private final Kind kind;
  private final Path path;

  private DataSource(DataOptions options, Kind kind, Path path) {
    this.options = options;
    this.kind = kind;
    this.path = path;
  }

  /**
   * Finds out what is meant.
   *
   * @throws InvalidDataException when there is nothing of that name
   * @throws UsageException when an option is out of range, or is not for such data
   */
  static DataSource of(DataOptions options) {
    options.check();
    if (GeneratedData.names().contains(options.data)) {
      refuseTarget(options, "made on the spot");
      return new DataSource(options, Kind.GENERATED, null);
    }
    Path path = path(options.data);
    if (Files.isDirectory(path)) {
      refuseTarget(options, "a directory of IDX files");
      if (options.testSplit != null) {
        throw new UsageException(
            "--test-split is not for a directory of IDX files, which has its own test files"
                + " (t10k-*)");
      }
      return new DataSource(options, Kind.IDX, path);
    }
    if (NumpyParts.isNumpy(path) && Files.isRegularFile(path)) {
      refuseTarget(options, "an npz file");
      if (options.testSplit != null && new NumpyParts(path).haveTest()) {
        throw new UsageException(
            "--test-split is not for "
                + options.data
                + ", which has its own test samples (x_test, y_test)");
      }
      return new DataSource(options, Kind.NPZ, path);
    }
    if (Files.isRegularFile(path)) {
      return new DataSource(options, Kind.CSV, path);
    }
    throw new InvalidDataException(
        String.format(
            "%s: no such file or directory, nor a set made on the spot (%s)",
            options.data, String.join(", ", GeneratedData.names())));
  }

  private static void refuseTarget(DataOptions options, String what) {
    if (options.target != null) {
      throw new UsageException("--target is for CSV files, but " + options.data + " is " + what);
    }
  }

  private static Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException invalid) {
      throw new InvalidDataException(
          text + ": no such file (" + invalid.getReason() + ")", invalid);
    }
  }

  /** The name of the data that a part is of: parts of parts are called "moons (train) (test)". */
  static String wholeName(Dataset part) {
    return part.name().replaceFirst("( \\((train|test)\\))+$", "");
  }

  /** Whether there are samples that are for the test alone. */
  boolean hasOwnTest() {
    return kind == Kind.IDX || (kind == Kind.NPZ && new NumpyParts(path).haveTest());
  }

  /**
   * How a network takes the data: a user's quantities, of any size, standardised by the training
   * part; pixels and what is made on the spot as they are.
   */
  Preparation preparationFor(Dataset training) {
    return switch (kind) {
      case GENERATED, IDX -> Preparation.NONE;
      case NPZ ->
          new NumpyParts(path).arePixels()
              ? Preparation.fitTargets(training)
              : Preparation.fit(training);
      case CSV -> Preparation.fit(training);
    };
  }

  /** How files made from these data are called: "digits", or a file's name without its ending. */
  String stem() {
    if (kind == Kind.GENERATED) {
      return options.data;
    }
    Path fileName = path.toAbsolutePath().normalize().getFileName();
    String name = fileName == null ? "data" : fileName.toString();
    String stem = kind == Kind.CSV || kind == Kind.NPZ ? name.replaceFirst("\\.[^.]+$", "") : name;
    String safe = stem.replaceAll("[^A-Za-z0-9_.-]+", "-");
    return safe.isEmpty() ? "data" : safe;
  }

  /**
   * The samples to learn from and those to be judged by.
   *
   * @throws UsageException when the task asked for is not that of the data
   */
  Split forTraining(Task task) {
    return switch (kind) {
      case GENERATED -> split(requireTask(generated(), task));
      case IDX ->
          new Split(subset(requireTask(IdxFiles.readTrain(path), task)), IdxFiles.readTest(path));
      case NPZ -> {
        NumpyParts parts = new NumpyParts(path);
        Dataset training = parts.train(task);
        yield parts.haveTest()
            ? new Split(subset(training), parts.test(training))
            : split(subset(training));
      }
      case CSV -> split(subset(CsvFiles.readTraining(path, options.target, task)));
    };
  }

  /**
   * The samples to judge a model by.
   *
   * @throws InvalidDataException when the data are not of the model's kind
   * @throws UsageException for all samples of data that are two sets, and for a split where all
   *     samples are asked for
   */
  Dataset forEvaluation(TrainedModel model, Part part) {
    if (part == Part.ALL) {
      refuseForAll("--test-split", options.testSplit, "--part all");
    }
    if (hasOwnTest()) {
      return switch (part) {
        case TEST -> ownPart(model, true);
        case TRAIN -> subset(ownPart(model, false));
        case ALL ->
            throw new UsageException(
                "--part all: "
                    + (kind == Kind.IDX ? "IDX files are" : options.data + " is")
                    + " two sets; evaluate train and test one by one");
      };
    }
    Dataset all =
        switch (kind) {
          case GENERATED -> generated();
          case IDX, NPZ -> subset(ownPart(model, false));
          case CSV -> subset(labelled(model));
        };
    return switch (part) {
      case ALL -> all;
      case TRAIN -> split(all).train();
      case TEST -> split(all).test();
    };
  }

  private Dataset ownPart(TrainedModel model, boolean isTest) {
    if (kind == Kind.NPZ) {
      return new NumpyParts(path).forModel(model, isTest);
    }
    return isTest ? IdxFiles.readTest(path) : IdxFiles.readTrain(path);
  }

  /**
   * Features to predict from, prepared as the model takes them, [samples, inputs] row-major;
   * targets may be missing.
   *
   * @throws InvalidDataException when the data are not what the model takes
   * @throws UsageException for options that choose among samples, since all are taken
   */
  float[] forPrediction(TrainedModel model) {
    refuseForAll("--test-split", options.testSplit, "predict");
    if (kind != Kind.GENERATED) {
      refuseForAll("--samples", options.samples, "predict");
    }
    Preparation preparation = Preparation.of(model);
    return switch (kind) {
      case GENERATED -> preparation.applyToFeatures(requireFeatures(generated(), model)).features();
      case IDX ->
          preparation.applyToFeatures(requireFeatures(IdxFiles.readTest(path), model)).features();
      case NPZ -> new NumpyParts(path).features(model);
      case CSV -> preparation.applyToFeatures(table(model));
    };
  }

  private static void refuseForAll(String option, Object value, String what) {
    if (value != null) {
      throw new UsageException(
          option + " is not for " + what + ", which takes all samples of the data: leave it out");
    }
  }

  /**
   * Hands the data back if their features are those that the model takes.
   *
   * @throws InvalidDataException with both numbers, or both lists of names
   */
  static Dataset requireFeatures(Dataset data, TrainedModel model) {
    requireInputs(wholeName(data), data.inputs(), model);
    boolean bothHaveNames = !model.featureNames().isEmpty() && !data.featureNames().isEmpty();
    if (bothHaveNames && !model.featureNames().equals(data.featureNames())) {
      throw new InvalidDataException(
          String.format(
              "the model takes %s, but data %s has %s: give data like those that it was trained on",
              model.featureNames(), wholeName(data), data.featureNames()));
    }
    return data;
  }

  /**
   * Makes sure that samples have as many features as the model takes.
   *
   * @throws InvalidDataException with both numbers
   */
  static void requireInputs(String data, int inputs, TrainedModel model) {
    if (model.spec().inputs() != inputs) {
      throw new InvalidDataException(
          String.format(
              "the model takes %d features, but data %s has %d: give data like those that it was"
                  + " trained on",
              model.spec().inputs(), data, inputs));
    }
  }

  private Dataset generated() {
    int samples =
        options.samples == null ? GeneratedData.defaultSamples(options.data) : options.samples;
    return GeneratedData.byName(options.data, samples, options.seed);
  }

  private CsvTable table(TrainedModel model) {
    return CsvFiles.readForModel(path, model.spec().inputs(), model.featureNames(), options.target);
  }

  private Dataset labelled(TrainedModel model) {
    CsvTable table = table(model);
    if (!table.hasTarget()) {
      throw new InvalidDataException(
          path
              + ": has no target column to compare with; name it with --target, or use 'myelin"
              + " predict'");
    }
    return model.isClassification()
        ? CsvTargets.classification(table, model.classNames())
        : CsvTargets.regression(table);
  }

  private static Dataset requireTask(Dataset data, Task task) {
    boolean isClassification = data.isClassification();
    if (task == (isClassification ? Task.REGRESSION : Task.CLASSIFICATION)) {
      throw new UsageException(
          String.format(
              "--task %s is not for data %s, which has %s to predict",
              isClassification ? "regression" : "classification",
              data.name(),
              isClassification ? "classes" : "numbers"));
    }
    return data;
  }

  private Split split(Dataset data) {
    if (options.testSplitOrDefault() == 0) {
      return new Split(data, data);
    }
    return data.split(options.testSplitOrDefault(), options.seed);
  }

  /** As many samples as asked for, picked at random: files are often sorted by class. */
  private Dataset subset(Dataset data) {
    if (options.samples == null || options.samples == data.samples()) {
      return data;
    }
    if (options.samples > data.samples()) {
      throw new InvalidDataException(
          String.format(
              Locale.ROOT,
              "%s: --samples asks for %,d, but there are %,d",
              data.name(),
              options.samples,
              data.samples()));
    }
    int[] order = new Philox(options.seed, SUBSET_STREAM).permutation(data.samples());
    return data.select(Arrays.copyOf(order, options.samples));
  }
}
