package dev.myelin.cli;

import dev.myelin.cli.bench.Measurement;
import dev.myelin.cli.bench.Samples;
import dev.myelin.cli.bench.Standing;
import dev.myelin.cli.bench.Verdict;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Which device a network should be trained on. */
final class BenchAdvice {
  private BenchAdvice() {}

  /**
   * The fastest device, or those that cannot be told apart; with a warning when they were measured
   * before the times stood still.
   *
   * @param block the steps of one network, on every device
   */
  static String of(List<Measurement> block) {
    boolean areSettled = block.stream().allMatch(Measurement::isSettled);
    return choice(block)
        + (areSettled
            ? ""
            : "\nBut the JVM was still compiling, so that cpu may come to be faster: give more"
                + " --seconds.");
  }

  private static String choice(List<Measurement> block) {
    Measurement fastest =
        block.stream()
            .min(Comparator.comparingDouble(each -> each.standing().speedups().median() * -1))
            .orElseThrow();
    List<String> equals = new ArrayList<>();
    StringBuilder others = new StringBuilder();
    for (Measurement each : block) {
      if (each.device().equals(fastest.device())) {
        continue;
      }
      Standing against = against(fastest.standing(), each.standing());
      if (against.verdict() == Verdict.FASTER) {
        others
            .append(others.length() == 0 ? ": " : ", ")
            .append(Numbers.ratio(against.speedups().median()))
            .append(" times as fast as ")
            .append(each.device().id());
      } else {
        equals.add(each.device().id());
      }
    }
    if (equals.isEmpty()) {
      return "Train this network on " + fastest.device().id() + others + ".";
    }
    equals.add(0, fastest.device().id());
    return "Train this network on "
        + String.join(" or ", equals)
        + ": there is "
        + Verdict.NOT_TOLD_APART.text()
        + ".";
  }

  /** How the first does against the second, round by round. */
  private static Standing against(Standing first, Standing second) {
    double[] speedups = new double[first.nanos().count()];
    for (int i = 0; i < speedups.length; i++) {
      speedups[i] = second.nanos().inOrder().get(i) / first.nanos().inOrder().get(i);
    }
    return new Standing(first.name(), first.repetitions(), first.nanos(), new Samples(speedups));
  }
}
