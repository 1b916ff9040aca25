package dev.myelin.cli.bench;

import dev.myelin.Backend;
import java.util.List;

/**
 * What a device can do at most, as it was measured just now.
 *
 * @param gflops multiplications and additions, in thousand millions a second
 * @param source where that comes from: a loop of multiply-adds, or the device's fastest product,
 *     which is less than it can do
 * @param copyGigabytesPerSecond bytes read and written by a copy within its memory, larger than its
 *     caches
 */
public record Peak(double gflops, String source, double copyGigabytesPerSecond) {
  private static final Shape COPIED = Shape.of("4096");
  private static final int SMALLEST_PRODUCT = 512;
  private static final int LARGEST_PRODUCT = 4096;

  /** Above, a larger product is no faster, and a turn of it no longer short. */
  private static final double LONG_PRODUCT_NANOS = 20e6;

  /** Turns so short that some are undisturbed even where others compute, too. */
  private static final Plan SHORT = new Plan(4_000_000, 9, 251, 600_000_000);

  /**
   * Measures a device; takes about a second.
   *
   * @param processorThreads that compute where the device is this machine's processor in Java
   */
  public static Peak measure(Backend backend, int processorThreads) {
    double copied = rate(Workloads.of("copy", COPIED).get(0), backend);
    if (!backend.device().backend().equals("cpu")) {
      return new Peak(fastestProduct(backend), "its fastest product", copied);
    }
    try (MultiplyAdds multiplyAdds = new MultiplyAdds(processorThreads)) {
      double gflops = multiplyAdds.flops() / fastestNanos(multiplyAdds);
      return new Peak(gflops, "multiply-adds on " + processorThreads + " threads", copied);
    }
  }

  private static double fastestProduct(Backend backend) {
    double fastest = 0;
    double nanos = 0;
    for (int size = SMALLEST_PRODUCT;
        size <= LARGEST_PRODUCT && nanos < LONG_PRODUCT_NANOS;
        size *= 2) {
      Workload product = Workloads.of("matmul", new Shape(size, size, size)).get(0);
      double rate = rate(product, backend);
      nanos = product.cost().amount() / rate;
      fastest = Math.max(fastest, rate);
    }
    return fastest;
  }

  private static double rate(Workload workload, Backend backend) {
    try (Contender contender = workload.open(backend)) {
      return workload.cost().rate(fastestNanos(contender));
    }
  }

  /** A peak is what is reached in the best moment. */
  private static double fastestNanos(Contender contender) {
    Standing standing = new Comparison(SHORT).run(List.of(contender)).standings().get(0);
    return standing.nanos().inOrder().stream().mapToDouble(nanos -> nanos).min().orElseThrow();
  }
}
