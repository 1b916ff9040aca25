package dev.myelin.cpu;

/**
 * Single-precision matrix product C = op(A) op(B), or C += op(A) op(B), of dense row-major
 * matrices.
 *
 * <p>op(X) is X or its transpose: A lies in memory as [m, k], or as [k, m] when {@code transposeA};
 * B as [k, n], or as [n, k] when {@code transposeB}; C is always [m, n].
 *
 * <p>An element of C is its old value (zero without {@code accumulate}) to which the products of
 * its row of op(A) and its column of op(B) are added one after the other, in the order of k. So its
 * bits depend on nothing else: not on m, n, the number of threads, the way chunks are scheduled or
 * the tile it falls in. {@code |error| <= (k + 1) eps (|C| + sum|a_i b_i|)} with eps = 2^-23.
 */
interface Gemm {

  /** What a caller does to C once its values are final, such as adding a bias. */
  @FunctionalInterface
  interface Epilogue {
    /**
     * Called for pieces of C, which are disjoint and cover it: for small ones while they are still
     * in the cache, unless so many small calls would take longer than they save. Calls come from
     * all threads of the pool at once, in no order.
     *
     * @param rowStart first row of the piece
     * @param rowEnd one past its last row, greater than {@code rowStart}
     * @param columnStart first column of the piece
     * @param columnEnd one past its last column, greater than {@code columnStart}
     */
    void apply(int rowStart, int rowEnd, int columnStart, int columnEnd);
  }

  /**
   * C = op(A) op(B), or C += op(A) op(B). C must not overlap A or B. With k = 0 the product is zero
   * and the epilogue still runs; with m = 0 or n = 0 nothing happens. Two threads that call at once
   * take turns. Nothing is allocated once the packing buffers have grown to the shapes in use.
   *
   * @param aOffset index of A's first element in {@code a}
   * @param bOffset index of B's first element in {@code b}
   * @param accumulate whether to add to C instead of overwriting it
   * @param cOffset index of C's first element in {@code c}
   * @param epilogue may be null
   */
  void multiply(
      int m,
      int n,
      int k,
      float[] a,
      int aOffset,
      boolean transposeA,
      float[] b,
      int bOffset,
      boolean transposeB,
      boolean accumulate,
      float[] c,
      int cOffset,
      Epilogue epilogue);
}
