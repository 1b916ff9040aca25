package dev.myelin.peers;

import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.blas_set_num_threads;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemm;

import dev.myelin.peers.Workload.Product;
import org.bytedeco.javacpp.FloatPointer;

/** OpenBLAS. */
final class OpenBlas {
  private OpenBlas() {}

  static Library open(int threads) {
    blas_set_num_threads(threads);
    return new BlasLibrary("OpenBLAS " + Versions.ofClass(cblas()), OpenBlas::multiply);
  }

  private static Class<?> cblas() {
    return org.bytedeco.openblas.global.openblas_nolapack.class;
  }

  private static void multiply(Product product, FloatPointer a, FloatPointer b, FloatPointer out) {
    cblas_sgemm(
        CblasRowMajor,
        product.transposeA() ? CblasTrans : CblasNoTrans,
        product.transposeB() ? CblasTrans : CblasNoTrans,
        product.m(),
        product.n(),
        product.k(),
        1,
        a,
        BlasLibrary.strideA(product),
        b,
        BlasLibrary.strideB(product),
        0,
        out,
        product.n());
  }
}
