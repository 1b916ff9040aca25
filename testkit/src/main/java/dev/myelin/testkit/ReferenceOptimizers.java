package dev.myelin.testkit;

import static dev.myelin.testkit.Bounded.exact;

import java.util.Arrays;

/**
 * One step of each optimizer for one parameter, as {@link dev.myelin.Ops} defines them. Each starts
 * from float32 numbers, so that a bound covers one step and not a whole run.
 */
public final class ReferenceOptimizers {
  private ReferenceOptimizers() {}

  /**
   * What a step leaves behind.
   *
   * @param parameter the new parameter
   * @param first the velocity, the squares, or Adam's first moment
   * @param second Adam's second moment; null for the others
   */
  public record Step(Bounded parameter, Bounded first, Bounded second) {}

  private static Bounded decayed(float weightDecay, float g, float p) {
    return exact(g).plus(exact(weightDecay).times(exact(p)));
  }

  /** Stochastic gradient descent. */
  public static Step sgd(
      float momentum, boolean nesterov, float weightDecay, float lr, float g, float v, float p) {
    Bounded decayed = decayed(weightDecay, g, p);
    Bounded velocity = exact(momentum).times(exact(v)).plus(decayed);
    Bounded direction = decayed;
    if (momentum != 0) {
      direction = nesterov ? decayed.plus(exact(momentum).times(velocity)) : velocity;
    }
    return new Step(exact(p).minus(exact(lr).times(direction)), velocity, null);
  }

  /** Adagrad. */
  public static Step adagrad(
      float epsilon, float weightDecay, float lr, float g, float s, float p) {
    Bounded decayed = decayed(weightDecay, g, p);
    Bounded squares = exact(s).plus(decayed.times(decayed));
    return new Step(scaledByRoot(p, lr, decayed, squares, epsilon), squares, null);
  }

  /** RMSprop. */
  public static Step rmsprop(
      float alpha, float epsilon, float weightDecay, float lr, float g, float s, float p) {
    Bounded decayed = decayed(weightDecay, g, p);
    Bounded squares = average(alpha, s, decayed.times(decayed));
    return new Step(scaledByRoot(p, lr, decayed, squares, epsilon), squares, null);
  }

  private static Bounded scaledByRoot(
      float p, float lr, Bounded gradient, Bounded squares, float epsilon) {
    Bounded divisor = squares.sqrt().plus(exact(epsilon));
    return exact(p).minus(exact(lr).times(gradient).over(divisor));
  }

  private static Bounded average(float decay, float old, Bounded value) {
    return exact(decay).times(exact(old)).plus(Bounded.ONE.minus(exact(decay)).times(value));
  }

  /**
   * Adam and AdamW.
   *
   * @param rates lr, c1, c2
   */
  public static Step adam(
      float beta1,
      float beta2,
      float epsilon,
      float weightDecay,
      boolean decoupledDecay,
      float[] rates,
      float g,
      float m,
      float v,
      float p) {
    Bounded lr = exact(rates[0]);
    Bounded decayed = decoupledDecay ? exact(g) : decayed(weightDecay, g, p);
    Bounded start = exact(p);
    if (decoupledDecay) {
      // Rounds once more than p - lr weightDecay p, so its bound covers both.
      start = Bounded.ONE.minus(lr.times(exact(weightDecay))).times(start);
    }
    Bounded first = average(beta1, m, decayed);
    Bounded second = average(beta2, v, decayed.times(decayed));
    Bounded divisor = second.sqrt().times(exact(rates[2])).plus(exact(epsilon));
    Bounded update = lr.times(first.times(exact(rates[1]))).over(divisor);
    return new Step(start.minus(update), first, second);
  }

  /**
   * The Euclidean norm. It is owed also where float32 holds no square of the elements, so the bound
   * is that of elements about 1, scaled back.
   */
  public static Bounded norm(float[] gradients) {
    double largest = 0;
    for (float gradient : gradients) {
      largest = Math.max(largest, Math.abs(gradient));
    }
    double scale = largest == 0 ? 1 : Math.scalb(1.0, Math.getExponent(largest));
    Bounded[] elements = exact(gradients);
    Arrays.setAll(elements, i -> exact(gradients[i] / scale));
    return Bounded.dot(elements, elements).sqrt().times(exact(scale));
  }

  /** The factor of {@link dev.myelin.Ops#clipByNorm}: min(1, maxNorm / (norm + 1e-6)). */
  public static Bounded clipFactor(Bounded norm, float maxNorm) {
    return exact(maxNorm).over(norm.plus(Bounded.rounded(1e-6))).min(Bounded.ONE);
  }
}
