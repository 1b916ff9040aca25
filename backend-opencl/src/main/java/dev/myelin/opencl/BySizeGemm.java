package dev.myelin.opencl;

import dev.myelin.Tensor;

/** One way for small matrix products and another for the rest, which give the same bits. */
final class BySizeGemm implements Gemm {
  /** Multiply-adds below which two launches for packing take longer than packing saves. */
  private static final long SMALL = 1 << 17;

  private final Gemm forSmall;
  private final Gemm forLarge;

  BySizeGemm(Gemm forSmall, Gemm forLarge) {
    this.forSmall = forSmall;
    this.forLarge = forLarge;
  }

  @Override
  public void multiply(
      Operand a, Operand b, int k, boolean accumulate, Epilogue epilogue, Tensor out) {
    Gemm gemm = out.elements() * k <= SMALL ? forSmall : forLarge;
    gemm.multiply(a, b, k, accumulate, epilogue, out);
  }
}
