package dev.myelin;

/**
 * Each operation in a turn of its own, so that two threads at once are noticed. Spelled out method
 * by method, since a proxy or a lambda would allocate in every step.
 */
final class TurnTakingOps implements Ops {
  private final Ops ops;
  private final Turns turns;

  TurnTakingOps(Ops ops, Turns turns) {
    this.ops = ops;
    this.turns = turns;
  }

  @Override
  public void fill(float value, Tensor out) {
    boolean wasOutside = turns.enter();
    try {
      ops.fill(value, out);
    } finally {
      turns.leave(wasOutside);
    }
  }

  @Override
  public void copy(Tensor in, Tensor out) {
    boolean wasOutside = turns.enter();
    try {
      ops.copy(in, out);
    } finally {
      turns.leave(wasOutside);
    }
  }

  @Override
  public void add(Tensor a, Tensor b, Tensor out) {
    boolean wasOutside = turns.enter();
    try {
      ops.add(a, b, out);
    } finally {
      turns.leave(wasOutside);
    }
  }

  @Override
  public void subtract(Tensor a, Tensor b, Tensor out) {
    boolean wasOutside = turns.enter();
    try {
      ops.subtract(a, b, out);
    } finally {
      turns.leave(wasOutside);
    }
  }

  @Override
  public void multiply(Tensor a, Tensor b, Tensor out) {
    boolean wasOutside = turns.enter();
    try {
      ops.multiply(a, b, out);
    } finally {
      turns.leave(wasOutside);
    }
  }

  @Override
  public void scale(Tensor in, float factor, Tensor out) {
    boolean wasOutside = turns.enter();
    try {
      ops.scale(in, factor, out);
    } finally {
      turns.leave(wasOutside);
    }
  }

  @Override
  public void addBias(Tensor matrix, Tensor bias, Tensor out) {
    boolean wasOutside = turns.enter();
    try {
      ops.addBias(matrix, bias, out);
    } finally {
      turns.leave(wasOutside);
    }
  }

  @Override
  public void activate(Activation f, Tensor z, Tensor y) {
    boolean wasOutside = turns.enter();
    try {
      ops.activate(f, z, y);
    } finally {
      turns.leave(wasOutside);
    }
  }

  @Override
  public void activationGradient(Activation f, Tensor z, Tensor y, Tensor dY, Tensor dZ) {
    boolean wasOutside = turns.enter();
    try {
      ops.activationGradient(f, z, y, dY, dZ);
    } finally {
      turns.leave(wasOutside);
    }
  }

  @Override
  public void maxout(int pieces, Tensor z, Tensor y) {
    boolean wasOutside = turns.enter();
    try {
      ops.maxout(pieces, z, y);
    } finally {
      turns.leave(wasOutside);
    }
  }

  @Override
  public void maxoutGradient(int pieces, Tensor z, Tensor dY, Tensor dZ) {
    boolean wasOutside = turns.enter();
    try {
      ops.maxoutGradient(pieces, z, dY, dZ);
    } finally {
      turns.leave(wasOutside);
    }
  }

  @Override
  public void dropout(Tensor x, float rate, long seed, int stream, Tensor step, Tensor y) {
    boolean wasOutside = turns.enter();
    try {
      ops.dropout(x, rate, seed, stream, step, y);
    } finally {
      turns.leave(wasOutside);
    }
  }

  @Override
  public void matmul(
      Tensor a, Transpose transposeA, Tensor b, Transpose transposeB, WriteMode mode, Tensor out) {
    boolean wasOutside = turns.enter();
    try {
      ops.matmul(a, transposeA, b, transposeB, mode, out);
    } finally {
      turns.leave(wasOutside);
    }
  }

  @Override
  public void sumRows(Tensor matrix, WriteMode mode, Tensor out) {
    boolean wasOutside = turns.enter();
    try {
      ops.sumRows(matrix, mode, out);
    } finally {
      turns.leave(wasOutside);
    }
  }

  @Override
  public void sum(Tensor in, WriteMode mode, Tensor out) {
    boolean wasOutside = turns.enter();
    try {
      ops.sum(in, mode, out);
    } finally {
      turns.leave(wasOutside);
    }
  }

  @Override
  public void softmax(Tensor logits, Tensor out) {
    boolean wasOutside = turns.enter();
    try {
      ops.softmax(logits, out);
    } finally {
      turns.leave(wasOutside);
    }
  }

  @Override
  public void argmaxRows(Tensor matrix, Tensor out) {
    boolean wasOutside = turns.enter();
    try {
      ops.argmaxRows(matrix, out);
    } finally {
      turns.leave(wasOutside);
    }
  }

  @Override
  public void countEqual(Tensor a, Tensor b, WriteMode mode, Tensor count) {
    boolean wasOutside = turns.enter();
    try {
      ops.countEqual(a, b, mode, count);
    } finally {
      turns.leave(wasOutside);
    }
  }

  @Override
  public void gatherRows(Tensor source, Tensor indices, Tensor start, Tensor out) {
    boolean wasOutside = turns.enter();
    try {
      ops.gatherRows(source, indices, start, out);
    } finally {
      turns.leave(wasOutside);
    }
  }

  @Override
  public void selectRow(Tensor table, Tensor row, Tensor out) {
    boolean wasOutside = turns.enter();
    try {
      ops.selectRow(table, row, out);
    } finally {
      turns.leave(wasOutside);
    }
  }

  @Override
  public void softmaxCrossEntropy(
      Tensor logits,
      Tensor labels,
      float labelSmoothing,
      float gradientScale,
      Tensor rowLosses,
      Tensor logitGradient) {
    boolean wasOutside = turns.enter();
    try {
      ops.softmaxCrossEntropy(
          logits, labels, labelSmoothing, gradientScale, rowLosses, logitGradient);
    } finally {
      turns.leave(wasOutside);
    }
  }

  @Override
  public void elementLoss(
      ElementLoss loss,
      Tensor prediction,
      Tensor target,
      float gradientScale,
      Tensor rowLosses,
      Tensor gradient) {
    boolean wasOutside = turns.enter();
    try {
      ops.elementLoss(loss, prediction, target, gradientScale, rowLosses, gradient);
    } finally {
      turns.leave(wasOutside);
    }
  }

  @Override
  public void clipByNorm(Tensor gradients, float maxNorm, Tensor norm) {
    boolean wasOutside = turns.enter();
    try {
      ops.clipByNorm(gradients, maxNorm, norm);
    } finally {
      turns.leave(wasOutside);
    }
  }

  @Override
  public void sgd(
      float momentum,
      boolean nesterov,
      float weightDecay,
      Tensor rates,
      Tensor gradients,
      Tensor velocity,
      Tensor parameters) {
    boolean wasOutside = turns.enter();
    try {
      ops.sgd(momentum, nesterov, weightDecay, rates, gradients, velocity, parameters);
    } finally {
      turns.leave(wasOutside);
    }
  }

  @Override
  public void adagrad(
      float epsilon,
      float weightDecay,
      Tensor rates,
      Tensor gradients,
      Tensor squares,
      Tensor parameters) {
    boolean wasOutside = turns.enter();
    try {
      ops.adagrad(epsilon, weightDecay, rates, gradients, squares, parameters);
    } finally {
      turns.leave(wasOutside);
    }
  }

  @Override
  public void rmsprop(
      float alpha,
      float epsilon,
      float weightDecay,
      Tensor rates,
      Tensor gradients,
      Tensor squares,
      Tensor parameters) {
    boolean wasOutside = turns.enter();
    try {
      ops.rmsprop(alpha, epsilon, weightDecay, rates, gradients, squares, parameters);
    } finally {
      turns.leave(wasOutside);
    }
  }

  @Override
  public void adam(
      float beta1,
      float beta2,
      float epsilon,
      float weightDecay,
      boolean decoupledDecay,
      Tensor rates,
      Tensor gradients,
      Tensor firstMoments,
      Tensor secondMoments,
      Tensor parameters) {
    boolean wasOutside = turns.enter();
    try {
      ops.adam(
          beta1,
          beta2,
          epsilon,
          weightDecay,
          decoupledDecay,
          rates,
          gradients,
          firstMoments,
          secondMoments,
          parameters);
    } finally {
      turns.leave(wasOutside);
    }
  }

  @Override
  public void linear(Tensor x, Tensor w, Tensor bias, Activation f, Tensor z, Tensor y) {
    boolean wasOutside = turns.enter();
    try {
      ops.linear(x, w, bias, f, z, y);
    } finally {
      turns.leave(wasOutside);
    }
  }

  @Override
  public void linearInputGradient(
      Tensor dZ, Tensor w, Activation f, Tensor z, Tensor y, Tensor dX) {
    boolean wasOutside = turns.enter();
    try {
      ops.linearInputGradient(dZ, w, f, z, y, dX);
    } finally {
      turns.leave(wasOutside);
    }
  }

  @Override
  public void linearParameterGradients(
      Tensor x, Tensor dZ, WriteMode mode, Tensor dW, Tensor dBias) {
    boolean wasOutside = turns.enter();
    try {
      ops.linearParameterGradients(x, dZ, mode, dW, dBias);
    } finally {
      turns.leave(wasOutside);
    }
  }
}
