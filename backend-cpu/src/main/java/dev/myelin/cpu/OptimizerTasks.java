package dev.myelin.cpu;

import static dev.myelin.cpu.CpuBuffer.floats;
import static dev.myelin.cpu.CpuBuffer.start;

import dev.myelin.Tensor;

/** The optimizers' steps over a parameter block; fields are set by {@link CpuOps}. */
final class OptimizerTasks {
  private OptimizerTasks() {}

  /** What every optimizer has. */
  abstract static class Step extends RangeTask {
    final ElementKernels kernels;
    float weightDecay;
    float learningRate;
    Tensor gradients;
    Tensor parameters;

    Step(ElementKernels kernels) {
      this.kernels = kernels;
    }

    void set(float decay, Tensor rates, Tensor gradientBlock, Tensor parameterBlock) {
      weightDecay = decay;
      learningRate = floats(rates)[start(rates)];
      gradients = gradientBlock;
      parameters = parameterBlock;
    }
  }

  static final class Sgd extends Step {
    float momentum;
    boolean nesterov;
    Tensor velocity;

    Sgd(ElementKernels kernels) {
      super(kernels);
    }

    @Override
    void range(int first, int length) {
      if (momentum == 0) {
        kernels.sgd(
            weightDecay,
            learningRate,
            floats(gradients),
            start(gradients) + first,
            floats(parameters),
            start(parameters) + first,
            length);
      } else {
        kernels.sgdWithMomentum(
            momentum,
            nesterov,
            weightDecay,
            learningRate,
            floats(gradients),
            start(gradients) + first,
            floats(velocity),
            start(velocity) + first,
            floats(parameters),
            start(parameters) + first,
            length);
      }
    }
  }

  static final class Adagrad extends Step {
    float epsilon;
    Tensor squares;

    Adagrad(ElementKernels kernels) {
      super(kernels);
    }

    @Override
    void range(int first, int length) {
      kernels.adagrad(
          epsilon,
          weightDecay,
          learningRate,
          floats(gradients),
          start(gradients) + first,
          floats(squares),
          start(squares) + first,
          floats(parameters),
          start(parameters) + first,
          length);
    }
  }

  static final class Rmsprop extends Step {
    float alpha;
    float epsilon;
    Tensor squares;

    Rmsprop(ElementKernels kernels) {
      super(kernels);
    }

    @Override
    void range(int first, int length) {
      kernels.rmsprop(
          alpha,
          epsilon,
          weightDecay,
          learningRate,
          floats(gradients),
          start(gradients) + first,
          floats(squares),
          start(squares) + first,
          floats(parameters),
          start(parameters) + first,
          length);
    }
  }

  static final class Adam extends Step {
    float beta1;
    float beta2;
    float epsilon;
    boolean decoupledDecay;
    float firstCorrection;
    float secondCorrection;
    Tensor firstMoments;
    Tensor secondMoments;

    Adam(ElementKernels kernels) {
      super(kernels);
    }

    @Override
    void range(int first, int length) {
      kernels.adam(
          beta1,
          beta2,
          epsilon,
          weightDecay,
          decoupledDecay,
          learningRate,
          firstCorrection,
          secondCorrection,
          floats(gradients),
          start(gradients) + first,
          floats(firstMoments),
          start(firstMoments) + first,
          floats(secondMoments),
          start(secondMoments) + first,
          floats(parameters),
          start(parameters) + first,
          length);
    }
  }
}
