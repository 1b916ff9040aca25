package dev.myelin.nn;

import dev.myelin.Activation.DerivativeReads;
import dev.myelin.DType;
import dev.myelin.Tensor;
import dev.myelin.TensorArena;

/** The tensors that one batch passes through, forwards and backwards. */
final class BatchTensors {
  /** [batch, inputs]; null until {@link #reading} gives one. */
  final Tensor input;

  /** I32 [batch] or [batch, outputs], as the loss takes them. */
  final Tensor target;

  /** Per layer [batch, rows]; null where nothing reads it. See {@link Layer#rows}. */
  final Tensor[] preActivations;

  /** Per layer [batch, outputs]. */
  final Tensor[] activations;

  /** Per layer [batch, outputs] after dropout; null where nothing is dropped. */
  final Tensor[] dropped;

  /**
   * Per layer [batch, outputs]: what comes back to the layer's output; only the last layer's when
   * there is no training.
   */
  final Tensor[] errors;

  /**
   * Per layer [batch, rows], of the pre-activation; the very tensor of {@link #errors} where it
   * takes its place.
   */
  final Tensor[] gradients;

  /** [batch]. */
  final Tensor rowLosses;

  /** I32 [batch]: the classes predicted; null when the loss takes no labels. */
  final Tensor predicted;

  private BatchTensors(
      Tensor input, Tensor target, Tensor rowLosses, Tensor predicted, int layers) {
    this.input = input;
    this.target = target;
    this.rowLosses = rowLosses;
    this.predicted = predicted;
    this.preActivations = new Tensor[layers];
    this.activations = new Tensor[layers];
    this.dropped = new Tensor[layers];
    this.errors = new Tensor[layers];
    this.gradients = new Tensor[layers];
  }

  /** Without samples in it, a batch would never get to the end of the data. */
  static void requireSize(int batchSize) {
    if (batchSize < 1) {
      throw new IllegalArgumentException("batchSize must be at least 1, but is " + batchSize);
    }
  }

  /** For training: with a way back, and dropout. */
  static BatchTensors forTraining(
      TensorArena arena, MlpSpec spec, Loss loss, LearningRule rule, int batch) {
    Tensor target =
        loss.takesLabels()
            ? arena.allocate("batch.labels", DType.I32, batch)
            : arena.allocate("batch.targets", batch, spec.outputs());
    BatchTensors tensors =
        new BatchTensors(
            arena.allocate("batch.features", batch, spec.inputs()),
            target,
            arena.allocate("batch.losses", batch),
            loss.takesLabels() ? arena.allocate("batch.predicted", DType.I32, batch) : null,
            spec.layers().size());
    for (int i = 0; i < spec.layers().size(); i++) {
      Layer layer = spec.layers().get(i);
      String name = "layer" + i;
      tensors.activations[i] = arena.allocate(name + ".activation", batch, layer.outputs());
      tensors.errors[i] = arena.allocate(name + ".error", batch, layer.outputs());
      tensors.gradients[i] =
          rule.keepsErrors(layer.activation())
              ? arena.allocate(name + ".gradient", batch, layer.rows())
              : tensors.errors[i];
      if (layer.activation().derivativeReads() == DerivativeReads.INPUT) {
        tensors.preActivations[i] = arena.allocate(name + ".preActivation", batch, layer.rows());
      }
      if (layer.dropout() > 0) {
        tensors.dropped[i] = arena.allocate(name + ".dropped", batch, layer.outputs());
      }
    }
    return tensors;
  }

  /** For the way forward only, without input and target: see {@link #reading}. */
  static BatchTensors forEvaluation(TensorArena arena, MlpSpec spec, int batch) {
    int layers = spec.layers().size();
    BatchTensors tensors =
        new BatchTensors(null, null, arena.allocate("batch.losses", batch), null, layers);
    for (int i = 0; i < layers; i++) {
      Layer layer = spec.layers().get(i);
      String name = "layer" + i;
      tensors.activations[i] = arena.allocate(name + ".activation", batch, layer.outputs());
      if (layer.activation().pieces() > 1) {
        tensors.preActivations[i] = arena.allocate(name + ".preActivation", batch, layer.rows());
      }
    }
    tensors.errors[layers - 1] = arena.allocate("output.gradient", batch, spec.outputs());
    return tensors;
  }

  /** The same tensors behind another input and target. */
  BatchTensors reading(Tensor newInput, Tensor newTarget) {
    BatchTensors reading =
        new BatchTensors(newInput, newTarget, rowLosses, predicted, activations.length);
    System.arraycopy(preActivations, 0, reading.preActivations, 0, activations.length);
    System.arraycopy(activations, 0, reading.activations, 0, activations.length);
    System.arraycopy(dropped, 0, reading.dropped, 0, activations.length);
    System.arraycopy(errors, 0, reading.errors, 0, activations.length);
    System.arraycopy(gradients, 0, reading.gradients, 0, activations.length);
    return reading;
  }

  /** Views of the first rows, for a smaller batch. */
  BatchTensors rows(int count) {
    BatchTensors views =
        new BatchTensors(
            first(input, count),
            first(target, count),
            first(rowLosses, count),
            first(predicted, count),
            activations.length);
    for (int i = 0; i < activations.length; i++) {
      views.preActivations[i] = first(preActivations[i], count);
      views.activations[i] = first(activations[i], count);
      views.dropped[i] = first(dropped[i], count);
      views.errors[i] = first(errors[i], count);
      views.gradients[i] = gradients[i] == errors[i] ? views.errors[i] : first(gradients[i], count);
    }
    return views;
  }

  private static Tensor first(Tensor tensor, int count) {
    return tensor == null ? null : tensor.rows(0, count);
  }

  int batch() {
    return rowLosses.rows();
  }

  /** The gradient of {@link #output}, [batch, outputs]. */
  Tensor outputGradient() {
    return errors[errors.length - 1];
  }

  /** The network's result, [batch, outputs]. */
  Tensor output() {
    return activations[activations.length - 1];
  }

  /** What a layer reads: the batch, or what the layer below gave. */
  Tensor inputOf(int layer) {
    if (layer == 0) {
      return input;
    }
    return dropped[layer - 1] != null ? dropped[layer - 1] : activations[layer - 1];
  }
}
