package dev.myelin.peers;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Whether all have done the same work: who computes something else is not to be compared. */
final class Agreement {
  private final Workload workload;
  private final Map<String, double[]> evidence = new LinkedHashMap<>();

  Agreement(Workload workload) {
    this.workload = workload;
  }

  void add(String contender, double[] itsEvidence) {
    evidence.put(contender, itsEvidence);
  }

  List<Double> evidenceOf(String contender) {
    return Arrays.stream(evidence.get(contender)).boxed().toList();
  }

  /**
   * @throws IllegalStateException naming who differs from the first one, with all numbers
   */
  void require() {
    Map.Entry<String, double[]> first = evidence.entrySet().iterator().next();
    double largest = Arrays.stream(first.getValue()).map(Math::abs).max().orElse(0);
    double allowed = workload.tolerance() * largest;
    for (Map.Entry<String, double[]> other : evidence.entrySet()) {
      double distance = distance(first.getValue(), other.getValue());
      // NaN agrees with nothing.
      if (!(distance <= allowed)) {
        throw new IllegalStateException(
            String.format(
                "%s: %s and %s do not agree: they differ by %.3g where %.3g is allowed; %s and %s",
                workload.text(),
                first.getKey(),
                other.getKey(),
                distance,
                allowed,
                Arrays.toString(first.getValue()),
                Arrays.toString(other.getValue())));
      }
    }
  }

  private static double distance(double[] a, double[] b) {
    double largest = a.length == b.length ? 0 : Double.NaN;
    for (int i = 0; i < Math.min(a.length, b.length); i++) {
      // Once NaN, the maximum stays NaN.
      largest = Math.max(largest, Math.abs(a[i] - b[i]));
    }
    return largest;
  }
}
