package dev.myelin;

import java.util.Locale;

/**
 * An activation function y = f(z), with what its derivative is computed from. All are elementwise
 * but maxout, which takes {@link #pieces} numbers for each that it gives.
 *
 * @param kind which function
 * @param parameter the slope of leaky ReLU, the alpha of ELU or the number of maxout's pieces; 0
 *     for the others, which have none
 */
public record Activation(Kind kind, float parameter) {
  private static final int MAXIMUM_PIECES = 1024;

  /** What the derivative f'(z) is computed from. */
  public enum DerivativeReads {
    /** Nothing: the derivative is constant. */
    NOTHING,
    /** The pre-activation z. */
    INPUT,
    /** The activation y = f(z), so that z need not be kept. */
    OUTPUT
  }

  /** The functions. */
  public enum Kind {
    /** y = z. */
    IDENTITY(DerivativeReads.NOTHING),
    /** y = 1 / (1 + e^-z); y' = y (1 - y). */
    SIGMOID(DerivativeReads.OUTPUT),
    /** y = tanh z; y' = 1 - y^2. */
    TANH(DerivativeReads.OUTPUT),
    /** y = max(z, 0); y' = 1 for z > 0, else 0. */
    RELU(DerivativeReads.OUTPUT),
    /** y = z for z > 0, else slope z; y' = 1 for z > 0, else slope. */
    LEAKY_RELU(DerivativeReads.OUTPUT),
    /** y = z for z > 0, else alpha (e^z - 1); y' = 1 for z > 0, else y + alpha. */
    ELU(DerivativeReads.OUTPUT),
    /**
     * y = z Phi(z) = z (1 + erf(z / sqrt 2)) / 2; y' = Phi(z) + z phi(z). Hendrycks and Gimpel,
     * 2016.
     */
    GELU(DerivativeReads.INPUT),
    /** y = z (1 + tanh(sqrt(2 / pi) (z + 0.044715 z^3))) / 2: the approximation of GELU by tanh. */
    GELU_TANH(DerivativeReads.INPUT),
    /** y = z sigmoid(z); y' = s (1 + z (1 - s)) with s = sigmoid(z). Also called swish. */
    SILU(DerivativeReads.INPUT),
    /** y = log(1 + e^z); y' = sigmoid(z). */
    SOFTPLUS(DerivativeReads.INPUT),
    /**
     * y = 1 for z > 0, else 0: a neuron that fires where the sum exceeds the threshold. y' = 0, so
     * gradients end here; the perceptron's rule does without them. McCulloch and Pitts, 1943.
     */
    STEP(DerivativeReads.OUTPUT),
    /** y = 1 for z > 0, else -1; y' = 0. Rosenblatt, 1958. */
    SIGN(DerivativeReads.OUTPUT),
    /**
     * y[j] = the largest of z[j], z[outputs + j], z[2 outputs + j], ...: of several linear maps,
     * the largest; y' = 1 for that piece, else 0. Not elementwise: see {@link Ops#maxout}.
     * Goodfellow, Warde-Farley, Mirza, Courville, Bengio, 2013.
     */
    MAXOUT(DerivativeReads.INPUT);

    private final DerivativeReads derivativeReads;

    Kind(DerivativeReads derivativeReads) {
      this.derivativeReads = derivativeReads;
    }
  }

  public static final Activation IDENTITY = new Activation(Kind.IDENTITY, 0);
  public static final Activation SIGMOID = new Activation(Kind.SIGMOID, 0);
  public static final Activation TANH = new Activation(Kind.TANH, 0);
  public static final Activation RELU = new Activation(Kind.RELU, 0);
  public static final Activation GELU = new Activation(Kind.GELU, 0);
  public static final Activation GELU_TANH = new Activation(Kind.GELU_TANH, 0);
  public static final Activation SILU = new Activation(Kind.SILU, 0);
  public static final Activation SOFTPLUS = new Activation(Kind.SOFTPLUS, 0);
  public static final Activation STEP = new Activation(Kind.STEP, 0);
  public static final Activation SIGN = new Activation(Kind.SIGN, 0);

  /**
   * @throws IllegalArgumentException when the parameter is not finite, is negative (the derivatives
   *     of leaky ReLU and ELU are read off the sign of y), is given to a function that has none, or
   *     is not a number of pieces
   */
  public Activation {
    if (!takesParameter(kind) && parameter != 0) {
      throw new IllegalArgumentException(kind + " takes no parameter, but was given " + parameter);
    }
    if (!Float.isFinite(parameter) || parameter < 0) {
      throw new IllegalArgumentException(
          kind + ": the parameter must be finite and not negative, not " + parameter);
    }
    if (kind == Kind.MAXOUT
        && !(parameter >= 2 && parameter <= MAXIMUM_PIECES && parameter == (int) parameter)) {
      throw new IllegalArgumentException(
          "maxout takes a whole number of pieces from 2 to "
              + MAXIMUM_PIECES
              + ", as in maxout(2), not "
              + parameter);
    }
  }

  private static boolean takesParameter(Kind kind) {
    return kind == Kind.LEAKY_RELU || kind == Kind.ELU || kind == Kind.MAXOUT;
  }

  /** Leaky ReLU; PyTorch's default slope is 0.01. */
  public static Activation leakyRelu(float slope) {
    return new Activation(Kind.LEAKY_RELU, slope);
  }

  /** ELU; PyTorch's default alpha is 1. */
  public static Activation elu(float alpha) {
    return new Activation(Kind.ELU, alpha);
  }

  /** The largest of so many linear maps, 2 or more. */
  public static Activation maxout(int pieces) {
    return new Activation(Kind.MAXOUT, pieces);
  }

  /**
   * Reads what {@link #text} writes: "relu", "leaky_relu(0.01)", "maxout(2)". Parameters may be
   * left out for PyTorch's defaults: 0.01 for leaky_relu, 1 for elu.
   *
   * @throws IllegalArgumentException naming the functions there are
   */
  public static Activation of(String text) {
    FunctionText parsed = FunctionText.parse(text);
    for (Kind kind : Kind.values()) {
      if (kind.name().toLowerCase(Locale.ROOT).equals(parsed.name())) {
        return switch (kind) {
          case LEAKY_RELU -> leakyRelu(parsed.parameterOr(0.01f));
          case ELU -> elu(parsed.parameterOr(1));
          case MAXOUT -> new Activation(kind, parsed.parameterOr(0));
          default -> parsed.withoutParameter(new Activation(kind, 0));
        };
      }
    }
    throw new IllegalArgumentException(
        "unknown activation '"
            + text
            + "'; there are identity, sigmoid, tanh, relu, leaky_relu(SLOPE), elu(ALPHA), gelu, gelu_tanh, silu,"
            + " softplus, step, sign, maxout(PIECES)");
  }

  /** The function in one word, as {@link #of} reads it. */
  public String text() {
    String name = kind.name().toLowerCase(Locale.ROOT);
    return switch (kind) {
      case LEAKY_RELU, ELU -> name + "(" + parameter + ")";
      case MAXOUT -> name + "(" + pieces() + ")";
      default -> name;
    };
  }

  /** How many numbers z has for each of y: 1 for all functions but maxout. */
  public int pieces() {
    return kind == Kind.MAXOUT ? (int) parameter : 1;
  }

  /** Whether the derivative is 0 wherever there is one, so that no gradient passes. */
  public boolean isThreshold() {
    return kind == Kind.STEP || kind == Kind.SIGN;
  }

  /** What {@link Ops#activationGradient} reads for this function. */
  public DerivativeReads derivativeReads() {
    return kind.derivativeReads;
  }
}
