package dev.myelin.testkit;

/**
 * A float64 value together with a bound on how far a float32 computation of the same formula may be
 * off: running error analysis. Every operation returns the exact result (in float64) and a bound
 * that grows by the error that its operands bring along and by its own rounding.
 *
 * <p>Additions, subtractions and products round correctly. The other functions may be off by what
 * the OpenCL C specification (section "Relative error as ULPs", full profile) allows, which is the
 * loosest promise among the devices: exp and expm1 3 ULP, log 3, log1p 2, tanh 5, square root 3; a
 * quotient 3, so that it may be a product with the reciprocal (2.5 + 0.5). Only erf must do better,
 * 5 instead of 16: GELU would otherwise not be told from its approximation by tanh. Results below
 * the smallest normal number may come out as zero, so every bound has an absolute term of 2^-126.
 *
 * <p>A backend may compute a function in any other way that is as accurate.
 *
 * <p>Source: Higham, "Accuracy and Stability of Numerical Algorithms", 2002, section 3.3.
 *
 * @param value the result in float64
 * @param error how far a float32 result may be from it
 */
public record Bounded(double value, double error) {
  /** The largest relative error of one correct rounding to float32: 2^-24. */
  public static final double ROUNDING = 0x1p-24;

  /** The smallest normal float32. */
  public static final double SMALLEST_NORMAL = 0x1p-126;

  /** Roundings that one ULP stands for: the unit in the last place is at most 2^-23 of a number. */
  private static final double ULP = 2;

  /** The exact 0. */
  public static final Bounded ZERO = exact(0);

  /** The exact 1. */
  public static final Bounded ONE = exact(1);

  /** The exact 1/2. */
  public static final Bounded HALF = exact(0.5);

  /** A number that float32 holds without error: an input. */
  public static Bounded exact(double value) {
    return new Bounded(value, 0);
  }

  /** Inputs. */
  public static Bounded[] exact(float[] values) {
    Bounded[] result = new Bounded[values.length];
    for (int i = 0; i < values.length; i++) {
      result[i] = exact(values[i]);
    }
    return result;
  }

  /** A constant that float32 holds rounded. */
  public static Bounded rounded(double value) {
    return new Bounded(value, Math.abs(value) * ROUNDING);
  }

  private static Bounded computed(double value, double inherited, double roundings) {
    double own = roundings * ROUNDING * (Math.abs(value) + inherited);
    return new Bounded(value, inherited + own + SMALLEST_NORMAL);
  }

  /** The sum. */
  public Bounded plus(Bounded other) {
    return computed(value + other.value, error + other.error, 1);
  }

  /** The difference. */
  public Bounded minus(Bounded other) {
    return computed(value - other.value, error + other.error, 1);
  }

  /** The product. */
  public Bounded times(Bounded other) {
    return computed(value * other.value, productError(other), 1);
  }

  private double productError(Bounded other) {
    return Math.abs(value) * other.error + Math.abs(other.value) * error + error * other.error;
  }

  /** The quotient. */
  public Bounded over(Bounded divisor) {
    double quotient = value / divisor.value;
    double smallestDivisor = Math.abs(divisor.value) - divisor.error;
    double inherited =
        smallestDivisor > 0
            ? (error + Math.abs(quotient) * divisor.error) / smallestDivisor
            : Double.POSITIVE_INFINITY;
    return computed(quotient, inherited, 3 * ULP);
  }

  /** The number with the other sign; exact. */
  public Bounded negated() {
    return new Bounded(-value, error);
  }

  /** The absolute value; exact. */
  public Bounded abs() {
    return new Bounded(Math.abs(value), error);
  }

  /** The larger of the two; exact; NaN when one is. */
  public Bounded max(Bounded other) {
    return new Bounded(Math.max(value, other.value), Math.max(error, other.error));
  }

  /** The smaller of the two; exact; NaN when one is. */
  public Bounded min(Bounded other) {
    return new Bounded(Math.min(value, other.value), Math.max(error, other.error));
  }

  /** e^x. */
  public Bounded exp() {
    return computed(Math.exp(value), exponentialError(), 3 * ULP);
  }

  /** e^x - 1, accurate near 0. */
  public Bounded expm1() {
    return computed(Math.expm1(value), exponentialError(), 3 * ULP);
  }

  /** e^(value + error) - e^value, in the form that neither cancels nor overflows needlessly. */
  private double exponentialError() {
    return error < 1
        ? Math.exp(value) * Math.expm1(error)
        : Math.exp(value + error) - Math.exp(value);
  }

  /** The natural logarithm. */
  public Bounded log() {
    return computed(Math.log(value), error / (value - error), 3 * ULP);
  }

  /** log(1 + x), accurate near 0. */
  public Bounded log1p() {
    return computed(Math.log1p(value), error / (1 + value - error), 2 * ULP);
  }

  /** The square root. A negative number within its own error counts as 0. */
  public Bounded sqrt() {
    double result = Math.sqrt(value < 0 && value >= -error ? 0 : value);
    double inherited = Math.min(error / result, Math.sqrt(error));
    return computed(result, error == 0 ? 0 : inherited, 3 * ULP);
  }

  /**
   * The hyperbolic tangent; exactly +-1 from |x| = 10 on, where it rounds to that and is off by 2
   * e^(-2 |x|). That and no more is granted, twice.
   */
  public Bounded tanh() {
    double result = Math.tanh(value);
    double nearest = Math.max(0, Math.abs(value) - error);
    if (nearest >= 10) {
      return new Bounded(result, 4 * Math.exp(-2 * nearest));
    }
    double slope = 1 - Math.tanh(nearest) * Math.tanh(nearest);
    return computed(result, error * slope, 5 * ULP);
  }

  /** The error function. */
  public Bounded erf() {
    double nearest = Math.max(0, Math.abs(value) - error);
    double slope = 2 / Math.sqrt(Math.PI) * Math.exp(-nearest * nearest);
    return computed(erf(value), error * slope, 5 * ULP);
  }

  /**
   * erf(x) = 2 / sqrt(pi) e^(-x^2) sum over n of 2^n x^(2n+1) / (1 3 5 ... (2n+1)): all terms have
   * one sign, so nothing cancels. From |x| = 6 on it is 1 to 17 digits.
   */
  private static double erf(double x) {
    if (Math.abs(x) >= 6) {
      return Math.signum(x);
    }
    double term = x;
    double sum = x;
    for (int n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
      term *= 2 * x * x / (2 * n + 1);
      sum += term;
    }
    return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
  }

  /** The sum in any order: every term may be rounded as often as there are terms. */
  public static Bounded sum(Bounded... terms) {
    double value = 0;
    double inherited = 0;
    double magnitude = 0;
    for (Bounded term : terms) {
      value += term.value;
      inherited += term.error;
      magnitude += Math.abs(term.value) + term.error;
    }
    return new Bounded(value, inherited + terms.length * (ROUNDING * magnitude + SMALLEST_NORMAL));
  }

  /**
   * The sum of products in any order, with or without fused multiply-add: every term may be rounded
   * once in its product and as often as there are terms in the sum.
   *
   * @param a the left factors
   * @param b as many right factors
   */
  public static Bounded dot(Bounded[] a, Bounded[] b) {
    double value = 0;
    double inherited = 0;
    double magnitude = 0;
    for (int i = 0; i < a.length; i++) {
      value += a[i].value * b[i].value;
      inherited += a[i].productError(b[i]);
      magnitude += (Math.abs(a[i].value) + a[i].error) * (Math.abs(b[i].value) + b[i].error);
    }
    return new Bounded(value, inherited + dotError(a.length, magnitude));
  }

  /** What rounding may add to a dot product: (k + 2) 2^-24 sum |a_i b_i|. */
  static double dotError(int length, double magnitude) {
    return (length + 2) * (ROUNDING * magnitude + SMALLEST_NORMAL);
  }

  /**
   * As {@link #dotError}, where a tensor core sums: four times as much.
   *
   * <p>Its products are exact. It adds d of them, at least 4, and the sum so far in one step: each
   * addend is cut off (not rounded) where the largest one's 24 bits end, and so is the result. That
   * is (d + 2) 2^-23 of the magnitude for d products, or 3 2^-24 each.
   *
   * <p>Source: Fasi, Higham, Mikaitis, Pranesh, "Numerical Behavior of NVIDIA Tensor Cores", 2021.
   */
  static double tensorCoreDotError(int length, double magnitude) {
    return 4 * dotError(length, magnitude);
  }
}
