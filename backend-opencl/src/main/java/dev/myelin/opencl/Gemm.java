package dev.myelin.opencl;

import dev.myelin.Tensor;
import dev.myelin.Transpose;

/** The matrix product on one kind of device. */
interface Gemm {
  /**
   * out = op(a) op(b), or added to out, with an epilogue.
   *
   * @param a what is [m, k] after its transposition
   * @param b what is [k, n] after its transposition
   * @param out [m, n], neither dimension 0
   */
  void multiply(Operand a, Operand b, int k, boolean accumulate, Epilogue epilogue, Tensor out);

  /**
   * A factor, seen from the product: an index that stays in the result, and k, that is summed over.
   *
   * @param outerStride elements from one of the first index to the next
   * @param depthStride elements from one of k to the next
   */
  record Operand(Tensor tensor, long outerStride, long depthStride) {
    /** a, whose rows stay. */
    static Operand left(Tensor a, Transpose transpose) {
      long columns = a.dimension(1);
      return transpose == Transpose.NO ? new Operand(a, columns, 1) : new Operand(a, 1, columns);
    }

    /** b, whose columns stay. */
    static Operand right(Tensor b, Transpose transpose) {
      long columns = b.dimension(1);
      return transpose == Transpose.NO ? new Operand(b, 1, columns) : new Operand(b, columns, 1);
    }

    /** Where in the buffer element (outer, depth) lies. */
    long at(int outer, int depth) {
      return tensor.offset() + outer * outerStride + depth * depthStride;
    }
  }
}
