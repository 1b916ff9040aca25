package dev.myelin.peers;

import dev.myelin.Backend;
import dev.myelin.BackendOptions;
import dev.myelin.Backends;
import dev.myelin.Tensor;
import dev.myelin.TensorArena;
import dev.myelin.Transpose;
import dev.myelin.WriteMode;
import dev.myelin.peers.Workload.Elementwise;
import dev.myelin.peers.Workload.Product;
import dev.myelin.peers.Workload.Softmax;
import dev.myelin.peers.Workload.Training;

/** Myelin on one of its devices; CLBlast's product within Myelin's OpenCL backend is one, too. */
final class MyelinLibrary implements Library {
  private final Backend backend;

  MyelinLibrary(String device, int threads) {
    // A device of OpenCL has the threads that its driver was told of: see Peer.
    BackendOptions options = BackendOptions.DEFAULT.withThreads(device.equals("cpu") ? threads : 0);
    backend = Backends.open(device, options);
  }

  @Override
  public String description() {
    return "Myelin " + backend.device().id() + ": " + backend.device().detail();
  }

  @Override
  public Job open(Workload workload) {
    if (workload instanceof Training training) {
      return new MyelinTraining(backend, training.net());
    }
    TensorArena arena = new TensorArena(backend, workload.text());
    if (workload instanceof Product product) {
      return product(arena, product);
    } else if (workload instanceof Elementwise map) {
      Tensor x = arena.upload("x", map.x(), map.elements());
      Tensor y = arena.allocate("y", map.elements());
      return new Operation(arena, () -> backend.ops().activate(map.function(), x, y), y);
    }
    Softmax softmax = (Softmax) workload;
    Tensor logits = arena.upload("logits", softmax.logits(), softmax.rows(), softmax.columns());
    Tensor out = arena.allocate("out", softmax.rows(), softmax.columns());
    return new Operation(arena, () -> backend.ops().softmax(logits, out), out);
  }

  private Job product(TensorArena arena, Product product) {
    int m = product.m();
    int n = product.n();
    int k = product.k();
    boolean isAColumnwise = product.transposeA();
    boolean isBColumnwise = product.transposeB();
    Tensor a = arena.upload("a", product.a(), isAColumnwise ? k : m, isAColumnwise ? m : k);
    Tensor b = arena.upload("b", product.b(), isBColumnwise ? n : k, isBColumnwise ? k : n);
    Tensor out = arena.allocate("out", m, n);
    Transpose transposeA = isAColumnwise ? Transpose.YES : Transpose.NO;
    Transpose transposeB = isBColumnwise ? Transpose.YES : Transpose.NO;
    return new Operation(
        arena,
        () -> backend.ops().matmul(a, transposeA, b, transposeB, WriteMode.OVERWRITE, out),
        out);
  }

  @Override
  public void close() {
    backend.close();
  }

  /** One operation of {@link dev.myelin.Ops}, again and again. */
  private record Operation(TensorArena arena, Runnable work, Tensor out) implements Job {
    @Override
    public void run(int repetitions) {
      for (int i = 0; i < repetitions; i++) {
        work.run();
      }
      arena.backend().synchronize();
    }

    @Override
    public double[] evidence() {
      work.run();
      float[] result = new float[Math.toIntExact(out.elements())];
      arena.backend().download(out, result);
      return Workload.sample(result);
    }

    @Override
    public void close() {
      arena.close();
    }
  }
}
