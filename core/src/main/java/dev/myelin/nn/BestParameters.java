package dev.myelin.nn;

/** Remembers the parameters of the epoch with the lowest validation loss, for early stopping. */
final class BestParameters {
  private final Mlp mlp;
  private final int patience;
  private float[] parameters;
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

  void offer(int offeredEpoch, double offeredLoss) {
    if (!(offeredLoss < loss)) {
      epochsWithoutGain++;
      return;
    }
    if (parameters == null) {
      parameters = new float[mlp.block().rows()];
    }
    mlp.backend().download(mlp.block(), parameters);
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
      mlp.backend().upload(parameters, mlp.block());
    }
  }

  int epoch() {
    return epoch;
  }
}
