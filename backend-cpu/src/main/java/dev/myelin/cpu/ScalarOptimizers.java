package dev.myelin.cpu;

/** The update rules, element by element; the formulas stand at {@link dev.myelin.Ops}. */
final class ScalarOptimizers {
  private ScalarOptimizers() {}

  static void sgd(
      float weightDecay,
      float learningRate,
      float[] gradients,
      int gradientsStart,
      float[] parameters,
      int parametersStart,
      int count) {
    for (int i = 0; i < count; i++) {
      float p = parameters[parametersStart + i];
      float g = Math.fma(weightDecay, p, gradients[gradientsStart + i]);
      parameters[parametersStart + i] = Math.fma(-learningRate, g, p);
    }
  }

  static void sgdWithMomentum(
      float momentum,
      boolean nesterov,
      float weightDecay,
      float learningRate,
      float[] gradients,
      int gradientsStart,
      float[] velocity,
      int velocityStart,
      float[] parameters,
      int parametersStart,
      int count) {
    if (nesterov) {
      for (int i = 0; i < count; i++) {
        float p = parameters[parametersStart + i];
        float g = Math.fma(weightDecay, p, gradients[gradientsStart + i]);
        float v = Math.fma(momentum, velocity[velocityStart + i], g);
        velocity[velocityStart + i] = v;
        parameters[parametersStart + i] = Math.fma(-learningRate, Math.fma(momentum, v, g), p);
      }
    } else {
      for (int i = 0; i < count; i++) {
        float p = parameters[parametersStart + i];
        float g = Math.fma(weightDecay, p, gradients[gradientsStart + i]);
        float v = Math.fma(momentum, velocity[velocityStart + i], g);
        velocity[velocityStart + i] = v;
        parameters[parametersStart + i] = Math.fma(-learningRate, v, p);
      }
    }
  }

  static void adagrad(
      float epsilon,
      float weightDecay,
      float learningRate,
      float[] gradients,
      int gradientsStart,
      float[] squares,
      int squaresStart,
      float[] parameters,
      int parametersStart,
      int count) {
    for (int i = 0; i < count; i++) {
      float p = parameters[parametersStart + i];
      float g = Math.fma(weightDecay, p, gradients[gradientsStart + i]);
      float s = Math.fma(g, g, squares[squaresStart + i]);
      squares[squaresStart + i] = s;
      parameters[parametersStart + i] = p - learningRate * g / ((float) Math.sqrt(s) + epsilon);
    }
  }

  static void rmsprop(
      float alpha,
      float epsilon,
      float weightDecay,
      float learningRate,
      float[] gradients,
      int gradientsStart,
      float[] squares,
      int squaresStart,
      float[] parameters,
      int parametersStart,
      int count) {
    float complement = 1 - alpha;
    for (int i = 0; i < count; i++) {
      float p = parameters[parametersStart + i];
      float g = Math.fma(weightDecay, p, gradients[gradientsStart + i]);
      float s = Math.fma(complement * g, g, alpha * squares[squaresStart + i]);
      squares[squaresStart + i] = s;
      parameters[parametersStart + i] = p - learningRate * g / ((float) Math.sqrt(s) + epsilon);
    }
  }

  static void adam(
      float beta1,
      float beta2,
      float epsilon,
      float weightDecay,
      boolean decoupledDecay,
      float learningRate,
      float firstCorrection,
      float secondCorrection,
      float[] gradients,
      int gradientsStart,
      float[] firstMoments,
      int firstMomentsStart,
      float[] secondMoments,
      int secondMomentsStart,
      float[] parameters,
      int parametersStart,
      int count) {
    float coupledDecay = decoupledDecay ? 0 : weightDecay;
    float directDecay = decoupledDecay ? -learningRate * weightDecay : 0;
    float complement1 = 1 - beta1;
    float complement2 = 1 - beta2;
    float correctedRate = learningRate * firstCorrection;
    for (int i = 0; i < count; i++) {
      float before = parameters[parametersStart + i];
      float g = Math.fma(coupledDecay, before, gradients[gradientsStart + i]);
      float p = Math.fma(directDecay, before, before);
      float m = Math.fma(beta1, firstMoments[firstMomentsStart + i], complement1 * g);
      float v = Math.fma(beta2, secondMoments[secondMomentsStart + i], complement2 * g * g);
      firstMoments[firstMomentsStart + i] = m;
      secondMoments[secondMomentsStart + i] = v;
      float denominator = Math.fma((float) Math.sqrt(v), secondCorrection, epsilon);
      parameters[parametersStart + i] = p - correctedRate * m / denominator;
    }
  }
}
