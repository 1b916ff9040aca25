package dev.myelin.opencl;

import dev.myelin.Activation;
import dev.myelin.DType;
import dev.myelin.ElementLoss;
import dev.myelin.Ops;
import dev.myelin.Tensor;
import dev.myelin.Transpose;
import dev.myelin.WriteMode;
import dev.myelin.kernels.FunctionCodes;

/** The operations: each gives a kernel its arguments and puts it into the queue. */
final class OpenClOps implements Ops {
  private static final String ELEMENTWISE = "elementwise.cl";
  private static final String ACTIVATIONS = "activations.cl";
  private static final String GATHER = "gather.cl";
  private static final String SOFTMAX = "softmax.cl";
  private static final String MAXOUT = "maxout.cl";
  private static final String OPTIMIZERS = "optimizers.cl";

  private final OpenClDevice device;
  private final Programs programs;
  private final Reductions reductions;
  private Gemm gemm;
  private final Epilogue epilogue = new Epilogue();

  OpenClOps(OpenClDevice device, Programs programs, Scratch scratch, Gemm gemm) {
    this.device = device;
    this.programs = programs;
    this.reductions = new Reductions(device, programs, scratch);
    this.gemm = gemm;
  }

  /** Multiplies in another way from now on. */
  void multiplyWith(Gemm other) {
    gemm = other;
  }

  @Override
  public void fill(float value, Tensor out) {
    long count = out.elements();
    programs.kernel(ELEMENTWISE, "fill").index(count).real(value).tensor(out).launch(count);
  }

  @Override
  public void copy(Tensor in, Tensor out) {
    long count = out.elements();
    programs.kernel(ELEMENTWISE, "copyWords").index(count).tensor(in).tensor(out).launch(count);
  }

  @Override
  public void add(Tensor a, Tensor b, Tensor out) {
    combine(out.type() == DType.F32 ? "add" : "addIntegers", a, b, out);
  }

  @Override
  public void subtract(Tensor a, Tensor b, Tensor out) {
    combine("subtract", a, b, out);
  }

  @Override
  public void multiply(Tensor a, Tensor b, Tensor out) {
    combine("multiply", a, b, out);
  }

  private void combine(String name, Tensor a, Tensor b, Tensor out) {
    long count = out.elements();
    Kernel kernel = programs.kernel(ELEMENTWISE, name);
    kernel.index(count).tensor(a).tensor(b).tensor(out).launch(count);
  }

  @Override
  public void scale(Tensor in, float factor, Tensor out) {
    long count = out.elements();
    Kernel kernel = programs.kernel(ELEMENTWISE, "scale");
    kernel.index(count).tensor(in).real(factor).tensor(out).launch(count);
  }

  @Override
  public void addBias(Tensor matrix, Tensor bias, Tensor out) {
    int rows = matrix.dimension(0);
    int columns = matrix.dimension(1);
    Kernel kernel = programs.kernel(ELEMENTWISE, "addBias").integer(rows).integer(columns);
    kernel.tensor(matrix).tensor(bias).tensor(out).launchMatrix(rows, columns);
  }

  @Override
  public void activate(Activation f, Tensor z, Tensor y) {
    long count = y.elements();
    Kernel kernel = programs.kernel(ACTIVATIONS, "activate").index(count);
    kernel.integer(FunctionCodes.of(f.kind())).real(f.parameter());
    kernel.tensor(z).tensor(y).launch(count);
  }

  @Override
  public void activationGradient(Activation f, Tensor z, Tensor y, Tensor dY, Tensor dZ) {
    long count = dZ.elements();
    Tensor read = derivativeInput(f, z, y);
    Kernel kernel = programs.kernel(ACTIVATIONS, "activationGradient").index(count);
    kernel.integer(FunctionCodes.of(f.kind())).real(f.parameter());
    kernel.tensor(read == null ? dY : read).tensor(dY).tensor(dZ).launch(count);
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
    int rows = y.dimension(0);
    int columns = y.dimension(1);
    Kernel kernel = programs.kernel(MAXOUT, "maxout").integer(rows).integer(columns);
    kernel.integer(pieces).tensor(z).tensor(y).launchMatrix(rows, columns);
  }

  @Override
  public void maxoutGradient(int pieces, Tensor z, Tensor dY, Tensor dZ) {
    int rows = dY.dimension(0);
    int columns = dY.dimension(1);
    Kernel kernel = programs.kernel(MAXOUT, "maxoutGradient").integer(rows).integer(columns);
    kernel.integer(pieces).tensor(z).tensor(dY).tensor(dZ).launchMatrix(rows, columns);
  }

  @Override
  public void dropout(Tensor x, float rate, long seed, int stream, Tensor step, Tensor y) {
    long count = y.elements();
    // A word is below rate 2^32 exactly when it is below the next whole number.
    int dropBelow = (int) (long) Math.ceil(rate * 0x1p32);
    Kernel kernel = programs.kernel("dropout.cl", "dropout").index(count).tensor(x);
    kernel.integer(dropBelow).real(1 / (1 - rate));
    kernel.integer((int) seed).integer((int) (seed >>> 32)).integer(stream);
    kernel.tensor(step).tensor(y).launch((count + 3) / 4);
  }

  @Override
  public void matmul(
      Tensor a, Transpose transposeA, Tensor b, Transpose transposeB, WriteMode mode, Tensor out) {
    epilogue.setNone();
    product(a, transposeA, b, transposeB, mode, out);
  }

  private void product(
      Tensor a, Transpose transposeA, Tensor b, Transpose transposeB, WriteMode mode, Tensor out) {
    if (out.elements() == 0) {
      return;
    }
    int k = a.dimension(transposeA == Transpose.NO ? 1 : 0);
    Gemm.Operand left = Gemm.Operand.left(a, transposeA);
    Gemm.Operand right = Gemm.Operand.right(b, transposeB);
    gemm.multiply(left, right, k, mode == WriteMode.ACCUMULATE, epilogue, out);
  }

  @Override
  public void sumRows(Tensor matrix, WriteMode mode, Tensor out) {
    reductions.sumRows(matrix, mode, out);
  }

  @Override
  public void sum(Tensor in, WriteMode mode, Tensor out) {
    reductions.sum(in, mode, out);
  }

  @Override
  public void countEqual(Tensor a, Tensor b, WriteMode mode, Tensor count) {
    reductions.countEqual(a, b, mode, count);
  }

  @Override
  public void softmax(Tensor logits, Tensor out) {
    int columns = logits.dimension(1);
    Kernel kernel = programs.kernel(SOFTMAX, "softmax").integer(columns);
    kernel.tensor(logits).tensor(out);
    kernel.launchGroups(logits.dimension(0), rowLanes(columns));
  }

  @Override
  public void argmaxRows(Tensor matrix, Tensor out) {
    int columns = matrix.dimension(1);
    Kernel kernel = programs.kernel("argmax.cl", "argmaxRows").integer(columns);
    kernel.tensor(matrix).tensor(out);
    kernel.launchGroups(matrix.dimension(0), rowLanes(columns));
  }

  /** Lanes that share a row. A processor's lanes take turns, so one of them is best alone. */
  private int rowLanes(int columns) {
    if (device.isProcessor()) {
      return 1;
    }
    int lanes = 32;
    while (lanes * 2 < columns && lanes < Reductions.MAXIMUM_LANES) {
      lanes *= 2;
    }
    return Math.min(lanes, Integer.highestOneBit(device.maxGroupItems()));
  }

  @Override
  public void gatherRows(Tensor source, Tensor indices, Tensor start, Tensor out) {
    int rows = out.rows();
    int columns = out.columns();
    Kernel kernel = programs.kernel(GATHER, "gatherRows").integer(rows).integer(columns);
    kernel.tensor(source).tensor(indices).tensor(start).tensor(out).launchMatrix(rows, columns);
  }

  @Override
  public void selectRow(Tensor table, Tensor row, Tensor out) {
    int columns = table.dimension(1);
    Kernel kernel = programs.kernel(GATHER, "selectRow").integer(columns);
    kernel.tensor(table).tensor(row).tensor(out).launch(columns);
  }

  @Override
  public void softmaxCrossEntropy(
      Tensor logits,
      Tensor labels,
      float labelSmoothing,
      float gradientScale,
      Tensor rowLosses,
      Tensor logitGradient) {
    int columns = logits.dimension(1);
    Kernel kernel = programs.kernel(SOFTMAX, "softmaxCrossEntropy").integer(columns);
    kernel.tensor(logits).tensor(labels).real(labelSmoothing).real(gradientScale);
    kernel.tensor(rowLosses).tensor(logitGradient);
    kernel.launchGroups(logits.dimension(0), rowLanes(columns));
  }

  @Override
  public void elementLoss(
      ElementLoss loss,
      Tensor prediction,
      Tensor target,
      float gradientScale,
      Tensor rowLosses,
      Tensor gradient) {
    int columns = prediction.dimension(1);
    Kernel kernel = programs.kernel("losses.cl", "elementLoss").integer(columns);
    kernel.integer(FunctionCodes.of(loss.kind())).real(loss.delta());
    kernel.tensor(prediction).tensor(target).real(gradientScale);
    kernel.tensor(rowLosses).tensor(gradient);
    kernel.launchGroups(prediction.dimension(0), rowLanes(columns));
  }

  @Override
  public void clipByNorm(Tensor gradients, float maxNorm, Tensor norm) {
    reductions.clipByNorm(gradients, maxNorm, norm);
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
    long count = parameters.elements();
    Kernel kernel = programs.kernel(OPTIMIZERS, "sgd").index(count);
    kernel.real(momentum).flag(nesterov).real(weightDecay).tensor(rates).tensor(gradients);
    kernel.tensor(velocity == null ? parameters : velocity).tensor(parameters).launch(count);
  }

  @Override
  public void adagrad(
      float epsilon,
      float weightDecay,
      Tensor rates,
      Tensor gradients,
      Tensor squares,
      Tensor parameters) {
    long count = parameters.elements();
    Kernel kernel = programs.kernel(OPTIMIZERS, "adagrad").index(count);
    kernel.real(epsilon).real(weightDecay).tensor(rates).tensor(gradients);
    kernel.tensor(squares).tensor(parameters).launch(count);
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
    long count = parameters.elements();
    Kernel kernel = programs.kernel(OPTIMIZERS, "rmsprop").index(count);
    kernel.real(alpha).real(epsilon).real(weightDecay).tensor(rates).tensor(gradients);
    kernel.tensor(squares).tensor(parameters).launch(count);
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
    long count = parameters.elements();
    Kernel kernel = programs.kernel(OPTIMIZERS, "adam").index(count);
    kernel.real(beta1).real(beta2).real(epsilon);
    kernel.real(decoupledDecay ? 0 : weightDecay).real(decoupledDecay ? weightDecay : 0);
    kernel.tensor(rates).tensor(gradients).tensor(firstMoments).tensor(secondMoments);
    kernel.tensor(parameters).launch(count);
  }

  @Override
  public void linear(Tensor x, Tensor w, Tensor bias, Activation f, Tensor z, Tensor y) {
    epilogue.setForward(f, bias, z == null ? null : y);
    product(x, Transpose.NO, w, Transpose.YES, WriteMode.OVERWRITE, z == null ? y : z);
  }

  @Override
  public void linearInputGradient(
      Tensor dZ, Tensor w, Activation f, Tensor z, Tensor y, Tensor dX) {
    epilogue.setInputGradient(f, derivativeInput(f, z, y));
    product(dZ, Transpose.NO, w, Transpose.NO, WriteMode.OVERWRITE, dX);
  }
}
