package dev.myelin.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link ScalarMath} on vectors: the same steps, and so the same bits; methods, bounds and sources
 * stand there.
 *
 * <p>The functions of {@link VectorOperators} are not used: whether they call a native library, and
 * which bits they give, depends on the JDK and the processor.
 */
final class VectorMath {
  private static final VectorSpecies<Float> FLOATS = VectorWidth.FLOATS;

  private VectorMath() {}

  static FloatVector all(float value) {
    return FloatVector.broadcast(FLOATS, value);
  }

  static FloatVector exp(FloatVector x) {
    FloatVector clamped = atMost(atLeast(x, ScalarMath.EXP_LOWEST), ScalarMath.EXP_HIGHEST);
    FloatVector shifted = clamped.fma(all(ScalarMath.LOG2_E), all(ScalarMath.ROUNDER));
    FloatVector p = expm1Reduced(clamped, shifted.sub(ScalarMath.ROUNDER)).add(1);
    IntVector n = shifted.reinterpretAsInts().sub(ScalarMath.ROUNDER_BITS);
    IntVector half = n.lanewise(VectorOperators.ASHR, 1);
    return p.mul(powerOfTwo(half)).mul(powerOfTwo(n.sub(half)));
  }

  static FloatVector expm1(FloatVector x) {
    FloatVector shifted = x.fma(all(ScalarMath.LOG2_E), all(ScalarMath.ROUNDER));
    FloatVector p = expm1Reduced(x, shifted.sub(ScalarMath.ROUNDER));
    FloatVector power = powerOfTwo(shifted.reinterpretAsInts().sub(ScalarMath.ROUNDER_BITS));
    return power.fma(p, power.sub(1));
  }

  private static FloatVector expm1Reduced(FloatVector x, FloatVector n) {
    FloatVector r = n.fma(all(-ScalarMath.LN2_HIGH), x);
    r = n.fma(all(-ScalarMath.LN2_LOW), r);
    FloatVector q = all(ScalarMath.EXP_7).fma(r, all(ScalarMath.EXP_6));
    q = q.fma(r, all(ScalarMath.EXP_5));
    q = q.fma(r, all(ScalarMath.EXP_4));
    q = q.fma(r, all(ScalarMath.EXP_3));
    q = q.fma(r, all(ScalarMath.EXP_2));
    return r.mul(r).fma(q, r);
  }

  private static FloatVector powerOfTwo(IntVector exponent) {
    return exponent
        .add(ScalarMath.EXPONENT_BIAS)
        .lanewise(VectorOperators.LSHL, ScalarMath.EXPONENT_SHIFT)
        .reinterpretAsFloats();
  }

  static FloatVector tanh(FloatVector x) {
    FloatVector magnitude = x.abs();
    FloatVector twice = atMost(magnitude.add(magnitude), ScalarMath.TANH_HIGHEST_TWICE);
    FloatVector t = expm1(twice);
    return withSignOf(x, t.div(t.add(2)));
  }

  static FloatVector sigmoid(FloatVector x) {
    FloatVector e = exp(x.abs().neg());
    FloatVector numerator = all(1).blend(e, x.compare(VectorOperators.LT, 0));
    return numerator.div(e.add(1));
  }

  static FloatVector log1pExpOfMinusAbs(FloatVector x) {
    return log1p(exp(x.abs().neg()));
  }

  static FloatVector log1p(FloatVector x) {
    FloatVector w = x.div(x.fma(all(0.5f), all(1)));
    FloatVector square = w.mul(w);
    FloatVector p = all(ScalarMath.LOG1P_9).fma(square, all(ScalarMath.LOG1P_7));
    p = p.fma(square, all(ScalarMath.LOG1P_5));
    p = p.fma(square, all(ScalarMath.LOG1P_3));
    return square.mul(w).fma(p, w);
  }

  static FloatVector gaussian(FloatVector u) {
    FloatVector square = u.mul(u);
    FloatVector lost = u.fma(u, square.neg());
    FloatVector e = exp(square.mul(-0.5f));
    return e.fma(lost.mul(-0.5f), e);
  }

  static FloatVector scaledNormalTail(FloatVector u) {
    FloatVector t = all(1).div(u.fma(all(ScalarMath.TAIL_STRETCH), all(1)));
    FloatVector s = t.fma(all(-2), all(1));
    FloatVector p = all(ScalarMath.TAIL_9).fma(s, all(ScalarMath.TAIL_8));
    p = p.fma(s, all(ScalarMath.TAIL_7));
    p = p.fma(s, all(ScalarMath.TAIL_6));
    p = p.fma(s, all(ScalarMath.TAIL_5));
    p = p.fma(s, all(ScalarMath.TAIL_4));
    p = p.fma(s, all(ScalarMath.TAIL_3));
    p = p.fma(s, all(ScalarMath.TAIL_2));
    p = p.fma(s, all(ScalarMath.TAIL_1));
    p = p.fma(s, all(ScalarMath.TAIL_0));
    return t.mul(p);
  }

  /** NaN stays, which the processors' own minimum does not promise. */
  static FloatVector atMost(FloatVector x, float highest) {
    return x.blend(highest, x.compare(VectorOperators.GT, highest));
  }

  /** NaN stays. */
  static FloatVector atLeast(FloatVector x, float lowest) {
    return x.blend(lowest, x.compare(VectorOperators.LT, lowest));
  }

  private static FloatVector withSignOf(FloatVector sign, FloatVector magnitude) {
    IntVector signBit = sign.reinterpretAsInts().and(Integer.MIN_VALUE);
    return magnitude.reinterpretAsInts().or(signBit).reinterpretAsFloats();
  }
}
