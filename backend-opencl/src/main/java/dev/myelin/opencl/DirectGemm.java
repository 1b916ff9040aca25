package dev.myelin.opencl;

import dev.myelin.Tensor;

/** The matrix product on processors in one launch, by gemm-direct.cl. */
final class DirectGemm implements Gemm {
  private static final String FILE = "gemm-direct.cl";

  /** As in the kernel file. */
  private static final int COLUMNS = 8;

  private final Programs programs;

  DirectGemm(Programs programs) {
    this.programs = programs;
  }

  @Override
  public void multiply(
      Operand a, Operand b, int k, boolean accumulate, Epilogue epilogue, Tensor out) {
    Kernel kernel = programs.kernel(FILE, "gemmDirect");
    int rows = out.dimension(0);
    int columns = out.dimension(1);
    kernel.integer(rows).integer(columns).integer(k);
    kernel.tensor(a.tensor()).index(a.outerStride()).index(a.depthStride());
    kernel.tensor(b.tensor()).index(b.outerStride()).index(b.depthStride());
    kernel.flag(accumulate).tensor(out);
    epilogue.addTo(kernel, true, out);
    kernel.launch(Kernel.roundedUp(columns, COLUMNS) / COLUMNS, rows, 1, 1);
  }
}
