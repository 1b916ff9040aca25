/*
 * The update rules of dev.myelin.Ops: sgd, adagrad, rmsprop, adam.
 *
 * Layout: a model's whole parameter block as one row; rates = lr, c1, c2 on the device.
 * Work: one parameter per item.
 * Source: at each operation in dev.myelin.Ops; the steps are the CPU backend's.
 */
#include "portable.h"

/* Without momentum the velocity is neither read nor written. */
KERNEL sgd(INDEX count, float momentum, int nesterov, float weightDecay, GLOBAL const float* rates,
    INDEX ratesStart, GLOBAL const float* gradients, INDEX gradientsStart, GLOBAL float* velocity,
    INDEX velocityStart, GLOBAL float* parameters, INDEX parametersStart) {
  INDEX i = ITEM_X;
  if (INSIDE(i, count)) {
    float learningRate = rates[ratesStart];
    float p = parameters[parametersStart + i];
    float g = FMA(weightDecay, p, gradients[gradientsStart + i]);
    float step = g;
    if (momentum != 0.0f) {
      float v = FMA(momentum, velocity[velocityStart + i], g);
      velocity[velocityStart + i] = v;
      step = nesterov ? FMA(momentum, v, g) : v;
    }
    parameters[parametersStart + i] = FMA(-learningRate, step, p);
  }
}

KERNEL adagrad(INDEX count, float epsilon, float weightDecay, GLOBAL const float* rates,
    INDEX ratesStart, GLOBAL const float* gradients, INDEX gradientsStart, GLOBAL float* squares,
    INDEX squaresStart, GLOBAL float* parameters, INDEX parametersStart) {
  INDEX i = ITEM_X;
  if (INSIDE(i, count)) {
    float p = parameters[parametersStart + i];
    float g = FMA(weightDecay, p, gradients[gradientsStart + i]);
    float s = FMA(g, g, squares[squaresStart + i]);
    squares[squaresStart + i] = s;
    parameters[parametersStart + i] = p - rates[ratesStart] * g / (ROOT(s) + epsilon);
  }
}

KERNEL rmsprop(INDEX count, float alpha, float epsilon, float weightDecay,
    GLOBAL const float* rates, INDEX ratesStart, GLOBAL const float* gradients,
    INDEX gradientsStart, GLOBAL float* squares, INDEX squaresStart, GLOBAL float* parameters,
    INDEX parametersStart) {
  INDEX i = ITEM_X;
  if (INSIDE(i, count)) {
    float p = parameters[parametersStart + i];
    float g = FMA(weightDecay, p, gradients[gradientsStart + i]);
    float s = FMA((1.0f - alpha) * g, g, alpha * squares[squaresStart + i]);
    squares[squaresStart + i] = s;
    parameters[parametersStart + i] = p - rates[ratesStart] * g / (ROOT(s) + epsilon);
  }
}

/* One of lossDecay (Adam) and decoupledDecay (AdamW) is 0: two factors are cheaper than a branch. */
KERNEL adam(INDEX count, float beta1, float beta2, float epsilon, float lossDecay,
    float decoupledDecay, GLOBAL const float* rates, INDEX ratesStart,
    GLOBAL const float* gradients, INDEX gradientsStart, GLOBAL float* firstMoments,
    INDEX firstMomentsStart, GLOBAL float* secondMoments, INDEX secondMomentsStart,
    GLOBAL float* parameters, INDEX parametersStart) {
  INDEX i = ITEM_X;
  if (INSIDE(i, count)) {
    float learningRate = rates[ratesStart];
    float firstCorrection = rates[ratesStart + 1];
    float secondCorrection = rates[ratesStart + 2];
    float p = parameters[parametersStart + i];
    float g = gradients[gradientsStart + i];
    g = FMA(lossDecay, p, g);
    p = FMA(-learningRate * decoupledDecay, p, p);
    float m = FMA(beta1, firstMoments[firstMomentsStart + i], (1.0f - beta1) * g);
    float v = FMA(beta2, secondMoments[secondMomentsStart + i], (1.0f - beta2) * g * g);
    firstMoments[firstMomentsStart + i] = m;
    secondMoments[secondMomentsStart + i] = v;
    float denominator = FMA(ROOT(v), secondCorrection, epsilon);
    parameters[parametersStart + i] = p - learningRate * firstCorrection * m / denominator;
  }
}
