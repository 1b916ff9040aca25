package dev.myelin.cpu;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Which code runs the operations: on the Vector API, or plain loops. The Vector API lies in a
 * module that the JVM loads only when it is told to; classes that use it are touched only then.
 */
enum Implementation {
  SCALAR {
    @Override
    String description() {
      return "scalar";
    }

    @Override
    ElementKernels kernels() {
      return new ScalarKernels();
    }

    @Override
    Gemm gemm(WorkerPool pool) {
      return new ScalarGemm(pool);
    }

    @Override
    void warmUp() {
      // Plain loops are compiled soon enough.
    }
  },

  VECTOR {
    @Override
    String description() {
      return VectorWidth.FLOATS.vectorBitSize() + "-bit vectors";
    }

    @Override
    ElementKernels kernels() {
      return new VectorKernels();
    }

    @Override
    Gemm gemm(WorkerPool pool) {
      return new VectorGemm(pool);
    }

    @Override
    void warmUp() {
      WarmUp.begin();
    }
  };

  static final String VECTOR_MODULE = "jdk.incubator.vector";

  /** What a user can do about SCALAR. */
  static final String REMEDY =
      "Add --add-modules "
          + VECTOR_MODULE
          + " to the java command: vectors are several times faster";

  private static final AtomicBoolean FALLBACK_SAID = new AtomicBoolean();

  /** What a reader of {@code myelin devices} is told. */
  abstract String description();

  abstract ElementKernels kernels();

  abstract Gemm gemm(WorkerPool pool);

  /** Has what nearly every training needs compiled in the background, once in a JVM. */
  abstract void warmUp();

  /** The fastest that this JVM was started with. */
  static Implementation best() {
    return ModuleLayer.boot().findModule(VECTOR_MODULE).isPresent() ? VECTOR : SCALAR;
  }

  /** Tells the user, once per JVM, that vectors are to be had and how. */
  void warnIfSlow() {
    if (this == SCALAR && FALLBACK_SAID.compareAndSet(false, true)) {
      System.getLogger("dev.myelin.cpu")
          .log(
              System.Logger.Level.WARNING,
              "The cpu backend runs without vectors: module {0} is not there. {1}.",
              VECTOR_MODULE,
              REMEDY);
    }
  }
}
