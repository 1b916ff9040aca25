package dev.myelin.cuda;

import dev.myelin.Tensor;
import dev.myelin.Transpose;

/** A way to multiply matrices on one device. */
interface MatrixProduct {
  /**
   * out = op(a) op(b), or added to out, with an epilogue.
   *
   * @param out [m, n], neither dimension 0
   */
  void multiply(
      Tensor a,
      Transpose transposeA,
      Tensor b,
      Transpose transposeB,
      boolean accumulate,
      Epilogue epilogue,
      Tensor out);

  /**
   * Whether a^T b can come with the sums of a's columns, {@link Epilogue#setRowSums}: large tiles
   * have none, nor rounded operands, and where k is cut, their slices need room behind those of the
   * product.
   */
  boolean canSumRows(int m, int n, int k);
}
