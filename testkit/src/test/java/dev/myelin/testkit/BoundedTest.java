package dev.myelin.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.myelin.random.Philox;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** The bounds hold for float32 arithmetic, and are not much wider than they must be. */
class BoundedTest {
  private static final int TRIALS = 20_000;

  private final Philox random = new Philox(1, 0);

  private float number() {
    return (float) random.nextGaussian();
  }

  /**
   * The float32 result lies within the bound, and the bound within some units in the last place.
   */
  private static void requireTight(float actual, Bounded expected, double ulps, double scale) {
    double error = Math.abs(actual - expected.value());
    assertTrue(error <= expected.error(), actual + " is not within " + expected);
    assertTrue(
        expected.error() <= ulps * 0x1p-23 * scale + 1e-35, "too wide: " + expected + " " + scale);
  }

  @Test
  void arithmetic_boundsFloat32() {
    for (int i = 0; i < TRIALS; i++) {
      float a = number();
      float b = number();
      float c = number();
      Bounded x = Bounded.exact(a);
      Bounded y = Bounded.exact(b);
      Bounded z = Bounded.exact(c);
      double sums = Math.abs(a) + Math.abs(b) + Math.abs(c);
      requireTight(a + b - c, x.plus(y).minus(z), 2, sums);
      requireTight(a * b * c, x.times(y).times(z), 2, Math.abs((double) a * b * c));
      requireTight(a / b, x.over(y), 4, Math.abs((double) a / b));
      requireTight((a + b) * c, x.plus(y).times(z), 2, sums * Math.abs(c));
    }
  }

  @Test
  void functions_boundRoundedFloat64OfAnInexactArgument() {
    requireFunction(Bounded::exp, Math::exp, 0, 1);
    requireFunction(Bounded::expm1, Math::expm1, 0, 1);
    requireFunction(Bounded::tanh, Math::tanh, 0, 1);
    requireFunction(Bounded::log, Math::log, 5, 1);
    requireFunction(Bounded::log1p, Math::log1p, 5, 1);
    requireFunction(Bounded::sqrt, Math::sqrt, 5, 1);
    requireFunction(Bounded::exp, Math::exp, -60, 10);
  }

  private void requireFunction(
      UnaryOperator<Bounded> bounded, DoubleUnaryOperator exact, double center, double spread) {
    for (int i = 0; i < TRIALS; i++) {
      double x = Math.max(center - 4 * spread, center + spread * random.nextGaussian());
      float roundedArgument = (float) x;
      Bounded result = bounded.apply(Bounded.rounded(x));
      float actual = (float) exact.applyAsDouble(roundedArgument);
      assertTrue(Math.abs(actual - result.value()) <= result.error(), x + ": " + result);
    }
  }

  @Test
  void sqrt_nearZero_coversTheErrorOfItsArgument() {
    Bounded root = new Bounded(1e-12, 1e-6).sqrt();
    assertTrue(root.error() >= Math.sqrt(1e-12 + 1e-6) - root.value(), root.toString());
  }

  @Test
  void over_aDivisorThatMayBeZero_hasNoFiniteBound() {
    assertEquals(Double.POSITIVE_INFINITY, Bounded.ONE.over(new Bounded(1, 1)).error());
  }

  @Test
  void erf_matchesKnownValues() {
    // Abramowitz and Stegun, table 7.1.
    assertEquals(0.5204998778130465, Bounded.exact(0.5).erf().value(), 1e-15);
    assertEquals(-0.8427007929497149, Bounded.exact(-1).erf().value(), 1e-15);
    assertEquals(0.9999779095030014, Bounded.exact(3).erf().value(), 1e-15);
    assertEquals(1, Bounded.exact(7).erf().value());
  }

  @Test
  void dot_boundsFloat32SumsInAnyOrder() {
    for (int trial = 0; trial < 200; trial++) {
      int length = 1 + random.nextInt(100);
      Bounded[] a = new Bounded[length];
      Bounded[] b = new Bounded[length];
      float forwards = 0;
      for (int i = 0; i < length; i++) {
        float left = number();
        float right = number();
        a[i] = Bounded.exact(left);
        b[i] = Bounded.exact(right);
        forwards += left * right;
      }
      float backwards = 0;
      for (int i = length - 1; i >= 0; i--) {
        backwards = Math.fma((float) a[i].value(), (float) b[i].value(), backwards);
      }
      Bounded dot = Bounded.dot(a, b);
      assertTrue(Math.abs(forwards - dot.value()) <= dot.error());
      assertTrue(Math.abs(backwards - dot.value()) <= dot.error());
    }
  }
}
