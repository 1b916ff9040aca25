package dev.myelin.cli;

import dev.myelin.data.Dataset;
import dev.myelin.data.InvalidDataException;
import dev.myelin.data.Standardizer;
import dev.myelin.model.TrainedModel;
import java.util.Locale;
import java.util.Optional;

/**
 * What happens to data before a network sees them.
 *
 * @param features how inputs are standardised; empty for not at all
 * @param targets how numeric targets are standardised; empty for not at all
 */
record Preparation(Optional<Standardizer> features, Optional<Standardizer> targets) {

  /** Nothing: for data that are of a size near 1 already. */
  static final Preparation NONE = new Preparation(Optional.empty(), Optional.empty());

  /** Fitted to the training part alone, so that nothing of the other parts leaks into it. */
  static Preparation fit(Dataset training) {
    return new Preparation(
        Optional.of(Standardizer.fitFeatures(training)), fitTargets(training).targets());
  }

  /** As {@link #fit}, for features that are of a size near 1 already; nothing for classes. */
  static Preparation fitTargets(Dataset training) {
    return training.isClassification()
        ? NONE
        : new Preparation(Optional.empty(), Optional.of(Standardizer.fitTargets(training)));
  }

  static Preparation of(TrainedModel model) {
    return new Preparation(model.features(), model.targets());
  }

  Dataset apply(Dataset data) {
    Dataset prepared = applyToFeatures(data);
    return targets.map(each -> each.applyToTargets(prepared)).orElse(prepared);
  }

  /** Leaves the targets as they are. */
  Dataset applyToFeatures(Dataset data) {
    return features.map(each -> each.applyToFeatures(data)).orElse(data);
  }

  /**
   * The features of a table, which may lack targets, as the network takes them: [rows, inputs]
   * row-major.
   *
   * @throws InvalidDataException naming line and column of a value that is so far from the training
   *     data that it is no longer finite
   */
  float[] applyToFeatures(CsvTable table) {
    if (features.isEmpty()) {
      return table.features();
    }
    Standardizer standardizer = features.get();
    float[] prepared = standardizer.apply(table.features());
    for (int i = 0; i < prepared.length; i++) {
      if (!Float.isFinite(prepared[i])) {
        int feature = i % standardizer.columns();
        throw table.badFeature(
            i / standardizer.columns(),
            feature,
            tooFar(standardizer, feature, table.features()[i], "line"));
      }
    }
    return prepared;
  }

  /**
   * Features without targets as the network takes them: [samples, inputs] row-major.
   *
   * @param name how messages call them
   * @throws InvalidDataException naming the sample and column of a value that is so far from the
   *     training data that it is no longer finite
   */
  float[] applyToFeatures(String name, float[] raw) {
    if (features.isEmpty()) {
      return raw;
    }
    Standardizer standardizer = features.get();
    float[] prepared = standardizer.apply(raw);
    for (int i = 0; i < prepared.length; i++) {
      if (!Float.isFinite(prepared[i])) {
        int feature = i % standardizer.columns();
        throw new InvalidDataException(
            String.format(
                Locale.ROOT,
                "%s: value %d of sample %d: %s",
                name,
                feature,
                i / standardizer.columns(),
                tooFar(standardizer, feature, raw[i], "sample")));
      }
    }
    return prepared;
  }

  private static String tooFar(Standardizer standardizer, int feature, float value, String row) {
    return String.format(
        Locale.ROOT,
        "%s is too far from the training data, whose mean is %s and deviation %s; correct"
            + " it, or remove the %s",
        value,
        standardizer.means()[feature],
        standardizer.scales()[feature],
        row);
  }

  /** The network's outputs in the unit of the data. */
  float[] invertTargets(float[] outputs) {
    return targets.map(each -> each.invert(outputs)).orElse(outputs);
  }
}
