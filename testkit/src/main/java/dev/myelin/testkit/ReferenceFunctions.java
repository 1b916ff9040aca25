package dev.myelin.testkit;

import static dev.myelin.testkit.Bounded.HALF;
import static dev.myelin.testkit.Bounded.ONE;
import static dev.myelin.testkit.Bounded.ZERO;
import static dev.myelin.testkit.Bounded.exact;
import static dev.myelin.testkit.Bounded.rounded;

import dev.myelin.Activation;
import dev.myelin.ElementLoss;

/** The scalar functions, written as {@link Activation} and {@link ElementLoss} define them. */
public final class ReferenceFunctions {
  private static final double TANH_CUBIC = 0.044715;

  private ReferenceFunctions() {}

  /** y = f(z). */
  public static Bounded activation(Activation f, Bounded z) {
    return switch (f.kind()) {
      case IDENTITY -> z;
      case SIGMOID -> sigmoid(z);
      case TANH -> z.tanh();
      case RELU -> z.max(ZERO);
      case LEAKY_RELU -> bent(f, z, exact(f.parameter()).times(z));
      case ELU -> bent(f, z, exact(f.parameter()).times(z.expm1()));
      case GELU -> z.times(normalDistribution(z));
      case GELU_TANH -> HALF.times(z).times(ONE.plus(tanhArgument(z).tanh()));
      case SILU -> z.times(sigmoid(z));
      case SOFTPLUS -> z.max(ZERO).plus(z.abs().negated().exp().log1p());
      case STEP -> threshold(z, 0);
      case SIGN -> threshold(z, -1);
      case MAXOUT -> throw new IllegalArgumentException("not elementwise: " + f);
    };
  }

  /** 1 above zero, else {@code below}; where z's error reaches across zero, either may come. */
  private static Bounded threshold(Bounded z, double below) {
    double value = z.value() > 0 ? 1 : Double.isNaN(z.value()) ? Double.NaN : below;
    boolean mayBeOther = z.error() > 0 && Math.abs(z.value()) <= z.error();
    return new Bounded(value, mayBeOther ? 1 - below : 0);
  }

  /** z on the right of zero; where z's error reaches across zero, either side may be taken. */
  private static Bounded bent(Activation f, Bounded z, Bounded onTheLeft) {
    Bounded result = z.value() > 0 ? z : onTheLeft;
    boolean mayBeOther = Math.abs(z.value()) <= z.error();
    double slopes = mayBeOther ? 1 + f.parameter() : 0;
    return new Bounded(result.value(), result.error() + slopes * z.error());
  }

  /**
   * f'(z).
   *
   * @param read z or y = f(z), whichever {@link Activation#derivativeReads} says
   */
  public static Bounded derivative(Activation f, Bounded read) {
    return switch (f.kind()) {
      case IDENTITY -> ONE;
      case SIGMOID -> read.times(ONE.minus(read));
      case TANH -> ONE.minus(read.times(read));
      case RELU -> read.value() > 0 ? ONE : ZERO;
      case LEAKY_RELU -> read.value() > 0 ? ONE : exact(f.parameter());
      case ELU -> read.value() > 0 ? ONE : read.plus(exact(f.parameter()));
      case GELU -> normalDistribution(read).plus(read.times(normalDensity(read)));
      case GELU_TANH -> geluTanhDerivative(read);
      case SILU -> siluDerivative(read);
      case SOFTPLUS -> sigmoid(read);
      case STEP, SIGN -> Double.isNaN(read.value()) ? read : ZERO;
      case MAXOUT -> throw new IllegalArgumentException("not elementwise: " + f);
    };
  }

  /** 1 / (1 + e^-z), from the exponential that does not overflow. */
  static Bounded sigmoid(Bounded z) {
    if (z.value() >= 0) {
      return ONE.over(ONE.plus(z.negated().exp()));
    }
    Bounded power = z.exp();
    return power.over(ONE.plus(power));
  }

  /**
   * (1 + erf(z / sqrt 2)) / 2. A backend may use erfc(-z / sqrt 2) / 2 instead, so its 5 ULP are
   * granted as well.
   */
  private static Bounded normalDistribution(Bounded z) {
    Bounded byErf = HALF.times(ONE.plus(z.times(rounded(Math.sqrt(0.5))).erf()));
    double errorByErfc = 10 * Bounded.ROUNDING * byErf.value();
    return new Bounded(byErf.value(), byErf.error() + errorByErfc);
  }

  private static Bounded normalDensity(Bounded z) {
    Bounded power = z.times(z).times(HALF).negated().exp();
    return power.times(rounded(1 / Math.sqrt(2 * Math.PI)));
  }

  private static Bounded tanhArgument(Bounded z) {
    Bounded cubic = rounded(TANH_CUBIC).times(z).times(z).times(z);
    return rounded(Math.sqrt(2 / Math.PI)).times(z.plus(cubic));
  }

  private static Bounded geluTanhDerivative(Bounded z) {
    Bounded tanh = tanhArgument(z).tanh();
    Bounded slope =
        rounded(Math.sqrt(2 / Math.PI)).times(ONE.plus(rounded(3 * TANH_CUBIC).times(z).times(z)));
    Bounded outer = HALF.times(z).times(ONE.minus(tanh.times(tanh))).times(slope);
    return HALF.times(ONE.plus(tanh)).plus(outer);
  }

  private static Bounded siluDerivative(Bounded z) {
    Bounded s = sigmoid(z);
    return s.times(ONE.plus(z.times(ONE.minus(s))));
  }

  /** l(p, t). */
  public static Bounded loss(ElementLoss loss, Bounded p, Bounded t) {
    Bounded error = p.minus(t);
    return switch (loss.kind()) {
      case SQUARED_ERROR -> error.times(error);
      case ABSOLUTE_ERROR -> error.abs();
      case HUBER -> huber(error, exact(loss.delta()));
      case BINARY_CROSS_ENTROPY ->
          p.max(ZERO).minus(p.times(t)).plus(p.abs().negated().exp().log1p());
    };
  }

  private static Bounded huber(Bounded error, Bounded delta) {
    return Math.abs(error.value()) <= delta.value()
        ? HALF.times(error.times(error))
        : delta.times(error.abs().minus(HALF.times(delta)));
  }

  /** dl/dp. */
  public static Bounded lossDerivative(ElementLoss loss, Bounded p, Bounded t) {
    Bounded error = p.minus(t);
    return switch (loss.kind()) {
      case SQUARED_ERROR -> exact(2).times(error);
      case ABSOLUTE_ERROR -> exact(Math.signum(error.value()));
      case HUBER -> error.min(exact(loss.delta())).max(exact(-loss.delta()));
      case BINARY_CROSS_ENTROPY -> sigmoid(p).minus(t);
    };
  }
}
