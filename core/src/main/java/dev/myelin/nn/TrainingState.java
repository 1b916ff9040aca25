package dev.myelin.nn;

import dev.myelin.DType;
import dev.myelin.Tensor;
import dev.myelin.TensorArena;

/**
 * What a training run keeps on the device from step to step: gradients, moments, counters, sums of
 * the epoch.
 */
final class TrainingState {
  /** As long as the trained parameters. */
  final Tensor gradients;

  /** Views of {@link #gradients}, per layer. */
  final Tensor[] weightGradients;

  /** Views of {@link #gradients}, per layer; null where the bias is not trained. */
  final Tensor[] biasGradients;

  /** The optimizer's blocks. */
  final Tensor[] moments;

  /** [steps of an epoch, 3]: what {@link Optimizer#rates} gives, uploaded once an epoch. */
  final Tensor rateTable;

  /** [3]: the row of this step. */
  final Tensor rates;

  /** [1]. */
  final Tensor gradientNorm;

  /** I32 [3]: step in the epoch, where the batch begins in the order, step since the beginning. */
  final Tensor counters;

  final Tensor stepInEpoch;
  final Tensor firstSample;
  final Tensor step;

  /** [1]: the sum of the row losses since the host took it last. */
  final Tensor lossSum;

  /** I32 [1]: how many samples of the epoch were classified right so far. */
  final Tensor correct;

  TrainingState(TensorArena arena, Mlp mlp, Optimizer optimizer, int stepsPerEpoch) {
    int trained = mlp.trained().rows();
    gradients = arena.allocate("gradients", trained);
    int layers = mlp.spec().layers().size();
    weightGradients = new Tensor[layers];
    biasGradients = new Tensor[layers];
    for (ParameterLayout.Entry entry : mlp.layout().entries()) {
      if (entry.offset() < trained) {
        Tensor view = gradients.view(entry.name() + ".gradient", entry.offset(), entry.shape());
        (entry.isWeight() ? weightGradients : biasGradients)[entry.layer()] = view;
      }
    }
    moments = new Tensor[optimizer.stateBlocks()];
    for (int i = 0; i < moments.length; i++) {
      moments[i] = arena.allocate("optimizer state " + i, trained);
    }
    rateTable = arena.allocate("rates of the epoch", stepsPerEpoch, 3);
    rates = arena.allocate("rates", 3);
    gradientNorm = arena.allocate("gradient norm", 1);
    counters = arena.allocate("counters", DType.I32, 3);
    stepInEpoch = counters.view("step in epoch", 0, 1);
    firstSample = counters.view("first sample", 1, 1);
    step = counters.view("step", 2, 1);
    lossSum = arena.allocate("loss sum", 1);
    correct = arena.allocate("correct", DType.I32, 1);
  }
}
