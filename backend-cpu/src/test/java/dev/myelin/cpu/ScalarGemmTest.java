package dev.myelin.cpu;

final class ScalarGemmTest extends GemmContract {
  @Override
  Gemm gemm(WorkerPool pool) {
    return new ScalarGemm(pool);
  }

  @Override
  int[] sizes() {
    return new int[] {0, 1, 2, 3, 4, 5, 7, 17, 31, 63, 64, 65, 97, 130};
  }
}
