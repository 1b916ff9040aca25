package dev.myelin.cpu;

import static dev.myelin.cpu.VectorMath.all;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link ScalarOptimizers} on vectors, the same steps. Each method returns how many elements it
 * did, from the beginning: as many as fill whole vectors.
 */
final class VectorOptimizers {
  private static final VectorSpecies<Float> FLOATS = VectorWidth.FLOATS;
  private static final int LANES = FLOATS.length();

  private VectorOptimizers() {}

  static int sgd(
      float weightDecay,
      float learningRate,
      float[] gradients,
      int gradientsStart,
      float[] parameters,
      int parametersStart,
      int count) {
    FloatVector decay = all(weightDecay);
    FloatVector minusRate = all(-learningRate);
    int whole = FLOATS.loopBound(count);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector p = FloatVector.fromArray(FLOATS, parameters, parametersStart + i);
      FloatVector g = decay.fma(p, FloatVector.fromArray(FLOATS, gradients, gradientsStart + i));
      minusRate.fma(g, p).intoArray(parameters, parametersStart + i);
    }
    return whole;
  }

  static int sgdWithMomentum(
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
    FloatVector decay = all(weightDecay);
    FloatVector minusRate = all(-learningRate);
    FloatVector kept = all(momentum);
    int whole = FLOATS.loopBound(count);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector p = FloatVector.fromArray(FLOATS, parameters, parametersStart + i);
      FloatVector g = decay.fma(p, FloatVector.fromArray(FLOATS, gradients, gradientsStart + i));
      FloatVector v = kept.fma(FloatVector.fromArray(FLOATS, velocity, velocityStart + i), g);
      v.intoArray(velocity, velocityStart + i);
      FloatVector step = nesterov ? kept.fma(v, g) : v;
      minusRate.fma(step, p).intoArray(parameters, parametersStart + i);
    }
    return whole;
  }

  static int adagrad(
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
    FloatVector decay = all(weightDecay);
    int whole = FLOATS.loopBound(count);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector p = FloatVector.fromArray(FLOATS, parameters, parametersStart + i);
      FloatVector g = decay.fma(p, FloatVector.fromArray(FLOATS, gradients, gradientsStart + i));
      FloatVector s = g.fma(g, FloatVector.fromArray(FLOATS, squares, squaresStart + i));
      s.intoArray(squares, squaresStart + i);
      FloatVector step = g.mul(learningRate).div(s.sqrt().add(epsilon));
      p.sub(step).intoArray(parameters, parametersStart + i);
    }
    return whole;
  }

  static int rmsprop(
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
    FloatVector decay = all(weightDecay);
    float complement = 1 - alpha;
    int whole = FLOATS.loopBound(count);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector p = FloatVector.fromArray(FLOATS, parameters, parametersStart + i);
      FloatVector g = decay.fma(p, FloatVector.fromArray(FLOATS, gradients, gradientsStart + i));
      FloatVector kept = FloatVector.fromArray(FLOATS, squares, squaresStart + i).mul(alpha);
      FloatVector s = g.mul(complement).fma(g, kept);
      s.intoArray(squares, squaresStart + i);
      FloatVector step = g.mul(learningRate).div(s.sqrt().add(epsilon));
      p.sub(step).intoArray(parameters, parametersStart + i);
    }
    return whole;
  }

  static int adam(
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
    FloatVector coupledDecay = all(decoupledDecay ? 0 : weightDecay);
    FloatVector directDecay = all(decoupledDecay ? -learningRate * weightDecay : 0);
    FloatVector keptFirst = all(beta1);
    FloatVector keptSecond = all(beta2);
    float complement1 = 1 - beta1;
    float complement2 = 1 - beta2;
    float correctedRate = learningRate * firstCorrection;
    FloatVector correction = all(secondCorrection);
    FloatVector smallest = all(epsilon);
    int whole = FLOATS.loopBound(count);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector before = FloatVector.fromArray(FLOATS, parameters, parametersStart + i);
      FloatVector g = FloatVector.fromArray(FLOATS, gradients, gradientsStart + i);
      FloatVector m = FloatVector.fromArray(FLOATS, firstMoments, firstMomentsStart + i);
      FloatVector v = FloatVector.fromArray(FLOATS, secondMoments, secondMomentsStart + i);
      g = coupledDecay.fma(before, g);
      m = keptFirst.fma(m, g.mul(complement1));
      v = keptSecond.fma(v, g.mul(complement2).mul(g));
      m.intoArray(firstMoments, firstMomentsStart + i);
      v.intoArray(secondMoments, secondMomentsStart + i);
      FloatVector step = m.mul(correctedRate).div(v.sqrt().fma(correction, smallest));
      directDecay.fma(before, before).sub(step).intoArray(parameters, parametersStart + i);
    }
    return whole;
  }
}
