package dev.myelin.cli;

import dev.myelin.BackendOptions;
import dev.myelin.Backends;
import dev.myelin.cli.bench.Comparison;
import dev.myelin.cli.bench.Contender;
import dev.myelin.cli.bench.Plan;
import dev.myelin.cli.bench.Standing;
import dev.myelin.cli.bench.TrainingSteps;
import dev.myelin.cli.bench.Verdict;
import dev.myelin.data.Dataset;
import dev.myelin.nn.TrainingOptions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What {@code --device auto} does: trains this very network for a moment on every device that can
 * be used, in turns, and takes the fastest; the preferred one unless another is faster beyond
 * noise.
 */
final class DeviceTrial {
  /**
   * A tenth of a second per device, once the times stand still: until the JVM has compiled the
   * steps, the processor is up to a hundred times as slow as it will be. That takes a second or
   * two, on a busy machine more, of which five are given; what is compiled then serves the
   * training.
   */
  private static final Plan PLAN = new Plan(10_000_000, 9, 9, 10_000_000_000L);

  private static final int MOST_BATCHES = 64;
  private static final String PROCESSOR = "cpu";

  private DeviceTrial() {}

  /**
   * The device to train on, with the speeds of all as the reason.
   *
   * @throws dev.myelin.BackendUnavailableException when there is no device that has what is asked
   */
  static Backends.Selection fastest(TrainingRun run, BackendOptions wishes) {
    List<String> usable = OpenDevices.usable(wishes);
    if (usable.size() == 1) {
      return because("the only device that can be used so", usable.get(0));
    }
    TrainingOptions options = run.options();
    Dataset training = run.parts().training();
    int samples = (int) Math.min(training.samples(), (long) MOST_BATCHES * options.batchSize());
    Dataset some = run.preparation().apply(training.take(samples));
    List<Contender> contenders = new ArrayList<>();
    try (OpenDevices devices = OpenDevices.open("all", wishes)) {
      try {
        devices
            .backends()
            .forEach(
                backend -> contenders.add(new TrainingSteps(backend, run.spec(), options, some)));
        int batch = Math.min(samples, options.batchSize());
        Comparison.Result result = new Comparison(PLAN).run(contenders);
        Standing winner = winner(result);
        String leftOut = devices.leftOut().stream().map("; "::concat).collect(Collectors.joining());
        return because(reason(result, winner, batch) + leftOut, winner.name());
      } finally {
        contenders.forEach(Contender::close);
      }
    }
  }

  private static Backends.Selection because(String reason, String device) {
    Backends.Selection selection = Backends.select(device);
    return new Backends.Selection(selection.provider(), selection.device(), reason);
  }

  /**
   * The fastest of those that beat the first, which is preferred as a rule; else that. While the
   * JVM is still compiling, nobody beats the processor, which only gets faster.
   */
  static Standing winner(Comparison.Result result) {
    return result.standings().stream()
        .filter(each -> each.verdict() == Verdict.FASTER)
        .filter(each -> result.isSettled() || each.name().equals(PROCESSOR))
        .max(Comparator.comparingDouble(each -> each.speedups().median()))
        .orElse(result.standings().get(0));
  }

  /** Why: "the fastest in a trial (samples/s): cpu 310,000, opencl:0 140,000". */
  static String reason(Comparison.Result result, Standing winner, int batch) {
    List<Standing> fastestFirst =
        result.standings().stream()
            .sorted(Comparator.comparingDouble(each -> each.nanos().median()))
            .toList();
    boolean isFastest = fastestFirst.get(0).name().equals(winner.name());
    return why(isFastest, result.isSettled())
        + " (samples/s): "
        + fastestFirst.stream()
            .map(each -> each.name() + " " + samplesPerSecond(each, batch))
            .collect(Collectors.joining(", "));
  }

  private static String why(boolean isFastest, boolean isSettled) {
    if (isFastest) {
      return "the fastest in a trial";
    }
    return isSettled
        ? "in a trial none was faster beyond noise"
        : "preferred, since a trial ended while the JVM was still compiling";
  }

  private static String samplesPerSecond(Standing standing, int batch) {
    return Numbers.count(Math.round(batch * 1e9 / standing.nanos().median()));
  }
}
