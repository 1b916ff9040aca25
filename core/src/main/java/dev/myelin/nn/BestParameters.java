package dev.myelin.nn;

import java.util.List;
import java.util.Optional;

/** Remembers the parameters of the epoch with the lowest validation loss, for early stopping. */
final class BestParameters {
  private final Mlp mlp;
  private final int patience;
  private List<NamedParameter> parameters;
  private double loss = Double.POSITIVE_INFINITY;
  private int epoch;
  private int epochsWithoutGain;

  /**
   * @param patience epochs without a better loss until {@link #isExhausted}; 0 for never
   */
  BestParameters(Mlp mlp, int patience) {
    this.mlp = mlp;
    this.patience = patience;
  }

  /** What to give to {@link #resume} later; empty before the first offer. */
  Optional<Checkpoint.Best> state() {
    return parameters == null
        ? Optional.empty()
        : Optional.of(new Checkpoint.Best(parameters, loss, epoch, epochsWithoutGain));
  }

  void resume(Checkpoint.Best state) {
    parameters = state.parameters();
    loss = state.loss();
    epoch = state.epoch();
    epochsWithoutGain = state.epochsWithoutGain();
  }

  void offer(int offeredEpoch, double offeredLoss) {
    if (!(offeredLoss < loss)) {
      epochsWithoutGain++;
      return;
    }
    parameters = mlp.stateDict();
    loss = offeredLoss;
    epoch = offeredEpoch;
    epochsWithoutGain = 0;
  }

  boolean isExhausted() {
    return patience > 0 && epochsWithoutGain >= patience;
  }

  /** Puts the best epoch's parameters back, when one was offered. */
  void restore() {
    if (parameters != null) {
      mlp.load(parameters);
    }
  }

  int epoch() {
    return epoch;
  }
}
