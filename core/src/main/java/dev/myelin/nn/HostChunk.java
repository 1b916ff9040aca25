package dev.myelin.nn;

import dev.myelin.DType;
import dev.myelin.Tensor;
import dev.myelin.UploadQueue;

/** Samples in the order in which steps take them, on the host. */
final class HostChunk {
  final float[] features;

  /** Empty where targets are values. */
  final int[] labels;

  /** Empty where targets are labels. */
  final float[] values;

  HostChunk(HostSamples samples, int rows) {
    features = new float[Math.multiplyExact(rows, samples.inputs())];
    labels = new int[samples.takesLabels() ? rows : 0];
    values =
        new float[samples.takesLabels() ? 0 : Math.multiplyExact(rows, samples.targetColumns())];
  }

  /** Copies the first samples to the device, as many as there are rows in the tensors. */
  void upload(UploadQueue queue, Tensor deviceFeatures, Tensor deviceTargets) {
    queue.upload(features, 0, deviceFeatures);
    if (deviceTargets.type() == DType.I32) {
      queue.upload(labels, 0, deviceTargets);
    } else {
      queue.upload(values, 0, deviceTargets);
    }
  }
}
