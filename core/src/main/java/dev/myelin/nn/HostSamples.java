package dev.myelin.nn;

import dev.myelin.Activation;
import dev.myelin.data.Dataset;
import dev.myelin.data.InvalidDataException;

/** A data set on the host, with targets as a loss takes them. Read by any number of threads. */
final class HostSamples {
  private final Dataset data;
  private final int outputs;
  private final boolean takesLabels;

  /** What a class label is not: 0, or -1 for sign units, which never give 0. */
  private final float valueOfOthers;

  /**
   * @throws IllegalArgumentException when data set, network and loss do not belong together
   */
  HostSamples(Dataset data, MlpSpec spec, Loss loss) {
    requireFit(data, spec, loss);
    this.data = data;
    this.outputs = spec.outputs();
    this.takesLabels = loss.takesLabels();
    this.valueOfOthers = spec.outputActivation().kind() == Activation.Kind.SIGN ? -1 : 0;
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

  Dataset data() {
    return data;
  }

  int samples() {
    return data.samples();
  }

  int inputs() {
    return data.inputs();
  }

  /** Whether targets are class labels, I32 [samples], or values, [samples, outputs]. */
  boolean takesLabels() {
    return takesLabels;
  }

  /** Targets of a sample. */
  int targetColumns() {
    return takesLabels ? 1 : outputs;
  }

  /** What a sample takes in memory, on the host as on the device. */
  long bytesPerSample() {
    return Float.BYTES * (long) (inputs() + targetColumns());
  }

  /**
   * Copies samples in a given order.
   *
   * @param order numbers of samples; read from {@code first} on
   * @param chunk overwritten from its beginning on
   */
  void gather(int[] order, int first, int count, HostChunk chunk) {
    try {
      copy(order, first, count, chunk);
    } catch (InternalError fault) {
      throw explained(fault);
    }
    data.requireIntact();
  }

  /**
   * What a fault in mapped memory comes to. The JVM may report it later than the access, even after
   * the method has returned, so whoever reads on a thread of its own asks here as well.
   */
  Error explained(InternalError fault) {
    try {
      data.requireIntact();
    } catch (InvalidDataException shorter) {
      shorter.addSuppressed(fault);
      throw shorter;
    }
    return fault;
  }

  private void copy(int[] order, int first, int count, HostChunk chunk) {
    for (int i = 0; i < count; i++) {
      int sample = order[first + i];
      data.readFeatures(sample, chunk.features, i * inputs());
      if (takesLabels) {
        chunk.labels[i] = data.labels()[sample];
      } else {
        gatherValues(sample, chunk.values, i * outputs);
      }
    }
  }

  /**
   * Numeric targets; class labels become 0 and 1 for a single output, else a one-hot row. Sign
   * units get -1 instead of 0.
   */
  private void gatherValues(int sample, float[] values, int offset) {
    if (!data.isClassification()) {
      System.arraycopy(data.targets(), sample * outputs, values, offset, outputs);
      return;
    }
    int label = data.labels()[sample];
    for (int i = 0; i < outputs; i++) {
      boolean isOne = outputs == 1 ? label == 1 : label == i;
      values[offset + i] = isOne ? 1 : valueOfOthers;
    }
  }
}
