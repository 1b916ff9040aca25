package dev.myelin.nn;

import dev.myelin.Backend;
import dev.myelin.CapturedWork;
import dev.myelin.Ops;
import dev.myelin.Tensor;
import dev.myelin.WriteMode;

/**
 * One whole training step for one batch size: gather, forward, loss, backward, update, count.
 * Captured once.
 */
final class TrainingStep implements AutoCloseable {
  private final Ops ops;
  private final Mlp mlp;
  private final TrainingOptions options;
  private final SampleFeed data;
  private final TrainingState state;
  private final BatchTensors batch;
  private final Propagation propagation;
  private final Tensor increments;
  private final CapturedWork captured;

  /**
   * @param increments I32 [3]: what a step adds to {@link TrainingState#counters}
   */
  TrainingStep(
      Mlp mlp,
      TrainingOptions options,
      SampleFeed data,
      TrainingState state,
      BatchTensors batch,
      Tensor increments) {
    Backend backend = mlp.backend();
    this.ops = backend.ops();
    this.mlp = mlp;
    this.options = options;
    this.data = data;
    this.state = state;
    this.batch = batch;
    this.increments = increments;
    this.propagation = new Propagation(mlp, options.rule());
    this.captured = backend.capture(this::recordOps);
  }

  void run() {
    captured.replay();
  }

  private void recordOps() {
    ops.gatherRows(data.features(), data.order(), state.firstSample, batch.input);
    ops.gatherRows(data.targets(), data.order(), state.firstSample, batch.target);
    propagation.forwardWithDropout(batch, options.seed(), state.step);
    options
        .loss()
        .apply(ops, batch.output(), batch.target, batch.rowLosses, batch.outputGradient());
    ops.sum(batch.rowLosses, WriteMode.ACCUMULATE, state.lossSum);
    if (batch.predicted != null) {
      ops.argmaxRows(batch.output(), batch.predicted);
      ops.countEqual(batch.predicted, batch.target, WriteMode.ACCUMULATE, state.correct);
    }
    propagation.backward(
        batch, options.seed(), state.step, state.weightGradients, state.biasGradients);
    if (options.maxGradientNorm() > 0) {
      ops.clipByNorm(state.gradients, options.maxGradientNorm(), state.gradientNorm);
    }
    ops.selectRow(state.rateTable, state.stepInEpoch, state.rates);
    options.optimizer().step(ops, state.rates, state.gradients, state.moments, mlp.trained());
    ops.add(state.counters, increments, state.counters);
  }

  @Override
  public void close() {
    captured.close();
  }
}
