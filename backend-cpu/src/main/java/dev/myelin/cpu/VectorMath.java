package dev.myelin.cpu;

import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link ScalarMath} on vectors: the same steps, and so the same bits; methods, bounds and sources
 * stand there.
 *
 * <p>The functions of {@link jdk.incubator.vector.VectorOperators} are not used: whether they call
 * a native library, and which bits they give, depends on the JDK and the processor.
 *
 * <p>Constants are vectors already: each broadcast in a loop counts towards the size at which the
 * JIT compiler stops inlining, and where it stops, every vector becomes an object.
 */
final class VectorMath {
  private static final VectorSpecies<Float> FLOATS = VectorWidth.FLOATS;

  static final FloatVector ZERO = all(0);
  static final FloatVector ONE = all(1);
  private static final FloatVector TWO = all(2);
  static final FloatVector HALF = all(0.5f);
  private static final FloatVector MINUS_HALF = all(-0.5f);

  private static final FloatVector EXP_LOWEST = all(ScalarMath.EXP_LOWEST);
  private static final FloatVector LOG2_E = all(ScalarMath.LOG2_E);
  private static final FloatVector MINUS_LN2_HIGH = all(-ScalarMath.LN2_HIGH);
  private static final FloatVector MINUS_LN2_LOW = all(-ScalarMath.LN2_LOW);
  private static final FloatVector ROUNDER = all(ScalarMath.ROUNDER);
  private static final FloatVector RAISED_ROUNDER = all(ScalarMath.RAISED_ROUNDER);
  private static final FloatVector LOWER = all(ScalarMath.LOWER);
  private static final IntVector SIGN_BIT = all(-0f).reinterpretAsInts();

  private static final FloatVector EXP_2 = all(ScalarMath.EXP_2);
  private static final FloatVector EXP_3 = all(ScalarMath.EXP_3);
  private static final FloatVector EXP_4 = all(ScalarMath.EXP_4);
  private static final FloatVector EXP_5 = all(ScalarMath.EXP_5);
  private static final FloatVector EXP_6 = all(ScalarMath.EXP_6);
  private static final FloatVector EXP_7 = all(ScalarMath.EXP_7);

  private static final FloatVector TANH_HIGHEST_TWICE = all(ScalarMath.TANH_HIGHEST_TWICE);

  private static final FloatVector LOG1P_3 = all(ScalarMath.LOG1P_3);
  private static final FloatVector LOG1P_5 = all(ScalarMath.LOG1P_5);
  private static final FloatVector LOG1P_7 = all(ScalarMath.LOG1P_7);
  private static final FloatVector LOG1P_9 = all(ScalarMath.LOG1P_9);

  private static final FloatVector TAIL_P0 = all(ScalarMath.TAIL_P0);
  private static final FloatVector TAIL_P1 = all(ScalarMath.TAIL_P1);
  private static final FloatVector TAIL_P2 = all(ScalarMath.TAIL_P2);
  private static final FloatVector TAIL_P3 = all(ScalarMath.TAIL_P3);
  private static final FloatVector TAIL_P4 = all(ScalarMath.TAIL_P4);
  private static final FloatVector TAIL_Q1 = all(ScalarMath.TAIL_Q1);
  private static final FloatVector TAIL_Q2 = all(ScalarMath.TAIL_Q2);
  private static final FloatVector TAIL_Q3 = all(ScalarMath.TAIL_Q3);
  private static final FloatVector TAIL_Q4 = all(ScalarMath.TAIL_Q4);
  private static final FloatVector TAIL_Q5 = all(ScalarMath.TAIL_Q5);

  private static final FloatVector CENTER_0 = all(ScalarMath.CENTER_0);
  private static final FloatVector CENTER_2 = all(ScalarMath.CENTER_2);
  private static final FloatVector CENTER_4 = all(ScalarMath.CENTER_4);
  private static final FloatVector CENTER_6 = all(ScalarMath.CENTER_6);
  private static final FloatVector CENTER_8 = all(ScalarMath.CENTER_8);
  private static final FloatVector CENTER_10 = all(ScalarMath.CENTER_10);

  private VectorMath() {}

  static FloatVector all(float value) {
    return FloatVector.broadcast(FLOATS, value);
  }

  static FloatVector expOfNotPositive(FloatVector x) {
    FloatVector bounded = atLeast(x, EXP_LOWEST);
    FloatVector shifted = bounded.fma(LOG2_E, RAISED_ROUNDER);
    return scaledPower(reduced(bounded, shifted.sub(RAISED_ROUNDER)), shifted);
  }

  static FloatVector expOfMinusAbs(FloatVector x) {
    return expOfNotPositive(x.abs().neg());
  }

  private static FloatVector scaledPower(FloatVector r, FloatVector shifted) {
    FloatVector power = powerOfTwo(shifted);
    return power.fma(expm1Polynomial(r), power).mul(LOWER);
  }

  static FloatVector expm1(FloatVector x) {
    FloatVector shifted = x.fma(LOG2_E, ROUNDER);
    FloatVector p = expm1Polynomial(reduced(x, shifted.sub(ROUNDER)));
    FloatVector power = powerOfTwo(shifted);
    return power.fma(p, power.sub(ONE));
  }

  private static FloatVector reduced(FloatVector x, FloatVector n) {
    return n.fma(MINUS_LN2_LOW, n.fma(MINUS_LN2_HIGH, x));
  }

  private static FloatVector expm1Polynomial(FloatVector r) {
    FloatVector q = EXP_7.fma(r, EXP_6).fma(r, EXP_5).fma(r, EXP_4).fma(r, EXP_3).fma(r, EXP_2);
    return r.mul(r).fma(q, r);
  }

  private static FloatVector powerOfTwo(FloatVector shifted) {
    return shifted
        .reinterpretAsInts()
        .lanewise(LSHL, ScalarMath.EXPONENT_SHIFT)
        .reinterpretAsFloats();
  }

  static FloatVector tanh(FloatVector x) {
    FloatVector magnitude = x.abs();
    FloatVector t = expm1(atMost(magnitude.add(magnitude), TANH_HIGHEST_TWICE));
    IntVector sign = x.reinterpretAsInts().and(SIGN_BIT);
    return t.div(t.add(TWO)).reinterpretAsInts().or(sign).reinterpretAsFloats();
  }

  static FloatVector sigmoid(FloatVector x) {
    FloatVector e = expOfMinusAbs(x);
    return ONE.blend(e, x.compare(LT, ZERO)).div(e.add(ONE));
  }

  static FloatVector log1p(FloatVector x) {
    FloatVector w = x.div(x.fma(HALF, ONE));
    FloatVector square = w.mul(w);
    FloatVector p = LOG1P_9.fma(square, LOG1P_7).fma(square, LOG1P_5).fma(square, LOG1P_3);
    return square.mul(w).fma(p, w);
  }

  static FloatVector gaussian(FloatVector u) {
    FloatVector factor = u.mul(MINUS_HALF);
    FloatVector shifted = factor.mul(u).fma(LOG2_E, RAISED_ROUNDER);
    FloatVector n = shifted.sub(RAISED_ROUNDER);
    FloatVector r = factor.fma(u, n.mul(MINUS_LN2_HIGH));
    return scaledPower(n.fma(MINUS_LN2_LOW, r), shifted);
  }

  static FloatVector scaledNormalTail(FloatVector u) {
    FloatVector p = TAIL_P4.fma(u, TAIL_P3).fma(u, TAIL_P2).fma(u, TAIL_P1).fma(u, TAIL_P0);
    FloatVector q = TAIL_Q5.fma(u, TAIL_Q4).fma(u, TAIL_Q3).fma(u, TAIL_Q2).fma(u, TAIL_Q1);
    return p.div(q.fma(u, ONE));
  }

  static FloatVector normalCenter(FloatVector u) {
    FloatVector square = u.mul(u);
    FloatVector p = CENTER_10.fma(square, CENTER_8).fma(square, CENTER_6);
    return p.fma(square, CENTER_4).fma(square, CENTER_2).fma(square, CENTER_0);
  }

  /** NaN stays, which the processors' own minimum does not promise. */
  static FloatVector atMost(FloatVector x, FloatVector highest) {
    return x.blend(highest, x.compare(GT, highest));
  }

  /** NaN stays. */
  static FloatVector atLeast(FloatVector x, FloatVector lowest) {
    return x.blend(lowest, x.compare(LT, lowest));
  }
}
