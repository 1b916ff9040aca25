package dev.myelin.cpu;

/** Stand-in until the blocked product is merged. */
final class SimpleGemm implements Gemm {
  private final WorkerPool pool;

  SimpleGemm(WorkerPool pool) {
    this.pool = pool;
  }

  @Override
  public void multiply(
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
      RowEpilogue epilogue) {
    if (n == 0) {
      return;
    }
    pool.forEach(
        m,
        (row, worker) -> {
          for (int column = 0; column < n; column++) {
            float sum = accumulate ? c[cOffset + row * n + column] : 0;
            for (int i = 0; i < k; i++) {
              float left = a[aOffset + (transposeA ? i * m + row : row * k + i)];
              float right = b[bOffset + (transposeB ? column * k + i : i * n + column)];
              sum = Math.fma(left, right, sum);
            }
            c[cOffset + row * n + column] = sum;
          }
          if (epilogue != null) {
            epilogue.apply(row, 0, n);
          }
        });
  }
}
