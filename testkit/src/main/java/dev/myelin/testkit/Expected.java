package dev.myelin.testkit;

/** What an operation should give: float64 values, and how far each element may be off. */
public final class Expected {
  private final double[] values;
  private final double[] bounds;

  /**
   * @param values what should come out
   * @param bounds as many absolute errors
   */
  public Expected(double[] values, double[] bounds) {
    if (values.length != bounds.length) {
      throw new IllegalArgumentException(values.length + " values, " + bounds.length + " bounds");
    }
    this.values = values;
    this.bounds = bounds;
  }

  /** The values and errors of a running error analysis. */
  public static Expected of(Bounded... elements) {
    double[] values = new double[elements.length];
    double[] bounds = new double[elements.length];
    for (int i = 0; i < elements.length; i++) {
      values[i] = elements[i].value();
      bounds[i] = elements[i].error();
    }
    return new Expected(values, bounds);
  }

  /** These very numbers, and nothing else. */
  public static Expected exactly(float... values) {
    double[] expected = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      expected[i] = values[i];
    }
    return new Expected(expected, new double[values.length]);
  }

  /** The same values, each allowed to be off by {@code more} in addition. */
  public Expected plusError(double more) {
    double[] wider = bounds.clone();
    for (int i = 0; i < wider.length; i++) {
      wider[i] += more;
    }
    return new Expected(values, wider);
  }

  /** What should come out; the array itself. */
  public double[] values() {
    return values;
  }

  /** How far each element may be off; the array itself. */
  public double[] bounds() {
    return bounds;
  }

  /**
   * Why {@code actual} is not what is expected, or null when it is. NaN must meet NaN and infinity
   * the same infinity; where the bound reaches past the largest float32, infinity is right too.
   */
  public String mismatch(float[] actual) {
    if (actual.length != values.length) {
      return actual.length + " elements instead of " + values.length;
    }
    int first = -1;
    int wrong = 0;
    for (int i = values.length - 1; i >= 0; i--) {
      if (!matches(actual[i], values[i], bounds[i])) {
        first = i;
        wrong++;
      }
    }
    if (wrong == 0) {
      return null;
    }
    return String.format(
        "element %d is %s, but should be %s within %.3g (off by %.3g); wrong: %d of %d",
        first,
        actual[first],
        values[first],
        bounds[first],
        Math.abs(actual[first] - values[first]),
        wrong,
        values.length);
  }

  private static boolean matches(float actual, double expected, double bound) {
    if (Double.isNaN(expected)) {
      return Float.isNaN(actual);
    }
    if (Double.isInfinite(expected)) {
      return actual == expected;
    }
    if (!Double.isFinite(bound)) {
      throw new IllegalStateException("no finite bound for the expected value " + expected);
    }
    if (Float.isInfinite(actual)) {
      return Math.abs(expected) + bound > Float.MAX_VALUE && actual * expected > 0;
    }
    return Math.abs(actual - expected) <= bound;
  }
}
