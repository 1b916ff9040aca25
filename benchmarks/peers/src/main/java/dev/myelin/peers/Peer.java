package dev.myelin.peers;

import dev.myelin.peers.Workload.Product;
import dev.myelin.peers.Workload.Training;
import java.util.Map;

/** Who is compared, and at what. */
enum Peer {
  MYELIN("myelin"),
  MKL("mkl"),
  OPENBLAS("openblas"),
  /** Arrays of DJL, training with gradients written by hand. */
  PYTORCH("pytorch"),
  /** DJL's own way to train. */
  PYTORCH_TRAINER("djl trainer"),
  /** A training step as one TorchScript, which DJL has PyTorch run. */
  PYTORCH_SCRIPT("torchscript"),
  DL4J("dl4j"),
  MYELIN_OPENCL("myelin opencl"),
  CLBLAST("clblast");

  private final String label;

  Peer(String label) {
    this.label = label;
  }

  /** What files and tables call it. */
  String label() {
    return label;
  }

  boolean takesPartIn(Workload workload) {
    boolean isProduct = workload instanceof Product;
    boolean isTraining = workload instanceof Training;
    return switch (this) {
      case MYELIN, PYTORCH -> true;
      case MKL, OPENBLAS -> isProduct;
      case PYTORCH_TRAINER, PYTORCH_SCRIPT -> isTraining;
      case DL4J, MYELIN_OPENCL, CLBLAST -> isProduct || isTraining;
    };
  }

  /** Opens the library, in a process with the {@link #environment} of as many threads. */
  Library open(int threads) {
    return switch (this) {
      case MYELIN -> new MyelinLibrary("cpu", threads);
      case MKL -> Mkl.open(threads);
      case OPENBLAS -> OpenBlas.open(threads);
      case PYTORCH -> new TorchLibrary(TorchLibrary.Steps.ARRAYS);
      case PYTORCH_TRAINER -> new TorchLibrary(TorchLibrary.Steps.TRAINER);
      case PYTORCH_SCRIPT -> new TorchLibrary(TorchLibrary.Steps.SCRIPT);
      case DL4J -> new Dl4jLibrary();
      case MYELIN_OPENCL -> new MyelinLibrary("opencl", threads);
      case CLBLAST -> new MyelinLibrary("clblast", threads);
    };
  }

  /**
   * What a process is told through its environment. How threads wait for work is left to each
   * library's default.
   */
  static Map<String, String> environment(int threads) {
    String count = String.valueOf(threads);
    return Map.of(
        "OMP_NUM_THREADS", count,
        "MKL_NUM_THREADS", count,
        "OPENBLAS_NUM_THREADS", count,
        "POCL_MAX_PTHREAD_COUNT", count,
        "DJL_OFFLINE", "true",
        // PyTorch allocates every result. With these, its memory goes round instead of back to the
        // kernel, which would clear each page again.
        "MALLOC_MMAP_THRESHOLD_", "33554432",
        "MALLOC_TRIM_THRESHOLD_", "2147483647");
  }
}
