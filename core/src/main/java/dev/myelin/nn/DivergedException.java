package dev.myelin.nn;

/**
 * Training left the numbers that a float can hold: the loss or a parameter became NaN or infinite.
 */
public final class DivergedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int epoch;

  DivergedException(int epoch, String what, double learningRate) {
    super(
        String.format(
            "training diverged in epoch %d: %s. Try a learning rate below %s, gradient clipping, or look for extreme"
                + " values in the data",
            epoch, what, learningRate));
    this.epoch = epoch;
  }

  /** The epoch that it was seen in, from 1. */
  public int epoch() {
    return epoch;
  }
}
