package dev.myelin.peers;

import dev.myelin.io.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a run of {@link PeerComparison} wrote, read again. */
final class Measurements {
  private final Map<?, ?> conditions;
  private final Map<String, Map<String, double[]>> nanos;

  private Measurements(Map<?, ?> conditions, Map<String, Map<String, double[]>> nanos) {
    this.conditions = conditions;
    this.nanos = nanos;
  }

  /**
   * @param file lines of JSON
   */
  static Measurements read(Path file) throws IOException {
    Map<?, ?> conditions = Map.of();
    Map<String, Map<String, double[]>> nanos = new LinkedHashMap<>();
    for (String text : Files.readAllLines(file)) {
      Map<?, ?> line = (Map<?, ?>) Json.read(text);
      String what = (String) line.get("what");
      if (what.equals(Conditions.WHAT)) {
        conditions = line;
      } else {
        double[] rounds =
            ((List<?>) line.get("nanos"))
                .stream().mapToDouble(value -> ((Number) value).doubleValue()).toArray();
        nanos
            .computeIfAbsent(what, key -> new LinkedHashMap<>())
            .put((String) line.get("contender"), rounds);
      }
    }
    if (conditions.isEmpty()) {
      throw new IllegalArgumentException(file + " has no line of conditions");
    }
    return new Measurements(conditions, nanos);
  }

  /** One of the conditions, as the run wrote it. */
  Object condition(String key) {
    return conditions.get(key);
  }

  List<Workload> workloads() {
    return nanos.keySet().stream().map(Workload::of).toList();
  }

  boolean has(Workload workload, Peer peer) {
    return rounds(workload, peer).isPresent();
  }

  private Optional<double[]> rounds(Workload workload, Peer peer) {
    return Optional.ofNullable(nanos.getOrDefault(workload.text(), Map.of()).get(peer.label()));
  }

  /** The median time of one repetition. */
  double medianNanos(Workload workload, Peer peer) {
    return median(rounds(workload, peer).orElseThrow());
  }

  /**
   * How many times as fast Myelin is as a peer: the median of the rounds' ratios, so that load that
   * lasts longer than a round meets both and drops out.
   */
  double speedup(Workload workload, Peer ours, Peer peer) {
    double[] own = rounds(workload, ours).orElseThrow();
    double[] theirs = rounds(workload, peer).orElseThrow();
    double[] ratios = new double[own.length];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = theirs[i] / own[i];
    }
    return median(ratios);
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }

  /** The geometric mean and the smallest of some speedups. */
  record Summary(double geometricMean, double smallest, Workload smallestAt) {}

  /** Over all products that both have done; empty when there is none. */
  Optional<Summary> products(Peer ours, Peer peer) {
    List<Workload> both = new ArrayList<>();
    for (Workload workload : workloads()) {
      boolean isProduct = workload instanceof Workload.Product;
      if (isProduct && has(workload, ours) && has(workload, peer)) {
        both.add(workload);
      }
    }
    double logarithms = 0;
    double smallest = Double.POSITIVE_INFINITY;
    Workload smallestAt = null;
    for (Workload workload : both) {
      double speedup = speedup(workload, ours, peer);
      logarithms += Math.log(speedup);
      if (speedup < smallest) {
        smallest = speedup;
        smallestAt = workload;
      }
    }
    return both.isEmpty()
        ? Optional.empty()
        : Optional.of(new Summary(Math.exp(logarithms / both.size()), smallest, smallestAt));
  }
}
