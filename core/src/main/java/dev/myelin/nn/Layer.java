package dev.myelin.nn;

import dev.myelin.Activation;

/**
 * One layer: y = f(x w^T + b), then dropout while training. With maxout there are as many linear
 * maps as pieces, one below the other in w, and y is the largest of what they give.
 *
 * @param inputs the length of x
 * @param outputs the number of neurons
 * @param activation f
 * @param bias whether there is a b, and whether training moves it
 * @param dropout the probability that an output is dropped while training, in [0, 1)
 */
public record Layer(int inputs, int outputs, Activation activation, Bias bias, float dropout) {

  /** What becomes of a layer's bias. */
  public enum Bias {
    /** There is one, and training moves it. */
    TRAINED,
    /** There is one, and training leaves it as it is. */
    FIXED,
    /** There is none. */
    NONE
  }

  /**
   * @throws IllegalArgumentException when a size is not positive or dropout is outside [0, 1)
   */
  public Layer {
    if (inputs < 1 || outputs < 1) {
      throw new IllegalArgumentException(
          "a layer needs at least one input and one output, not " + inputs + " and " + outputs);
    }
    if ((long) outputs * activation.pieces() > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          outputs + " outputs of " + activation.text() + " have more than 2^31 - 1 pieces");
    }
    if (!(dropout >= 0 && dropout < 1)) {
      throw new IllegalArgumentException("dropout must be in [0, 1), but is " + dropout);
    }
  }

  /** How many parameters the layer has. */
  public long parameters() {
    return (long) inputs * rows() + (bias == Bias.NONE ? 0 : rows());
  }

  /** The rows of the weight, [rows, inputs]: as many as outputs, or with maxout as all pieces. */
  public int rows() {
    return outputs * activation.pieces();
  }
}
