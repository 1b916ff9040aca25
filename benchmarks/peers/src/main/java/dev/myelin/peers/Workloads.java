package dev.myelin.peers;

import dev.myelin.Activation;
import dev.myelin.peers.Workload.Elementwise;
import dev.myelin.peers.Workload.Product;
import dev.myelin.peers.Workload.Softmax;
import dev.myelin.peers.Workload.Training;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What is compared. */
final class Workloads {
  private static final int[] SQUARES = {128, 256, 384, 512, 768, 1024, 1536, 2048};
  private static final int MILLION = 1_000_000;

  private Workloads() {}

  /** Training first, of which the most is expected; then products, then functions. */
  static List<Workload> all() {
    List<Workload> all = new ArrayList<>();
    for (Net net : Net.values()) {
      all.add(new Training(net));
    }
    all.addAll(squares());
    all.addAll(productsOfNets());
    all.addAll(functions());
    return all;
  }

  static List<Product> squares() {
    List<Product> products = new ArrayList<>();
    for (int size : SQUARES) {
      products.add(new Product(size, size, size, false, false));
    }
    return products;
  }

  /** Forward, input gradient and weight gradient of every layer; no shape twice. */
  static Set<Product> productsOfNets() {
    Set<Product> products = new LinkedHashSet<>();
    for (Net net : Net.values()) {
      int[] sizes = net.sizes();
      for (int i = 0; i + 1 < sizes.length; i++) {
        products.add(new Product(net.batch(), sizes[i + 1], sizes[i], false, true));
        products.add(new Product(sizes[i + 1], sizes[i], net.batch(), true, false));
        if (i > 0) {
          products.add(new Product(net.batch(), sizes[i], sizes[i + 1], false, false));
        }
      }
    }
    return products;
  }

  private static List<Workload> functions() {
    List<Workload> functions = new ArrayList<>();
    for (String name : List.of("relu", "sigmoid", "tanh", "gelu", "silu", "softplus", "elu")) {
      functions.add(new Elementwise(Activation.of(name), MILLION));
    }
    functions.add(new Softmax(1000, 1000));
    functions.add(new Softmax(MILLION / 10, 10));
    return functions;
  }
}
