package dev.myelin;

/**
 * A loss that compares each element p of a prediction with the element t of its target: l(p, t).
 *
 * @param kind which function
 * @param delta where Huber's loss turns from quadratic to linear, in the target's units; 0 for the
 *     others
 */
public record ElementLoss(Kind kind, float delta) {

  /** The functions. */
  public enum Kind {
    /** l = (p - t)^2; dl/dp = 2 (p - t). */
    SQUARED_ERROR,
    /** l = |p - t|; dl/dp = sign(p - t), 0 where they are equal. */
    ABSOLUTE_ERROR,
    /**
     * With e = p - t: l = e^2 / 2 where |e| is at most delta, else delta (|e| - delta / 2); dl/dp =
     * e clamped to +-delta.
     */
    HUBER,
    /**
     * Binary cross-entropy on a logit p, with t in [0, 1]: l = max(p, 0) - p t + log(1 + e^-|p|);
     * dl/dp = sigmoid(p) - t.
     */
    BINARY_CROSS_ENTROPY
  }

  public static final ElementLoss SQUARED_ERROR = new ElementLoss(Kind.SQUARED_ERROR, 0);
  public static final ElementLoss ABSOLUTE_ERROR = new ElementLoss(Kind.ABSOLUTE_ERROR, 0);
  public static final ElementLoss BINARY_CROSS_ENTROPY =
      new ElementLoss(Kind.BINARY_CROSS_ENTROPY, 0);

  /**
   * @throws IllegalArgumentException when Huber's delta is not positive and finite, or another loss
   *     is given one
   */
  public ElementLoss {
    if (kind == Kind.HUBER && !(delta > 0 && Float.isFinite(delta))) {
      throw new IllegalArgumentException("HUBER: delta must be positive and finite, not " + delta);
    }
    if (kind != Kind.HUBER && delta != 0) {
      throw new IllegalArgumentException(kind + " takes no delta, but was given " + delta);
    }
  }

  /** Huber's loss; PyTorch's default delta is 1. */
  public static ElementLoss huber(float delta) {
    return new ElementLoss(Kind.HUBER, delta);
  }
}
