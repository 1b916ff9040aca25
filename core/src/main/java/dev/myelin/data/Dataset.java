package dev.myelin.data;

import dev.myelin.random.Philox;
import java.util.Arrays;
import java.util.List;

/**
 * Samples in host memory or in a mapped file: a row of features each, and what is to be learned
 * from it, which is a class label (classification) or one or more numbers (regression).
 *
 * <p>Checked once, when it is made: at least one sample, lengths that agree, labels in [0,
 * classes), every number finite. What takes a data set may rely on that.
 *
 * <p>Immutable, provided that nobody writes into the arrays: for the sake of data sets that fill
 * half the memory, arrays are neither copied when they are given nor when they are asked for. Any
 * number of threads may share one, to train from it on a backend each.
 */
public final class Dataset {
  /** Keeps the random numbers of {@link #split} apart from every other use of the same seed. */
  private static final long SPLIT_STREAM = 0x53504C4954L;

  private final String name;
  private final InputLayout layout;
  private final FeatureRows features;
  private final int[] labels;
  private final List<String> classNames;
  private final float[] targets;
  private final List<String> targetNames;

  private Dataset(
      String name,
      InputLayout layout,
      FeatureRows features,
      int[] labels,
      List<String> classNames,
      float[] targets,
      List<String> targetNames) {
    this.name = name;
    this.layout = layout;
    this.features = features;
    this.labels = labels;
    this.classNames = classNames;
    this.targets = targets;
    this.targetNames = targetNames;
  }

  /**
   * Samples that belong to one class each.
   *
   * @param name how messages and reports call this data set
   * @param inputs features per sample, at least 1
   * @param features [samples, inputs] row-major; not copied, not to be modified afterwards
   * @param labels [samples], each in [0, classes); not copied, not to be modified afterwards
   * @param classNames what each label means, at least two different names
   * @throws InvalidDataException naming the sample, column and value that is wrong
   */
  public static Dataset classification(
      String name, int inputs, float[] features, int[] labels, List<String> classNames) {
    List<String> classes = List.copyOf(classNames);
    int samples = DatasetChecks.samples(name, inputs, features);
    DatasetChecks.names(name, "class", classes);
    DatasetChecks.labels(name, samples, labels, classes.size());
    DatasetChecks.finite(name, "feature", features, inputs, List.of());
    return ofClasses(name, inputs, new ArrayRows(name, inputs, features), labels, classes);
  }

  /** As {@link #classification}, of rows known to be finite that need not be in memory. */
  static Dataset classification(
      String name, int inputs, FeatureRows features, int[] labels, List<String> classNames) {
    DatasetChecks.names(name, "class", classNames);
    DatasetChecks.labels(name, features.samples(), labels, classNames.size());
    return ofClasses(name, inputs, features, labels, classNames);
  }

  private static Dataset ofClasses(
      String name, int inputs, FeatureRows features, int[] labels, List<String> classes) {
    return new Dataset(
        name, new InputLayout(inputs), features, labels, classes, new float[0], List.of());
  }

  /**
   * Samples with one or more numbers each that a model is to predict.
   *
   * @param name how messages and reports call this data set
   * @param inputs features per sample, at least 1
   * @param features [samples, inputs] row-major; not copied, not to be modified afterwards
   * @param targets [samples, targetNames.size()] row-major; not copied, not to be modified
   *     afterwards
   * @param targetNames what each target is called, at least one, all different
   * @throws InvalidDataException naming the sample, column and value that is wrong
   */
  public static Dataset regression(
      String name, int inputs, float[] features, float[] targets, List<String> targetNames) {
    List<String> names = List.copyOf(targetNames);
    int samples = DatasetChecks.samples(name, inputs, features);
    DatasetChecks.names(name, "target", names);
    DatasetChecks.length(name, "targets", targets.length, samples, names.size());
    DatasetChecks.finite(name, "feature", features, inputs, List.of());
    DatasetChecks.finite(name, "target", targets, names.size(), names);
    FeatureRows rows = new ArrayRows(name, inputs, features);
    return new Dataset(name, new InputLayout(inputs), rows, new int[0], List.of(), targets, names);
  }

  public String name() {
    return name;
  }

  public int samples() {
    return features.samples();
  }

  /** Features per sample. */
  public int inputs() {
    return layout.inputs();
  }

  /** Whether samples have class labels; otherwise they have targets. */
  public boolean isClassification() {
    return !classNames.isEmpty();
  }

  /** What a model for these data puts out per sample: a logit per class, or a number per target. */
  public int outputs() {
    return isClassification() ? classNames.size() : targetNames.size();
  }

  /** What each label means; empty for regression. */
  public List<String> classNames() {
    return classNames;
  }

  /** What each target is called; empty for classification. */
  public List<String> targetNames() {
    return targetNames;
  }

  /** What each column of the features is called; empty if nobody said. */
  public List<String> featureNames() {
    return layout.names();
  }

  /** Rows of pixels if each sample is an image, otherwise 0. */
  public int imageRows() {
    return layout.imageRows();
  }

  /** Columns of pixels if each sample is an image, otherwise 0. */
  public int imageColumns() {
    return layout.imageColumns();
  }

  /** Whether {@link #features} is an array that is there, rather than a file's rows read anew. */
  public boolean isInMemory() {
    return features.isInMemory();
  }

  /**
   * [samples, inputs] row-major: the array itself, not a copy. It must not be modified. Of a mapped
   * file it is a new array, of all its rows, at each call: see {@link #isInMemory}.
   *
   * @throws InvalidDataException when no array is that long
   */
  public float[] features() {
    return features.array();
  }

  /**
   * Copies one sample's features, wherever they lie. Several threads may do so at once.
   *
   * @param target overwritten from {@code offset} on
   * @throws InvalidDataException when the file behind the data cannot be read any more
   */
  public void readFeatures(int sample, float[] target, int offset) {
    features.read(sample, target, offset);
  }

  /**
   * Makes sure that what was read so far was there: a file that is cut off reads as zeros where it
   * ended.
   *
   * @throws InvalidDataException when the file behind the data has become shorter
   */
  public void requireIntact() {
    features.requireIntact();
  }

  /**
   * [samples], each in [0, outputs): the array itself, not a copy. It must not be modified.
   *
   * @throws IllegalStateException if these data are for regression
   */
  public int[] labels() {
    if (!isClassification()) {
      throw new IllegalStateException(name + ": regression data have targets, not labels");
    }
    return labels;
  }

  /**
   * [samples, outputs] row-major: the array itself, not a copy. It must not be modified.
   *
   * @throws IllegalStateException if these data are for classification
   */
  public float[] targets() {
    if (isClassification()) {
      throw new IllegalStateException(name + ": classification data have labels, not targets");
    }
    return targets;
  }

  /**
   * The same data under names for the columns of the features.
   *
   * @throws InvalidDataException unless there is one name per column
   */
  public Dataset withFeatureNames(List<String> names) {
    return withLayout(layout.withNames(name, names));
  }

  /**
   * The same data, each sample known to be an image whose rows of pixels follow one another.
   *
   * @throws InvalidDataException unless rows times columns is the number of inputs
   */
  public Dataset withImageSize(int rows, int columns) {
    return withLayout(layout.withImageSize(name, rows, columns));
  }

  private Dataset withLayout(InputLayout newLayout) {
    return new Dataset(name, newLayout, features, labels, classNames, targets, targetNames);
  }

  /** The same samples with other features, checked like new ones. */
  Dataset withFeatures(float[] newFeatures) {
    DatasetChecks.finite(name, "feature", newFeatures, inputs(), layout.names());
    return copy(name, new ArrayRows(name, inputs(), newFeatures), labels, targets);
  }

  /** The same samples with other targets, checked like new ones. */
  Dataset withTargets(float[] newTargets) {
    DatasetChecks.finite(name, "target", newTargets, targetNames.size(), targetNames);
    return copy(name, features, labels, newTargets);
  }

  private Dataset copy(
      String newName, FeatureRows newFeatures, int[] newLabels, float[] newTargets) {
    return new Dataset(
        newName, layout, newFeatures, newLabels, classNames, newTargets, targetNames);
  }

  /**
   * The given rows in the given order; a row may be given more than once. Rows in memory are
   * copied, of a mapped file only their numbers are kept.
   *
   * @throws InvalidDataException if no row is given
   * @throws IndexOutOfBoundsException if a row is not in [0, samples)
   */
  public Dataset select(int[] rows) {
    return select(name, rows);
  }

  private Dataset select(String newName, int[] rows) {
    if (rows.length == 0) {
      throw new InvalidDataException(name + ": no row selected; a data set has at least one");
    }
    int samples = samples();
    for (int row : rows) {
      if (row < 0 || row >= samples) {
        throw new IndexOutOfBoundsException(
            name + ": row " + row + " does not exist, there are " + samples);
      }
    }
    int[] chosenLabels = new int[labels.length == 0 ? 0 : rows.length];
    for (int i = 0; i < chosenLabels.length; i++) {
      chosenLabels[i] = labels[rows[i]];
    }
    return copy(
        newName,
        features.select(rows),
        chosenLabels,
        DatasetChecks.gather(name, targets, targetNames.size(), rows));
  }

  /**
   * A copy of the first samples.
   *
   * @param count in [1, samples]
   * @throws InvalidDataException if there are fewer samples, or none is asked for
   */
  public Dataset take(int count) {
    if (count < 1 || count > samples()) {
      throw new InvalidDataException(
          "%s: cannot take %s of %s samples; ask for 1 to %s"
              .formatted(name, count, samples(), samples()));
    }
    int[] first = new int[count];
    Arrays.setAll(first, i -> i);
    return select(name, first);
  }

  /**
   * Two copies that share no sample, each in random order: round(testFraction * samples) go to the
   * test part, the others to the training part. The same seed gives the same parts.
   *
   * @param testFraction in (0, 1)
   * @throws InvalidDataException if the fraction is not in (0, 1), or one part would be empty
   */
  public Split split(double testFraction, long seed) {
    if (!(testFraction > 0 && testFraction < 1)) {
      throw new InvalidDataException(
          name + ": the test fraction must lie between 0 and 1, not " + testFraction);
    }
    int samples = samples();
    int testSamples = (int) Math.round(testFraction * samples);
    if (testSamples == 0 || testSamples == samples) {
      throw new InvalidDataException(
          ("%s: a test fraction of %s of %s samples leaves %s to train and %s to test; "
                  + "both need at least 1. Choose another fraction or give more samples")
              .formatted(name, testFraction, samples, samples - testSamples, testSamples));
    }
    int[] order = new Philox(seed, SPLIT_STREAM).permutation(samples);
    return new Split(
        select(name + " (train)", Arrays.copyOfRange(order, testSamples, samples)),
        select(name + " (test)", Arrays.copyOf(order, testSamples)));
  }

  /**
   * SHA-256, in hexadecimal, of all numbers and their shape, by which the same data are known
   * again. Names are not part of it.
   */
  public String fingerprint() {
    try {
      return new Fingerprint()
          .add(isClassification() ? "classification" : "regression")
          .add(inputs())
          .add(outputs())
          .add(features, inputs())
          .add(labels)
          .add(targets)
          .hex();
    } catch (InternalError fault) {
      // The JVM may tell of a fault in mapped memory later than where it was.
      requireIntact();
      throw fault;
    }
  }

  @Override
  public String toString() {
    return "%s: %s samples of %s features, %s %s"
        .formatted(
            name, samples(), inputs(), outputs(), isClassification() ? "classes" : "targets");
  }
}
