package dev.myelin;

import dev.myelin.Activation.DerivativeReads;

/**
 * Checks arguments once for all backends, before any device work: owner, lifetime, element type,
 * shape, shared memory. Allocates nothing unless a check fails.
 */
final class CheckedOps implements Ops {
  private final Ops ops;
  private final OpChecks check;

  CheckedOps(Ops ops, CheckedBackend backend) {
    this.ops = ops;
    this.check = new OpChecks(backend);
  }

  @Override
  public void fill(float value, Tensor out) {
    check.floats("fill", "out", out);
    ops.fill(value, out);
  }

  @Override
  public void copy(Tensor in, Tensor out) {
    String op = "copy";
    check.usable(op, "in", in);
    check.usable(op, "out", out);
    check.sameType(op, in, out);
    check.sameElements(op, in, out);
    check.disjoint(op, in, out);
    ops.copy(in, out);
  }

  @Override
  public void add(Tensor a, Tensor b, Tensor out) {
    String op = "add";
    check.usable(op, "a", a);
    check.usable(op, "b", b);
    check.usable(op, "out", out);
    check.sameType(op, a, b);
    check.sameType(op, a, out);
    elementwise(op, a, b, out);
    ops.add(a, b, out);
  }

  @Override
  public void subtract(Tensor a, Tensor b, Tensor out) {
    floatsElementwise("subtract", a, b, out);
    ops.subtract(a, b, out);
  }

  @Override
  public void multiply(Tensor a, Tensor b, Tensor out) {
    floatsElementwise("multiply", a, b, out);
    ops.multiply(a, b, out);
  }

  private void floatsElementwise(String op, Tensor a, Tensor b, Tensor out) {
    check.floats(op, "a", a);
    check.floats(op, "b", b);
    check.floats(op, "out", out);
    elementwise(op, a, b, out);
  }

  private void elementwise(String op, Tensor a, Tensor b, Tensor out) {
    check.sameElements(op, a, b);
    check.sameElements(op, a, out);
    check.disjointOrSame(op, a, out);
    check.disjointOrSame(op, b, out);
  }

  @Override
  public void scale(Tensor in, float factor, Tensor out) {
    check.mapping("scale", in, out);
    ops.scale(in, factor, out);
  }

  @Override
  public void addBias(Tensor matrix, Tensor bias, Tensor out) {
    String op = "addBias";
    check.matrix(op, "matrix", matrix);
    check.matrix(op, "out", out);
    check.vector(op, "bias", bias, DType.F32, matrix.dimension(1));
    check.sameShape(op, matrix, out);
    check.disjointOrSame(op, matrix, out);
    check.disjoint(op, bias, out);
    ops.addBias(matrix, bias, out);
  }

  @Override
  public void activate(Activation f, Tensor z, Tensor y) {
    String op = "activate";
    check.elementwise(op, f);
    check.mapping(op, z, y);
    ops.activate(f, z, y);
  }

  @Override
  public void activationGradient(Activation f, Tensor z, Tensor y, Tensor dY, Tensor dZ) {
    String op = "activationGradient";
    check.elementwise(op, f);
    check.mapping(op, dY, dZ);
    derivativeInput(op, f, z, y, dZ);
    ops.activationGradient(f, z, y, dY, dZ);
  }

  /**
   * The tensor that the derivative reads is there, as long as the gradient, and not overwritten by
   * it.
   *
   * @return that tensor, or null when the derivative reads nothing
   */
  private Tensor derivativeInput(String op, Activation f, Tensor z, Tensor y, Tensor gradient) {
    DerivativeReads reads = f.derivativeReads();
    if (reads == DerivativeReads.NOTHING) {
      return null;
    }
    Tensor read = reads == DerivativeReads.INPUT ? z : y;
    check.floats(op, reads == DerivativeReads.INPUT ? "z" : "y", read);
    check.sameElements(op, read, gradient);
    check.disjoint(op, read, gradient);
    return read;
  }

  @Override
  public void maxout(int pieces, Tensor z, Tensor y) {
    String op = "maxout";
    check.matrix(op, "z", z);
    check.matrix(op, "y", y);
    check.pieces(op, pieces, z, y);
    check.disjoint(op, z, y);
    ops.maxout(pieces, z, y);
  }

  @Override
  public void maxoutGradient(int pieces, Tensor z, Tensor dY, Tensor dZ) {
    String op = "maxoutGradient";
    check.matrix(op, "z", z);
    check.matrix(op, "dY", dY);
    check.matrix(op, "dZ", dZ);
    check.pieces(op, pieces, z, dY);
    check.sameShape(op, z, dZ);
    check.disjoint(op, z, dZ);
    check.disjoint(op, dY, dZ);
    ops.maxoutGradient(pieces, z, dY, dZ);
  }

  @Override
  public void dropout(Tensor x, float rate, long seed, int stream, Tensor step, Tensor y) {
    String op = "dropout";
    check.mapping(op, x, y);
    check.scalar(op, "step", step, DType.I32);
    check.disjoint(op, step, y);
    check.argument(rate >= 0 && rate < 1, op, "rate must be in [0, 1), but is ", rate);
    ops.dropout(x, rate, seed, stream, step, y);
  }

  @Override
  public void matmul(
      Tensor a, Transpose transposeA, Tensor b, Transpose transposeB, WriteMode mode, Tensor out) {
    String op = "matmul";
    check.given(op, "transposeA", transposeA);
    check.given(op, "transposeB", transposeB);
    check.given(op, "mode", mode);
    check.matrix(op, "a", a);
    check.matrix(op, "b", b);
    check.matrix(op, "out", out);
    check.product(op, a, transposeA, b, transposeB, out);
    check.disjoint(op, a, out);
    check.disjoint(op, b, out);
    ops.matmul(a, transposeA, b, transposeB, mode, out);
  }

  @Override
  public void sumRows(Tensor matrix, WriteMode mode, Tensor out) {
    String op = "sumRows";
    check.given(op, "mode", mode);
    check.matrix(op, "matrix", matrix);
    check.vector(op, "out", out, DType.F32, matrix.dimension(1));
    check.disjoint(op, matrix, out);
    ops.sumRows(matrix, mode, out);
  }

  @Override
  public void sum(Tensor in, WriteMode mode, Tensor out) {
    String op = "sum";
    check.given(op, "mode", mode);
    check.floats(op, "in", in);
    check.scalar(op, "out", out, DType.F32);
    check.disjoint(op, in, out);
    ops.sum(in, mode, out);
  }

  @Override
  public void softmax(Tensor logits, Tensor out) {
    String op = "softmax";
    check.matrix(op, "logits", logits);
    check.matrix(op, "out", out);
    check.sameShape(op, logits, out);
    check.disjointOrSame(op, logits, out);
    ops.softmax(logits, out);
  }

  @Override
  public void argmaxRows(Tensor matrix, Tensor out) {
    String op = "argmaxRows";
    check.matrix(op, "matrix", matrix);
    check.vector(op, "out", out, DType.I32, matrix.dimension(0));
    check.argument(
        matrix.dimension(1) > 0 || matrix.dimension(0) == 0,
        op,
        "a row without columns has no maximum: ",
        matrix);
    ops.argmaxRows(matrix, out);
  }

  @Override
  public void countEqual(Tensor a, Tensor b, WriteMode mode, Tensor count) {
    String op = "countEqual";
    check.given(op, "mode", mode);
    check.typed(op, "a", a, DType.I32);
    check.typed(op, "b", b, DType.I32);
    check.sameElements(op, a, b);
    check.scalar(op, "count", count, DType.I32);
    check.disjoint(op, a, count);
    check.disjoint(op, b, count);
    ops.countEqual(a, b, mode, count);
  }

  @Override
  public void gatherRows(Tensor source, Tensor indices, Tensor start, Tensor out) {
    String op = "gatherRows";
    check.usable(op, "source", source);
    check.usable(op, "out", out);
    check.sameType(op, source, out);
    check.vector(op, "indices", indices, DType.I32);
    check.scalar(op, "start", start, DType.I32);
    check.sameColumns(op, source, out);
    check.disjoint(op, source, out);
    check.disjoint(op, indices, out);
    check.disjoint(op, start, out);
    ops.gatherRows(source, indices, start, out);
  }

  @Override
  public void selectRow(Tensor table, Tensor row, Tensor out) {
    String op = "selectRow";
    check.matrix(op, "table", table);
    check.scalar(op, "row", row, DType.I32);
    check.vector(op, "out", out, DType.F32, table.dimension(1));
    check.disjoint(op, table, out);
    ops.selectRow(table, row, out);
  }

  @Override
  public void softmaxCrossEntropy(
      Tensor logits,
      Tensor labels,
      float labelSmoothing,
      float gradientScale,
      Tensor rowLosses,
      Tensor logitGradient) {
    String op = "softmaxCrossEntropy";
    check.matrix(op, "logits", logits);
    check.vector(op, "labels", labels, DType.I32, logits.dimension(0));
    check.argument(
        labelSmoothing >= 0 && labelSmoothing <= 1,
        op,
        "labelSmoothing must be in [0, 1], but is ",
        labelSmoothing);
    lossOutputs(op, logits, rowLosses, logitGradient);
    check.disjoint(op, labels, rowLosses);
    check.disjoint(op, labels, logitGradient);
    ops.softmaxCrossEntropy(
        logits, labels, labelSmoothing, gradientScale, rowLosses, logitGradient);
  }

  @Override
  public void elementLoss(
      ElementLoss loss,
      Tensor prediction,
      Tensor target,
      float gradientScale,
      Tensor rowLosses,
      Tensor gradient) {
    String op = "elementLoss";
    check.given(op, "loss", loss);
    check.matrix(op, "prediction", prediction);
    check.matrix(op, "target", target);
    check.sameShape(op, prediction, target);
    lossOutputs(op, prediction, rowLosses, gradient);
    check.disjoint(op, target, rowLosses);
    check.disjoint(op, target, gradient);
    ops.elementLoss(loss, prediction, target, gradientScale, rowLosses, gradient);
  }

  private void lossOutputs(String op, Tensor prediction, Tensor rowLosses, Tensor gradient) {
    check.vector(op, "rowLosses", rowLosses, DType.F32, prediction.dimension(0));
    check.matrix(op, "gradient", gradient);
    check.sameShape(op, prediction, gradient);
    check.disjoint(op, prediction, rowLosses);
    check.disjoint(op, prediction, gradient);
    check.disjoint(op, rowLosses, gradient);
  }

  @Override
  public void clipByNorm(Tensor gradients, float maxNorm, Tensor norm) {
    String op = "clipByNorm";
    check.floats(op, "gradients", gradients);
    check.scalar(op, "norm", norm, DType.F32);
    check.disjoint(op, gradients, norm);
    check.argument(maxNorm > 0, op, "maxNorm must be positive, but is ", maxNorm);
    ops.clipByNorm(gradients, maxNorm, norm);
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
    String op = "sgd";
    optimizer(op, rates, gradients, parameters);
    if (momentum != 0) {
      optimizerState(op, "velocity", velocity, rates, gradients, parameters);
    }
    check.argument(
        momentum != 0 || !nesterov, op, "Nesterov's method needs a momentum above ", momentum);
    ops.sgd(momentum, nesterov, weightDecay, rates, gradients, velocity, parameters);
  }

  @Override
  public void adagrad(
      float epsilon,
      float weightDecay,
      Tensor rates,
      Tensor gradients,
      Tensor squares,
      Tensor parameters) {
    String op = "adagrad";
    optimizer(op, rates, gradients, parameters);
    optimizerState(op, "squares", squares, rates, gradients, parameters);
    ops.adagrad(epsilon, weightDecay, rates, gradients, squares, parameters);
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
    String op = "rmsprop";
    optimizer(op, rates, gradients, parameters);
    optimizerState(op, "squares", squares, rates, gradients, parameters);
    ops.rmsprop(alpha, epsilon, weightDecay, rates, gradients, squares, parameters);
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
    String op = "adam";
    optimizer(op, rates, gradients, parameters);
    optimizerState(op, "firstMoments", firstMoments, rates, gradients, parameters);
    optimizerState(op, "secondMoments", secondMoments, rates, gradients, parameters);
    check.disjoint(op, firstMoments, secondMoments);
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
  }

  private void optimizer(String op, Tensor rates, Tensor gradients, Tensor parameters) {
    check.vector(op, "rates", rates, DType.F32, 3);
    check.floats(op, "gradients", gradients);
    check.floats(op, "parameters", parameters);
    check.sameElements(op, gradients, parameters);
    check.disjoint(op, gradients, parameters);
    check.disjoint(op, rates, parameters);
  }

  private void optimizerState(
      String op, String role, Tensor state, Tensor rates, Tensor gradients, Tensor parameters) {
    check.floats(op, role, state);
    check.sameElements(op, state, parameters);
    check.disjoint(op, state, parameters);
    check.disjoint(op, state, gradients);
    check.disjoint(op, state, rates);
  }

  @Override
  public void linear(Tensor x, Tensor w, Tensor bias, Activation f, Tensor z, Tensor y) {
    String op = "linear";
    check.elementwise(op, f);
    check.matrix(op, "x", x);
    check.matrix(op, "w", w);
    check.matrix(op, "y", y);
    check.product(op, x, Transpose.NO, w, Transpose.YES, y);
    linearOutput(op, x, w, bias, y);
    if (z != null) {
      check.matrix(op, "z", z);
      check.sameShape(op, z, y);
      check.disjoint(op, z, y);
      linearOutput(op, x, w, bias, z);
    }
    ops.linear(x, w, bias, f, z, y);
  }

  private void linearOutput(String op, Tensor x, Tensor w, Tensor bias, Tensor out) {
    check.disjoint(op, x, out);
    check.disjoint(op, w, out);
    if (bias != null) {
      check.vector(op, "bias", bias, DType.F32, w.dimension(0));
      check.disjoint(op, bias, out);
    }
  }

  @Override
  public void linearInputGradient(
      Tensor dZ, Tensor w, Activation f, Tensor z, Tensor y, Tensor dX) {
    String op = "linearInputGradient";
    check.elementwise(op, f);
    check.matrix(op, "dZ", dZ);
    check.matrix(op, "w", w);
    check.matrix(op, "dX", dX);
    check.product(op, dZ, Transpose.NO, w, Transpose.NO, dX);
    check.disjoint(op, dZ, dX);
    check.disjoint(op, w, dX);
    Tensor read = derivativeInput(op, f, z, y, dX);
    if (read != null) {
      check.matrix(op, read == z ? "z" : "y", read);
      check.sameShape(op, read, dX);
    }
    ops.linearInputGradient(dZ, w, f, z, y, dX);
  }

  @Override
  public void linearParameterGradients(
      Tensor x, Tensor dZ, WriteMode mode, Tensor dW, Tensor dBias) {
    String op = "linearParameterGradients";
    check.given(op, "mode", mode);
    check.matrix(op, "x", x);
    check.matrix(op, "dZ", dZ);
    check.matrix(op, "dW", dW);
    check.product(op, dZ, Transpose.YES, x, Transpose.NO, dW);
    check.disjoint(op, x, dW);
    check.disjoint(op, dZ, dW);
    if (dBias != null) {
      check.vector(op, "dBias", dBias, DType.F32, dZ.dimension(1));
      check.disjoint(op, dBias, dW);
      check.disjoint(op, x, dBias);
      check.disjoint(op, dZ, dBias);
    }
    ops.linearParameterGradients(x, dZ, mode, dW, dBias);
  }
}
