package dev.myelin.cuda;

import dev.myelin.Activation;
import dev.myelin.Tensor;
import dev.myelin.kernels.FunctionCodes;

/**
 * What a matrix product does to its elements before it writes them; see gemm-epilogue.h. One object
 * is set anew for every product.
 */
final class Epilogue {
  private static final int NONE = 0;
  private static final int FORWARD = 1;
  private static final int INPUT_GRADIENT = 2;
  private static final int ROW_SUMS = 3;

  private int kind;
  private Activation function = Activation.IDENTITY;
  private Tensor operand;
  private Tensor separateY;

  /** out = product. */
  void setNone() {
    set(NONE, Activation.IDENTITY, null, null);
  }

  /**
   * out = product + bias and y = f(out), or out = f(product + bias).
   *
   * @param bias null for none
   * @param y null when out is the result itself
   */
  void setForward(Activation f, Tensor bias, Tensor y) {
    boolean isPlain = bias == null && y == null && f.kind() == Activation.Kind.IDENTITY;
    set(isPlain ? NONE : FORWARD, f, bias, y);
  }

  /**
   * out = product f'(read).
   *
   * @param read null for IDENTITY, which leaves the product as it is
   */
  void setInputGradient(Activation f, Tensor read) {
    set(read == null ? NONE : INPUT_GRADIENT, f, read, null);
  }

  /**
   * out = product, and sums[i] = the sum of row i of op(a), or added to it. For products whose
   * first operand alone is transposed.
   *
   * @param sums null for none
   */
  void setRowSums(Tensor sums) {
    set(sums == null ? NONE : ROW_SUMS, Activation.IDENTITY, null, sums);
  }

  boolean hasRowSums() {
    return kind == ROW_SUMS;
  }

  private void set(int newKind, Activation f, Tensor newOperand, Tensor y) {
    kind = newKind;
    function = f;
    operand = newOperand;
    separateY = y;
  }

  /** Bit 0 for out, 1 for what is read, 2 for y: whether all rows are aligned to vectors. */
  int vectors(Tensor out) {
    return (CudaBuffer.isVector(out) ? 1 : 0)
        | (operand != null && CudaBuffer.isVector(operand) ? 2 : 0)
        | (separateY != null && CudaBuffer.isVector(separateY) ? 4 : 0);
  }

  /**
   * Gives a kernel its EPILOGUE_PARAMETERS.
   *
   * @param isLast whether the sums are complete; before that there is no epilogue
   * @param out stands in for tensors that are not there
   */
  void addTo(Kernel kernel, boolean isLast, Tensor out) {
    kernel
        .integer(isLast ? kind : NONE)
        .integer(FunctionCodes.of(function.kind()))
        .real(function.parameter())
        .flag(operand != null)
        .tensor(operand == null ? out : operand)
        .flag(separateY != null)
        .tensor(separateY == null ? out : separateY);
  }

  /**
   * As {@link #addTo}, of a slice: its row sums go to memory of the backend itself.
   *
   * @param start where the row sums of the first slice begin, in floats
   */
  static void addRowSumsOfSliceTo(Kernel kernel, long memory, long start, Tensor out) {
    kernel.integer(ROW_SUMS).integer(0).real(0).flag(false).tensor(out);
    kernel.flag(false).memory(memory).index(start);
  }
}
