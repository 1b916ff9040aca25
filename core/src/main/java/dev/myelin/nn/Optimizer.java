package dev.myelin.nn;

import dev.myelin.Ops;
import dev.myelin.Tensor;

/**
 * How gradients move parameters. Defaults and formulas are PyTorch's; see {@link Ops} for the
 * formulas. The learning rate is not part of it: it comes from {@link TrainingOptions} and its
 * schedule.
 */
public sealed interface Optimizer {

  /** Plain gradient descent. */
  static Optimizer sgd() {
    return new Sgd(0, false, 0);
  }

  static Optimizer sgd(float momentum, boolean nesterov, float weightDecay) {
    return new Sgd(momentum, nesterov, weightDecay);
  }

  static Optimizer adagrad() {
    return new Adagrad(1e-10f, 0);
  }

  /** With PyTorch's alpha of 0.99. */
  static Optimizer rmsprop() {
    return new RmsProp(0.99f, 1e-8f, 0);
  }

  static Optimizer adam() {
    return new Adam(0.9f, 0.999f, 1e-8f, 0, false);
  }

  /** Adam with decoupled weight decay. */
  static Optimizer adamw(float weightDecay) {
    return new Adam(0.9f, 0.999f, 1e-8f, weightDecay, true);
  }

  /** How many blocks as long as the parameters it keeps from step to step, zeros at first. */
  int stateBlocks();

  /**
   * Moves the parameters by one step.
   *
   * @param rates [3], as {@link #rates} made them
   * @param state {@link #stateBlocks} blocks
   */
  void step(Ops ops, Tensor rates, Tensor gradients, Tensor[] state, Tensor parameters);

  /**
   * What changes from step to step, for {@link Ops}' parameter {@code rates}.
   *
   * @param step counted from 1
   * @param rates three values from {@code offset} on, overwritten
   */
  default void rates(double learningRate, long step, float[] rates, int offset) {
    rates[offset] = (float) learningRate;
    rates[offset + 1] = 1;
    rates[offset + 2] = 1;
  }

  private static void require(boolean holds, String name, float value, String range) {
    if (!holds || !Float.isFinite(value)) {
      throw new IllegalArgumentException(name + " must be " + range + ", but is " + value);
    }
  }

  /** Stochastic gradient descent; see {@link Ops#sgd}. */
  record Sgd(float momentum, boolean nesterov, float weightDecay) implements Optimizer {
    public Sgd {
      require(momentum >= 0 && momentum < 1, "momentum", momentum, "in [0, 1)");
      require(weightDecay >= 0, "weightDecay", weightDecay, "finite and not negative");
      require(momentum > 0 || !nesterov, "momentum", momentum, "above 0 for Nesterov's method");
    }

    @Override
    public int stateBlocks() {
      return momentum == 0 ? 0 : 1;
    }

    @Override
    public void step(Ops ops, Tensor rates, Tensor gradients, Tensor[] state, Tensor parameters) {
      Tensor velocity = momentum == 0 ? null : state[0];
      ops.sgd(momentum, nesterov, weightDecay, rates, gradients, velocity, parameters);
    }
  }

  /** Adagrad; see {@link Ops#adagrad}. */
  record Adagrad(float epsilon, float weightDecay) implements Optimizer {
    public Adagrad {
      require(epsilon > 0, "epsilon", epsilon, "positive");
      require(weightDecay >= 0, "weightDecay", weightDecay, "finite and not negative");
    }

    @Override
    public int stateBlocks() {
      return 1;
    }

    @Override
    public void step(Ops ops, Tensor rates, Tensor gradients, Tensor[] state, Tensor parameters) {
      ops.adagrad(epsilon, weightDecay, rates, gradients, state[0], parameters);
    }
  }

  /** RMSprop; see {@link Ops#rmsprop}. */
  record RmsProp(float alpha, float epsilon, float weightDecay) implements Optimizer {
    public RmsProp {
      require(alpha >= 0 && alpha < 1, "alpha", alpha, "in [0, 1)");
      require(epsilon > 0, "epsilon", epsilon, "positive");
      require(weightDecay >= 0, "weightDecay", weightDecay, "finite and not negative");
    }

    @Override
    public int stateBlocks() {
      return 1;
    }

    @Override
    public void step(Ops ops, Tensor rates, Tensor gradients, Tensor[] state, Tensor parameters) {
      ops.rmsprop(alpha, epsilon, weightDecay, rates, gradients, state[0], parameters);
    }
  }

  /** Adam and AdamW; see {@link Ops#adam}. */
  record Adam(float beta1, float beta2, float epsilon, float weightDecay, boolean decoupledDecay)
      implements Optimizer {
    public Adam {
      require(beta1 >= 0 && beta1 < 1, "beta1", beta1, "in [0, 1)");
      require(beta2 >= 0 && beta2 < 1, "beta2", beta2, "in [0, 1)");
      require(epsilon > 0, "epsilon", epsilon, "positive");
      require(weightDecay >= 0, "weightDecay", weightDecay, "finite and not negative");
    }

    @Override
    public int stateBlocks() {
      return 2;
    }

    @Override
    public void step(Ops ops, Tensor rates, Tensor gradients, Tensor[] state, Tensor parameters) {
      ops.adam(
          beta1,
          beta2,
          epsilon,
          weightDecay,
          decoupledDecay,
          rates,
          gradients,
          state[0],
          state[1],
          parameters);
    }

    @Override
    public void rates(double learningRate, long step, float[] rates, int offset) {
      rates[offset] = (float) learningRate;
      rates[offset + 1] = (float) (1 / (1 - StrictMath.pow(beta1, (double) step)));
      rates[offset + 2] = (float) (1 / StrictMath.sqrt(1 - StrictMath.pow(beta2, (double) step)));
    }
  }
}
