package dev.myelin.cli;

import picocli.CommandLine.Option;

/** Which samples, and which of them are for what. */
final class DataOptions {
  private static final double DEFAULT_TEST_SPLIT = 0.2;

  @Option(
      names = "--data",
      paramLabel = "DATA",
      defaultValue = "digits",
      description =
          "digits, spirals, moons, rings or sine (made on the spot); "
              + "a directory with MNIST's IDX files; an npz file with x and y, or x_train, "
              + "y_train and x_test, y_test; or a CSV file. "
              + "Default: digits")
  String data;

  @Option(
      names = "--target",
      paramLabel = "COLUMN",
      description =
          "CSV: what to predict, by name or by number from 0, -1 for the last. "
              + "Default: the last column")
  String target;

  @Option(
      names = "--samples",
      paramLabel = "N",
      description =
          "how many samples to make, or to pick at random (of data with test samples of their own: "
              + "from those to train on). "
              + "Default: by data set, or all")
  Integer samples;

  @Option(
      names = "--test-split",
      paramLabel = "SHARE",
      description =
          "share of the samples held back for the test; 0: none, train on all and test on them. "
              + "Default: 0.2, with --rule perceptron 0; IDX files and npz files with x_test have "
              + "their own")
  Double testSplit;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "42",
      description =
          "of all that is random: samples, split, weights, order, dropout. Default:"
              + " ${DEFAULT-VALUE}")
  long seed;

  double testSplitOrDefault() {
    return testSplit == null ? DEFAULT_TEST_SPLIT : testSplit;
  }

  /** The options that a later run must repeat to get the same parts, each with a space before. */
  String toRepeat() {
    StringBuilder text = new StringBuilder(" --data ").append(ShellWord.quote(data));
    append(text, "--target", target == null ? null : ShellWord.quote(target));
    append(text, "--samples", samples);
    append(text, "--test-split", testSplit);
    append(text, "--seed", seed == 42 ? null : seed);
    return text.toString();
  }

  private static void append(StringBuilder text, String option, Object value) {
    if (value != null) {
      text.append(' ').append(option).append(' ').append(value);
    }
  }

  /**
   * Says no to what makes no sense for any data.
   *
   * @throws UsageException naming the option
   */
  void check() {
    if (samples != null && samples < 1) {
      throw new UsageException("--samples must be at least 1, but is " + samples);
    }
    if (testSplit != null && !(testSplit >= 0 && testSplit < 1)) {
      throw new UsageException(
          "--test-split must be at least 0 and less than 1, but is " + testSplit);
    }
  }
}
