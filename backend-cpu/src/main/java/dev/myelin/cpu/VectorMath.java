package dev.myelin.cpu;

import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.MIN;

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
 * <p>Constants are broadcast where they are used, and the compiler takes that out of the loop. A
 * constant vector in a static field would be read anew for every element: its lanes are an array
 * that, for all the compiler knows, the loop's own stores may change.
 */
final class VectorMath {
  private static final VectorSpecies<Float> FLOATS = VectorWidth.FLOATS;

  private VectorMath() {}

  static FloatVector all(float value) {
    return FloatVector.broadcast(FLOATS, value);
  }

  static FloatVector expOfNotPositive(FloatVector x) {
    FloatVector bounded = atLeast(x, all(ScalarMath.EXP_LOWEST));
    FloatVector shifted = bounded.fma(all(ScalarMath.LOG2_E), all(ScalarMath.RAISED_ROUNDER));
    return scaledPower(reduced(bounded, shifted.sub(all(ScalarMath.RAISED_ROUNDER))), shifted);
  }

  static FloatVector expOfMinusAbs(FloatVector x) {
    return expOfNotPositive(x.abs().neg());
  }

  private static FloatVector scaledPower(FloatVector r, FloatVector shifted) {
    return raisedPower(r, shifted).mul(all(ScalarMath.LOWER));
  }

  private static FloatVector raisedPower(FloatVector r, FloatVector shifted) {
    FloatVector power = powerOfTwo(shifted);
    return power.fma(expm1Polynomial(r), power);
  }

  static FloatVector expm1(FloatVector x) {
    FloatVector shifted = x.fma(all(ScalarMath.LOG2_E), all(ScalarMath.ROUNDER));
    FloatVector p = expm1Polynomial(reduced(x, shifted.sub(all(ScalarMath.ROUNDER))));
    FloatVector power = powerOfTwo(shifted);
    return power.fma(p, power.sub(all(1)));
  }

  private static FloatVector reduced(FloatVector x, FloatVector n) {
    return n.fma(all(-ScalarMath.LN2_LOW), n.fma(all(-ScalarMath.LN2_HIGH), x));
  }

  private static FloatVector expm1Polynomial(FloatVector r) {
    FloatVector square = r.mul(r);
    FloatVector high = all(ScalarMath.EXP_5).fma(r, all(ScalarMath.EXP_4));
    FloatVector low = all(ScalarMath.EXP_3).fma(r, all(ScalarMath.EXP_2));
    return square.fma(all(ScalarMath.EXP_6).fma(square, high).fma(square, low), r);
  }

  private static FloatVector powerOfTwo(FloatVector shifted) {
    return shifted
        .reinterpretAsInts()
        .lanewise(LSHL, ScalarMath.EXPONENT_SHIFT)
        .reinterpretAsFloats();
  }

  static FloatVector tanh(FloatVector x) {
    FloatVector magnitude = x.abs();
    FloatVector t = expm1(atMost(magnitude.add(magnitude), all(ScalarMath.TANH_HIGHEST_TWICE)));
    IntVector sign = x.reinterpretAsInts().and(all(-0f).reinterpretAsInts());
    return t.div(t.add(all(2))).reinterpretAsInts().or(sign).reinterpretAsFloats();
  }

  static FloatVector sigmoid(FloatVector x) {
    FloatVector e = expOfMinusAbs(x);
    return all(1).blend(e, x.compare(LT, all(0))).div(e.add(all(1)));
  }

  static FloatVector log1p(FloatVector x) {
    FloatVector w = x.div(x.fma(all(0.5f), all(1)));
    FloatVector square = w.mul(w);
    FloatVector p =
        all(ScalarMath.LOG1P_9)
            .fma(square, all(ScalarMath.LOG1P_7))
            .fma(square, all(ScalarMath.LOG1P_5))
            .fma(square, all(ScalarMath.LOG1P_3));
    return square.mul(w).fma(p, w);
  }

  static FloatVector raisedGaussian(FloatVector u) {
    FloatVector rounder = all(ScalarMath.GAUSSIAN_ROUNDER);
    FloatVector shifted = u.mul(all(ScalarMath.GAUSSIAN_SCALE)).fma(u, rounder);
    FloatVector s = u.neg().fma(u, shifted.sub(rounder).mul(all(-2 * ScalarMath.LN2_HIGH)));
    FloatVector q =
        all(ScalarMath.GAUSSIAN_6)
            .fma(s, all(ScalarMath.GAUSSIAN_5))
            .fma(s, all(ScalarMath.GAUSSIAN_4))
            .fma(s, all(ScalarMath.GAUSSIAN_3))
            .fma(s, all(ScalarMath.GAUSSIAN_2))
            .fma(s, all(ScalarMath.GAUSSIAN_1))
            .fma(s, all(ScalarMath.GAUSSIAN_0));
    IntVector exponent = shifted.reinterpretAsInts().lanewise(LSHL, ScalarMath.EXPONENT_SHIFT);
    return q.reinterpretAsInts().add(exponent).reinterpretAsFloats();
  }

  static FloatVector loweredNormalTail(FloatVector u) {
    return tailNumerator(u).div(tailDenominator(u));
  }

  static FloatVector timesNormalTail(FloatVector u, FloatVector power) {
    return u.mul(power).mul(tailNumerator(u)).div(tailDenominator(u));
  }

  private static FloatVector tailNumerator(FloatVector u) {
    return all(ScalarMath.TAIL_P4)
        .fma(u, all(ScalarMath.TAIL_P3))
        .fma(u, all(ScalarMath.TAIL_P2))
        .fma(u, all(ScalarMath.TAIL_P1))
        .fma(u, all(ScalarMath.TAIL_P0));
  }

  private static FloatVector tailDenominator(FloatVector u) {
    return all(ScalarMath.TAIL_Q4)
        .fma(u, all(ScalarMath.TAIL_Q3))
        .fma(u, all(ScalarMath.TAIL_Q2))
        .fma(u, all(ScalarMath.TAIL_Q1))
        .fma(u, all(ScalarMath.TAIL_Q0));
  }

  static FloatVector loweredDensity(FloatVector u) {
    return u.mul(all(ScalarMath.DENSITY_2)).fma(u, all(ScalarMath.DENSITY_0));
  }

  static FloatVector normalCenter(FloatVector u) {
    FloatVector square = u.mul(u);
    FloatVector p =
        all(ScalarMath.CENTER_10)
            .fma(square, all(ScalarMath.CENTER_8))
            .fma(square, all(ScalarMath.CENTER_6));
    return p.fma(square, all(ScalarMath.CENTER_4))
        .fma(square, all(ScalarMath.CENTER_2))
        .fma(square, all(ScalarMath.CENTER_0));
  }

  /** min(|x|, highest), and {@code highest} for NaN: floats that are not negative sort as ints. */
  static FloatVector magnitudeAtMost(FloatVector x, float highest) {
    return x.abs()
        .reinterpretAsInts()
        .lanewise(MIN, Float.floatToRawIntBits(highest))
        .reinterpretAsFloats();
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
