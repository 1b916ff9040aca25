package dev.myelin.cpu;

/** Which code runs the operations: on the Vector API, or plain loops. */
interface Implementation {
  /** What a reader of {@code myelin devices} is told: "256-bit vectors". */
  String description();

  ElementKernels kernels();

  Gemm gemm(WorkerPool pool);

  /** Plain Java loops, which run everywhere. */
  Implementation SCALAR =
      new Implementation() {
        @Override
        public String description() {
          return "scalar";
        }

        @Override
        public ElementKernels kernels() {
          return new ScalarKernels();
        }

        @Override
        public Gemm gemm(WorkerPool pool) {
          return new SimpleGemm(pool);
        }
      };

  /** The fastest that this JVM was started with. */
  static Implementation best() {
    return SCALAR;
  }
}
