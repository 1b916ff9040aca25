package dev.myelin.nn;

import dev.myelin.Activation;
import dev.myelin.Backend;
import dev.myelin.Tensor;
import dev.myelin.TensorArena;
import dev.myelin.data.Dataset;

/** A data set in device memory, with targets as a loss takes them. */
final class DeviceDataset implements AutoCloseable {
  private final TensorArena arena;
  private final Tensor features;
  private final Tensor targets;

  /**
   * @throws IllegalArgumentException when data set, network and loss do not belong together
   */
  DeviceDataset(Backend backend, Dataset data, MlpSpec spec, Loss loss) {
    requireFit(data, spec, loss);
    arena = new TensorArena(backend, "data " + data.name());
    try {
      features = arena.upload("features", data.features(), data.samples(), data.inputs());
      targets =
          loss.takesLabels()
              ? arena.upload("labels", data.labels(), data.samples())
              : arena.upload("targets", values(data, spec), data.samples(), spec.outputs());
    } catch (RuntimeException outOfMemory) {
      arena.close();
      throw outOfMemory;
    }
  }

  private static void requireFit(Dataset data, MlpSpec spec, Loss loss) {
    if (data.inputs() != spec.inputs()) {
      throw new IllegalArgumentException(
          String.format(
              "data %s has %d features, but network %s takes %d",
              data.name(), data.inputs(), spec, spec.inputs()));
    }
    if (loss.takesLabels() && !data.isClassification()) {
      throw new IllegalArgumentException(
          "cross-entropy needs class labels, but data " + data.name() + " has numeric targets");
    }
    boolean oneLogit =
        data.isClassification()
            && !loss.takesLabels()
            && data.outputs() == 2
            && spec.outputs() == 1;
    if (data.outputs() != spec.outputs() && !oneLogit) {
      throw new IllegalArgumentException(
          String.format(
              "data %s has %d %s, but network %s has %d outputs",
              data.name(),
              data.outputs(),
              data.isClassification() ? "classes" : "targets",
              spec,
              spec.outputs()));
    }
  }

  /**
   * Numeric targets; class labels become 0 and 1 for a single output, else one-hot rows. Sign
   * units, which never give 0, get -1 instead.
   */
  private static float[] values(Dataset data, MlpSpec spec) {
    if (!data.isClassification()) {
      return data.targets();
    }
    int outputs = spec.outputs();
    boolean areSigns = spec.outputActivation().kind() == Activation.Kind.SIGN;
    int[] labels = data.labels();
    float[] values = new float[Math.multiplyExact(labels.length, outputs)];
    for (int i = 0; i < labels.length; i++) {
      if (outputs == 1) {
        values[i] = labels[i];
      } else {
        values[i * outputs + labels[i]] = 1;
      }
    }
    for (int i = 0; areSigns && i < values.length; i++) {
      values[i] = 2 * values[i] - 1;
    }
    return values;
  }

  /** [samples, inputs]. */
  Tensor features() {
    return features;
  }

  /** I32 [samples] for a loss that takes labels, else [samples, outputs]. */
  Tensor targets() {
    return targets;
  }

  @Override
  public void close() {
    arena.close();
  }
}
