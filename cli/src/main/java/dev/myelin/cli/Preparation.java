package dev.myelin.cli;

import dev.myelin.data.Dataset;
import dev.myelin.data.Standardizer;
import dev.myelin.model.TrainedModel;
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
        Optional.of(Standardizer.fitFeatures(training)),
        training.isClassification()
            ? Optional.empty()
            : Optional.of(Standardizer.fitTargets(training)));
  }

  static Preparation of(TrainedModel model) {
    return new Preparation(model.features(), model.targets());
  }

  Dataset apply(Dataset data) {
    Dataset prepared = features.map(each -> each.applyToFeatures(data)).orElse(data);
    return targets.map(each -> each.applyToTargets(prepared)).orElse(prepared);
  }

  /** [samples, inputs] row-major, as the network takes them. */
  float[] applyToFeatures(float[] values) {
    return features.map(each -> each.apply(values)).orElse(values);
  }

  /** The network's outputs in the unit of the data. */
  float[] invertTargets(float[] outputs) {
    return targets.map(each -> each.invert(outputs)).orElse(outputs);
  }
}
