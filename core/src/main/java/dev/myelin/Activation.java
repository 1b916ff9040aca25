package dev.myelin;

import java.util.Locale;

/**
 * An elementwise activation function y = f(z), with what its derivative is computed from.
 *
 * @param kind which function
 * @param parameter the slope of leaky ReLU or the alpha of ELU; 0 for the others, which have none
 */
public record Activation(Kind kind, float parameter) {

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
    SOFTPLUS(DerivativeReads.INPUT);

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

  /**
   * @throws IllegalArgumentException when the parameter is not finite, is negative (the derivatives
   *     of leaky ReLU and ELU are read off the sign of y), or is given to a function that has none
   */
  public Activation {
    boolean takesParameter = kind == Kind.LEAKY_RELU || kind == Kind.ELU;
    if (!takesParameter && parameter != 0) {
      throw new IllegalArgumentException(kind + " takes no parameter, but was given " + parameter);
    }
    if (!Float.isFinite(parameter) || parameter < 0) {
      throw new IllegalArgumentException(
          kind + ": the parameter must be finite and not negative, not " + parameter);
    }
  }

  /** Leaky ReLU; PyTorch's default slope is 0.01. */
  public static Activation leakyRelu(float slope) {
    return new Activation(Kind.LEAKY_RELU, slope);
  }

  /** ELU; PyTorch's default alpha is 1. */
  public static Activation elu(float alpha) {
    return new Activation(Kind.ELU, alpha);
  }

  /**
   * Reads what {@link #text} writes: "relu", "leaky_relu(0.01)", "gelu_tanh". Parameters may be
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
          default -> parsed.withoutParameter(new Activation(kind, 0));
        };
      }
    }
    throw new IllegalArgumentException(
        "unknown activation '"
            + text
            + "'; there are identity, sigmoid, tanh, relu, leaky_relu(SLOPE), elu(ALPHA), gelu, gelu_tanh, silu,"
            + " softplus");
  }

  /** The function in one word, as {@link #of} reads it. */
  public String text() {
    String name = kind.name().toLowerCase(Locale.ROOT);
    boolean takesParameter = kind == Kind.LEAKY_RELU || kind == Kind.ELU;
    return takesParameter ? name + "(" + parameter + ")" : name;
  }

  /** What {@link Ops#activationGradient} reads for this function. */
  public DerivativeReads derivativeReads() {
    return kind.derivativeReads;
  }
}
