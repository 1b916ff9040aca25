package dev.myelin.nn;

import dev.myelin.Activation;
import dev.myelin.Ops;
import dev.myelin.Tensor;
import dev.myelin.WriteMode;

/**
 * One batch's way through a network: forwards, and back by the chain rule.
 *
 * <p>Source: Rumelhart, Hinton and Williams, "Learning representations by back-propagating errors",
 * 1986.
 */
final class Propagation {
  private final Ops ops;
  private final Mlp mlp;
  private final Layer[] layers;

  Propagation(Mlp mlp) {
    this.ops = mlp.backend().ops();
    this.mlp = mlp;
    this.layers = mlp.spec().layers().toArray(new Layer[0]);
  }

  /** Fills activations from the input. */
  void forward(BatchTensors batch) {
    for (int i = 0; i < layers.length; i++) {
      forward(i, batch);
    }
  }

  /** As {@link #forward(BatchTensors)}, with dropout. */
  void forwardWithDropout(BatchTensors batch, long seed, Tensor step) {
    for (int i = 0; i < layers.length; i++) {
      forward(i, batch);
      if (batch.dropped[i] != null) {
        ops.dropout(batch.activations[i], layers[i].dropout(), seed, i, step, batch.dropped[i]);
      }
    }
  }

  private void forward(int i, BatchTensors batch) {
    ops.linear(
        batch.inputOf(i),
        mlp.weight(i),
        mlp.bias(i),
        layers[i].activation(),
        batch.preActivations[i],
        batch.activations[i]);
  }

  /**
   * From the gradient of the last layer's output, which {@code batch.gradients} holds, to those of
   * all parameters.
   *
   * @param weightGradients per layer
   * @param biasGradients per layer; null where the bias is not trained
   */
  void backward(
      BatchTensors batch,
      long seed,
      Tensor step,
      Tensor[] weightGradients,
      Tensor[] biasGradients) {
    int last = layers.length - 1;
    throughActivation(last, batch);
    for (int i = last; i >= 0; i--) {
      Tensor gradient = batch.gradients[i];
      ops.linearParameterGradients(
          batch.inputOf(i), gradient, WriteMode.OVERWRITE, weightGradients[i], biasGradients[i]);
      if (i > 0) {
        backwardInto(i - 1, gradient, batch, seed, step);
      }
    }
  }

  /** The gradient of the pre-activation of layer {@code below}, from that of the layer above it. */
  private void backwardInto(
      int below, Tensor gradientAbove, BatchTensors batch, long seed, Tensor step) {
    Tensor weight = mlp.weight(below + 1);
    Tensor gradient = batch.gradients[below];
    if (batch.dropped[below] == null) {
      ops.linearInputGradient(
          gradientAbove,
          weight,
          layers[below].activation(),
          batch.preActivations[below],
          batch.activations[below],
          gradient);
      return;
    }
    ops.linearInputGradient(gradientAbove, weight, Activation.IDENTITY, null, null, gradient);
    ops.dropout(gradient, layers[below].dropout(), seed, below, step, gradient);
    throughActivation(below, batch);
  }

  private void throughActivation(int i, BatchTensors batch) {
    Activation activation = layers[i].activation();
    if (activation.kind() != Activation.Kind.IDENTITY) {
      Tensor gradient = batch.gradients[i];
      ops.activationGradient(
          activation, batch.preActivations[i], batch.activations[i], gradient, gradient);
    }
  }
}
