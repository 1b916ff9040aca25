package dev.myelin.cpu;

import static dev.myelin.cpu.CpuBuffer.count;
import static dev.myelin.cpu.CpuBuffer.floats;
import static dev.myelin.cpu.CpuBuffer.ints;
import static dev.myelin.cpu.CpuBuffer.start;

import dev.myelin.Activation;
import dev.myelin.ElementLoss;
import dev.myelin.Ops;
import dev.myelin.Tensor;
import dev.myelin.Transpose;
import dev.myelin.WriteMode;

/**
 * The operations: each sets the fields of a task that was made beforehand, and runs it. Everything
 * is done when a method returns. Nothing is allocated, but where scratch memory grows to a size not
 * seen before.
 */
final class CpuOps implements Ops {
  // PyTorch's clip_grad_norm_ adds it, so that a norm of zero divides.
  private static final double NORM_EPSILON = 1e-6;

  private final WorkerPool pool;
  private final Gemm gemm;
  private final ElementwiseTask elementwise;
  private final DropoutTask dropout;
  private final ReductionTask reduction;
  private final SumRowsTask sumRows;
  private final RowTasks.AddBias addBias;
  private final RowTasks.Maxout maxout;
  private final RowTasks.MaxoutGradient maxoutGradient;
  private final RowTasks.Softmax softmax;
  private final RowTasks.Argmax argmax;
  private final RowTasks.Gather gather;
  private final LossTasks.SoftmaxCrossEntropy crossEntropy;
  private final LossTasks.Elementwise elementLoss;
  private final OptimizerTasks.Sgd sgd;
  private final OptimizerTasks.Adagrad adagrad;
  private final OptimizerTasks.Rmsprop rmsprop;
  private final OptimizerTasks.Adam adam;
  private final LinearEpilogues.Forward forward;
  private final LinearEpilogues.InputGradient inputGradient;

  CpuOps(WorkerPool pool, ElementKernels kernels, Gemm gemm) {
    this.pool = pool;
    this.gemm = gemm;
    elementwise = new ElementwiseTask(pool, kernels);
    dropout = new DropoutTask(pool, kernels);
    reduction = new ReductionTask(pool, kernels);
    sumRows = new SumRowsTask(pool, kernels);
    addBias = new RowTasks.AddBias(kernels);
    maxout = new RowTasks.Maxout(kernels);
    maxoutGradient = new RowTasks.MaxoutGradient(kernels);
    softmax = new RowTasks.Softmax(kernels);
    argmax = new RowTasks.Argmax(kernels);
    gather = new RowTasks.Gather();
    crossEntropy = new LossTasks.SoftmaxCrossEntropy(kernels);
    elementLoss = new LossTasks.Elementwise(kernels, pool.threads());
    sgd = new OptimizerTasks.Sgd(kernels);
    adagrad = new OptimizerTasks.Adagrad(kernels);
    rmsprop = new OptimizerTasks.Rmsprop(kernels);
    adam = new OptimizerTasks.Adam(kernels);
    forward = new LinearEpilogues.Forward(kernels);
    inputGradient = new LinearEpilogues.InputGradient(kernels);
  }

  @Override
  public void fill(float value, Tensor out) {
    elementwise.run(ElementwiseTask.Kind.FILL, null, null, value, out);
  }

  @Override
  public void copy(Tensor in, Tensor out) {
    elementwise.run(ElementwiseTask.Kind.COPY, in, null, 0, out);
  }

  @Override
  public void add(Tensor a, Tensor b, Tensor out) {
    elementwise.run(ElementwiseTask.Kind.ADD, a, b, 0, out);
  }

  @Override
  public void subtract(Tensor a, Tensor b, Tensor out) {
    elementwise.run(ElementwiseTask.Kind.SUBTRACT, a, b, 0, out);
  }

  @Override
  public void multiply(Tensor a, Tensor b, Tensor out) {
    elementwise.run(ElementwiseTask.Kind.MULTIPLY, a, b, 0, out);
  }

  @Override
  public void scale(Tensor in, float factor, Tensor out) {
    elementwise.run(ElementwiseTask.Kind.SCALE, in, null, factor, out);
  }

  @Override
  public void addBias(Tensor matrix, Tensor bias, Tensor out) {
    addBias.matrix = matrix;
    addBias.bias = bias;
    addBias.out = out;
    addBias.forEachRow(pool, matrix.dimension(0), matrix.dimension(1));
  }

  @Override
  public void activate(Activation f, Tensor z, Tensor y) {
    elementwise.activate(f, z, y);
  }

  @Override
  public void activationGradient(Activation f, Tensor z, Tensor y, Tensor dY, Tensor dZ) {
    elementwise.activationGradient(f, derivativeInput(f, z, y), dY, dZ);
  }

  private static Tensor derivativeInput(Activation f, Tensor z, Tensor y) {
    return switch (f.derivativeReads()) {
      case NOTHING -> null;
      case INPUT -> z;
      case OUTPUT -> y;
    };
  }

  @Override
  public void maxout(int pieces, Tensor z, Tensor y) {
    maxout.pieces = pieces;
    maxout.z = z;
    maxout.y = y;
    maxout.forEachRow(pool, z.dimension(0), z.dimension(1));
  }

  @Override
  public void maxoutGradient(int pieces, Tensor z, Tensor dY, Tensor dZ) {
    maxoutGradient.pieces = pieces;
    maxoutGradient.z = z;
    maxoutGradient.dY = dY;
    maxoutGradient.dZ = dZ;
    maxoutGradient.forEachRow(pool, z.dimension(0), z.dimension(1));
  }

  @Override
  public void dropout(Tensor x, float rate, long seed, int stream, Tensor step, Tensor y) {
    dropout.run(x, rate, seed, stream, step, y);
  }

  @Override
  public void matmul(
      Tensor a, Transpose transposeA, Tensor b, Transpose transposeB, WriteMode mode, Tensor out) {
    multiply(a, transposeA, b, transposeB, mode, out, null);
  }

  private void multiply(
      Tensor a,
      Transpose transposeA,
      Tensor b,
      Transpose transposeB,
      WriteMode mode,
      Tensor out,
      Gemm.Epilogue epilogue) {
    gemm.multiply(
        out.dimension(0),
        out.dimension(1),
        a.dimension(transposeA == Transpose.NO ? 1 : 0),
        floats(a),
        start(a),
        transposeA == Transpose.YES,
        floats(b),
        start(b),
        transposeB == Transpose.YES,
        mode == WriteMode.ACCUMULATE,
        floats(out),
        start(out),
        epilogue);
  }

  @Override
  public void sumRows(Tensor matrix, WriteMode mode, Tensor out) {
    sumRows.run(matrix, mode, out);
  }

  @Override
  public void sum(Tensor in, WriteMode mode, Tensor out) {
    reduction.sum(in, mode, out);
  }

  @Override
  public void softmax(Tensor logits, Tensor out) {
    softmax.logits = logits;
    softmax.out = out;
    softmax.forEachRow(pool, logits.dimension(0), logits.dimension(1));
  }

  @Override
  public void argmaxRows(Tensor matrix, Tensor out) {
    argmax.matrix = matrix;
    argmax.out = out;
    argmax.forEachRow(pool, matrix.dimension(0), matrix.dimension(1));
  }

  @Override
  public void countEqual(Tensor a, Tensor b, WriteMode mode, Tensor count) {
    reduction.countEqual(a, b, mode, count);
  }

  @Override
  public void gatherRows(Tensor source, Tensor indices, Tensor start, Tensor out) {
    gather.source = source;
    gather.indices = indices;
    gather.position = start;
    gather.out = out;
    gather.forEachRow(pool, out.rows(), out.columns());
  }

  @Override
  public void selectRow(Tensor table, Tensor row, Tensor out) {
    int selected = ints(row)[start(row)];
    if (selected < 0 || selected >= table.dimension(0)) {
      throw new IndexOutOfBoundsException(
          "selectRow: row " + selected + " is not a row of " + table);
    }
    int from = start(table) + selected * table.dimension(1);
    System.arraycopy(floats(table), from, floats(out), start(out), count(out));
  }

  @Override
  public void softmaxCrossEntropy(
      Tensor logits,
      Tensor labels,
      float labelSmoothing,
      float gradientScale,
      Tensor rowLosses,
      Tensor logitGradient) {
    crossEntropy.logits = logits;
    crossEntropy.labels = labels;
    crossEntropy.labelSmoothing = labelSmoothing;
    crossEntropy.gradientScale = gradientScale;
    crossEntropy.rowLosses = rowLosses;
    crossEntropy.logitGradient = logitGradient;
    crossEntropy.forEachRow(pool, logits.dimension(0), logits.dimension(1));
  }

  @Override
  public void elementLoss(
      ElementLoss loss,
      Tensor prediction,
      Tensor target,
      float gradientScale,
      Tensor rowLosses,
      Tensor gradient) {
    elementLoss.loss = loss;
    elementLoss.prediction = prediction;
    elementLoss.target = target;
    elementLoss.gradientScale = gradientScale;
    elementLoss.rowLosses = rowLosses;
    elementLoss.gradient = gradient;
    elementLoss.forEachRow(pool, prediction.dimension(0), prediction.dimension(1));
  }

  @Override
  public void clipByNorm(Tensor gradients, float maxNorm, Tensor norm) {
    float length = (float) Math.sqrt(reduction.sumOfSquares(gradients));
    floats(norm)[start(norm)] = length;
    float factor =
        Float.isInfinite(length)
            ? Float.NaN
            : (float) Math.min(1, maxNorm / (length + NORM_EPSILON));
    if (factor != 1) {
      scale(gradients, factor, gradients);
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
    sgd.set(weightDecay, rates, gradients, parameters);
    sgd.momentum = momentum;
    sgd.nesterov = nesterov;
    sgd.velocity = velocity;
    sgd.forEachRange(pool, count(parameters));
  }

  @Override
  public void adagrad(
      float epsilon,
      float weightDecay,
      Tensor rates,
      Tensor gradients,
      Tensor squares,
      Tensor parameters) {
    adagrad.set(weightDecay, rates, gradients, parameters);
    adagrad.epsilon = epsilon;
    adagrad.squares = squares;
    adagrad.forEachRange(pool, count(parameters));
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
    rmsprop.set(weightDecay, rates, gradients, parameters);
    rmsprop.alpha = alpha;
    rmsprop.epsilon = epsilon;
    rmsprop.squares = squares;
    rmsprop.forEachRange(pool, count(parameters));
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
    adam.set(weightDecay, rates, gradients, parameters);
    adam.beta1 = beta1;
    adam.beta2 = beta2;
    adam.epsilon = epsilon;
    adam.decoupledDecay = decoupledDecay;
    adam.firstCorrection = floats(rates)[start(rates) + 1];
    adam.secondCorrection = floats(rates)[start(rates) + 2];
    adam.firstMoments = firstMoments;
    adam.secondMoments = secondMoments;
    adam.forEachRange(pool, count(parameters));
  }

  @Override
  public void linear(Tensor x, Tensor w, Tensor bias, Activation f, Tensor z, Tensor y) {
    Tensor product = z == null ? y : z;
    boolean plain = bias == null && z == null && f.kind() == Activation.Kind.IDENTITY;
    forward.bias = bias;
    forward.f = f;
    forward.product = product;
    forward.y = y;
    multiply(
        x, Transpose.NO, w, Transpose.YES, WriteMode.OVERWRITE, product, plain ? null : forward);
  }

  @Override
  public void linearInputGradient(
      Tensor dZ, Tensor w, Activation f, Tensor z, Tensor y, Tensor dX) {
    inputGradient.f = f;
    inputGradient.read = derivativeInput(f, z, y);
    inputGradient.dX = dX;
    multiply(
        dZ,
        Transpose.NO,
        w,
        Transpose.NO,
        WriteMode.OVERWRITE,
        dX,
        f.kind() == Activation.Kind.IDENTITY ? null : inputGradient);
  }
}
