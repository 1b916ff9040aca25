package dev.myelin.nn;

import dev.myelin.Activation;
import dev.myelin.Ops;
import dev.myelin.Tensor;
import dev.myelin.WriteMode;

/**
 * One batch's way through a network: forwards, and back as a {@link LearningRule} has it.
 *
 * <p>Source of the chain rule's way back: Rumelhart, Hinton and Williams, "Learning representations
 * by back-propagating errors", 1986.
 */
final class Propagation {
  private final Ops ops;
  private final Mlp mlp;
  private final LearningRule rule;
  private final Layer[] layers;

  /** For the way forwards. */
  Propagation(Mlp mlp) {
    this(mlp, LearningRule.GRADIENT);
  }

  Propagation(Mlp mlp, LearningRule rule) {
    this.rule = rule;
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
    Tensor input = batch.inputOf(i);
    Activation activation = layers[i].activation();
    Tensor z = batch.preActivations[i];
    if (activation.pieces() > 1) {
      ops.linear(input, mlp.weight(i), mlp.bias(i), Activation.IDENTITY, null, z);
      ops.maxout(activation.pieces(), z, batch.activations[i]);
    } else {
      ops.linear(input, mlp.weight(i), mlp.bias(i), activation, z, batch.activations[i]);
    }
  }

  /**
   * From the gradient of the last layer's output, which {@link BatchTensors#outputGradient} holds,
   * to those of all parameters.
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
        Tensor sentBack = rule == LearningRule.BACKWARD_ERRORS ? batch.errors[i] : gradient;
        backwardInto(i - 1, sentBack, batch, seed, step);
      }
    }
  }

  /** The gradient of the pre-activation of layer {@code below}, from what the layer above sends. */
  private void backwardInto(
      int below, Tensor sentBack, BatchTensors batch, long seed, Tensor step) {
    Tensor weight = mlp.weight(below + 1);
    Tensor error = batch.errors[below];
    boolean isInPlace = error == batch.gradients[below];
    if (batch.dropped[below] == null && isInPlace) {
      ops.linearInputGradient(
          sentBack,
          weight,
          layers[below].activation(),
          batch.preActivations[below],
          batch.activations[below],
          error);
      return;
    }
    ops.linearInputGradient(sentBack, weight, Activation.IDENTITY, null, null, error);
    if (batch.dropped[below] != null) {
      ops.dropout(error, layers[below].dropout(), seed, below, step, error);
    }
    throughActivation(below, batch);
  }

  private void throughActivation(int i, BatchTensors batch) {
    Activation activation = layers[i].activation();
    Tensor error = batch.errors[i];
    Tensor gradient = batch.gradients[i];
    if (rule == LearningRule.PERCEPTRON) {
      if (LearningRule.outputsApart(activation) != 1) {
        ops.scale(error, 1 / LearningRule.outputsApart(activation), gradient);
      }
    } else if (activation.pieces() > 1) {
      ops.maxoutGradient(activation.pieces(), batch.preActivations[i], error, gradient);
    } else if (activation.kind() != Activation.Kind.IDENTITY) {
      ops.activationGradient(
          activation, batch.preActivations[i], batch.activations[i], error, gradient);
    }
  }
}
