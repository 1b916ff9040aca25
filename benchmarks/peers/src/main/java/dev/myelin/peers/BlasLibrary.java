package dev.myelin.peers;

import dev.myelin.peers.Workload.Product;
import org.bytedeco.javacpp.FloatPointer;

/**
 * A BLAS through bytedeco's presets, on memory outside of the Java heap: nothing is copied for a
 * call.
 */
final class BlasLibrary implements Library {
  /** The call that both libraries have. */
  interface Sgemm {
    /** out = op(a) op(b), row by row in memory. */
    void multiply(Product product, FloatPointer a, FloatPointer b, FloatPointer out);
  }

  private final String description;
  private final Sgemm sgemm;

  BlasLibrary(String description, Sgemm sgemm) {
    this.description = description;
    this.sgemm = sgemm;
  }

  @Override
  public String description() {
    return description;
  }

  @Override
  public Job open(Workload workload) {
    if (!(workload instanceof Product product)) {
      throw new UnsupportedOperationException(workload.text());
    }
    return new Multiplication(
        sgemm,
        product,
        new FloatPointer(product.a()),
        new FloatPointer(product.b()),
        new FloatPointer((long) product.m() * product.n()));
  }

  @Override
  public void close() {}

  /** The distance between two rows of a in memory. */
  static int strideA(Product product) {
    return product.transposeA() ? product.m() : product.k();
  }

  /** The distance between two rows of b in memory. */
  static int strideB(Product product) {
    return product.transposeB() ? product.k() : product.n();
  }

  private record Multiplication(
      Sgemm sgemm, Product product, FloatPointer a, FloatPointer b, FloatPointer out)
      implements Job {
    @Override
    public void run(int repetitions) {
      for (int i = 0; i < repetitions; i++) {
        sgemm.multiply(product, a, b, out);
      }
    }

    @Override
    public double[] evidence() {
      run(1);
      float[] result = new float[product.m() * product.n()];
      out.get(result);
      return Workload.sample(result);
    }

    @Override
    public void close() {
      a.close();
      b.close();
      out.close();
    }
  }
}
