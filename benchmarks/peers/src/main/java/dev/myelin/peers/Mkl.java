package dev.myelin.peers;

import static org.bytedeco.mkl.global.mkl_rt.CblasNoTrans;
import static org.bytedeco.mkl.global.mkl_rt.CblasRowMajor;
import static org.bytedeco.mkl.global.mkl_rt.CblasTrans;
import static org.bytedeco.mkl.global.mkl_rt.MKL_Get_Version_String;
import static org.bytedeco.mkl.global.mkl_rt.MKL_Set_Dynamic;
import static org.bytedeco.mkl.global.mkl_rt.MKL_Set_Num_Threads;
import static org.bytedeco.mkl.global.mkl_rt.cblas_sgemm;

import dev.myelin.peers.Workload.Product;
import java.nio.charset.StandardCharsets;
import org.bytedeco.javacpp.FloatPointer;

/** Intel's Math Kernel Library. */
final class Mkl {
  private Mkl() {}

  static Library open(int threads) {
    // Otherwise it may take fewer threads than it was told to.
    MKL_Set_Dynamic(0);
    MKL_Set_Num_Threads(threads);
    byte[] version = new byte[200];
    MKL_Get_Version_String(version, version.length);
    String text = new String(version, StandardCharsets.ISO_8859_1).replace('\0', ' ').strip();
    return new BlasLibrary(text, Mkl::multiply);
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
