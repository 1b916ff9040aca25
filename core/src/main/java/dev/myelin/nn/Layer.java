package dev.myelin.nn;

import dev.myelin.Activation;

/**
 * One layer: y = f(x w^T + b), then dropout while training.
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
    if (!(dropout >= 0 && dropout < 1)) {
      throw new IllegalArgumentException("dropout must be in [0, 1), but is " + dropout);
    }
  }

  /** How many parameters the layer has. */
  public long parameters() {
    return (long) inputs * outputs + (bias == Bias.NONE ? 0 : outputs);
  }
}
