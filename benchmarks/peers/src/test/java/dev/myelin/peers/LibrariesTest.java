package dev.myelin.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.myelin.peers.Workload.Elementwise;
import dev.myelin.peers.Workload.Product;
import dev.myelin.peers.Workload.Softmax;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * That adapters ask their libraries for what was meant; the run itself checks it again. DL4J and
 * CLBlast need a class path and a device of their own, and are checked in the run alone.
 */
class LibrariesTest {
  private static final List<Product> PRODUCTS =
      List.of(
          new Product(5, 7, 3, false, false),
          new Product(5, 7, 3, true, false),
          new Product(5, 7, 3, false, true),
          new Product(5, 7, 3, true, true));

  @Test
  void products_areTheSameFromEveryLibrary_inEveryLayout() {
    try (Library myelin = Peer.MYELIN.open(1);
        Library mkl = Peer.MKL.open(1);
        Library openBlas = Peer.OPENBLAS.open(1);
        Library pyTorch = Peer.PYTORCH.open(1)) {
      for (Product product : PRODUCTS) {
        requireAgreement(product, myelin, mkl, openBlas, pyTorch);
      }
    }
  }

  @Test
  void product_ofMyelin_isTheProductInFloat64() {
    Product product = new Product(1, 1, 3, false, false);
    double exact = 0;
    for (int i = 0; i < 3; i++) {
      exact += (double) product.a()[i] * product.b()[i];
    }
    try (Library myelin = Peer.MYELIN.open(1);
        Job job = myelin.open(product)) {
      assertEquals(exact, job.evidence()[0], 3 * 0x1p-24);
    }
  }

  @Test
  void functions_areTheSameFromPyTorch() {
    try (Library myelin = Peer.MYELIN.open(1);
        Library pyTorch = Peer.PYTORCH.open(1)) {
      for (Workload workload : Workloads.all()) {
        if (workload instanceof Elementwise || workload instanceof Softmax) {
          requireAgreement(workload, myelin, pyTorch);
        }
      }
    }
  }

  @Test
  void losses_fallAlike_inMyelinAndPyTorch() {
    try (Library myelin = Peer.MYELIN.open(1);
        Library pyTorch = Peer.PYTORCH.open(1);
        Library trainer = Peer.PYTORCH_TRAINER.open(1);
        Library script = Peer.PYTORCH_SCRIPT.open(1)) {
      requireAgreement(Workload.of("train listing"), myelin, pyTorch, trainer, script);
    }
  }

  private static void requireAgreement(Workload workload, Library... libraries) {
    Agreement agreement = new Agreement(workload);
    for (int i = 0; i < libraries.length; i++) {
      try (Job job = libraries[i].open(workload)) {
        agreement.add(i + ": " + libraries[i].description(), job.evidence());
        job.run(1);
      }
    }
    agreement.require();
  }
}
