package dev.myelin.peers;

import dev.myelin.peers.Workload.Product;
import dev.myelin.peers.Workload.Training;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** ND4J's arrays, and DL4J's networks on them. */
final class Dl4jLibrary implements Library {
  @Override
  public String description() {
    return "DL4J "
        + Versions.ofClass(Nd4j.class)
        + ", ND4J backend "
        + Nd4j.getBackend().getClass().getSimpleName()
        + ", BLAS "
        + Nd4j.getExecutioner().getEnvironmentInformation().getProperty("blas.vendor");
  }

  @Override
  public Job open(Workload workload) {
    if (workload instanceof Training training) {
      return new Dl4jTraining(training.net());
    } else if (workload instanceof Product product) {
      return product(product);
    }
    throw new UnsupportedOperationException(workload.text());
  }

  private static Job product(Product product) {
    INDArray a = stored(product.a(), product.m(), product.k(), product.transposeA());
    INDArray b = stored(product.b(), product.k(), product.n(), product.transposeB());
    // ND4J multiplies into columns only.
    INDArray out = Nd4j.createUninitialized(new int[] {product.m(), product.n()}, 'f');
    boolean transposeA = product.transposeA();
    boolean transposeB = product.transposeB();
    return new Job() {
      @Override
      public void run(int repetitions) {
        for (int i = 0; i < repetitions; i++) {
          Nd4j.gemm(a, b, out, transposeA, transposeB, 1, 0);
        }
      }

      @Override
      public double[] evidence() {
        run(1);
        return Workload.sample(out.dup('c').data().asFloat());
      }

      @Override
      public void close() {
        a.close();
        b.close();
        out.close();
      }
    };
  }

  private static INDArray stored(float[] values, int rows, int columns, boolean isTransposed) {
    return isTransposed
        ? Nd4j.create(values, new long[] {columns, rows}, 'c')
        : Nd4j.create(values, new long[] {rows, columns}, 'c');
  }

  @Override
  public void close() {}
}
