package dev.myelin.cli;

import dev.myelin.Backend;
import dev.myelin.DeviceInfo;
import dev.myelin.cli.bench.Comparison;
import dev.myelin.cli.bench.Contender;
import dev.myelin.cli.bench.Measurement;
import dev.myelin.cli.bench.Peak;
import dev.myelin.cli.bench.Plan;
import dev.myelin.cli.bench.Workload;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Measures one piece of work after the other, each on all devices in turns. */
final class BenchRun {
  private final LiveLine line;
  private final List<Backend> backends;
  private final Map<DeviceInfo, Peak> peaks = new LinkedHashMap<>();
  private final List<Measurement> measurements = new ArrayList<>();

  BenchRun(Screen screen, List<Backend> backends) {
    this.line = new LiveLine(screen);
    this.backends = backends;
  }

  /** What each device can do at most; first of all, the shares are of it. */
  Map<DeviceInfo, Peak> measurePeaks(int threads) {
    for (Backend backend : backends) {
      line.show("measuring what " + backend.device().id() + " can do at most ...");
      peaks.put(backend.device(), Peak.measure(backend, threads));
    }
    line.erase();
    return peaks;
  }

  /** One measurement per device. */
  List<Measurement> measure(Workload workload, Plan plan) {
    List<Contender> contenders = new ArrayList<>();
    line.show("measuring " + workload.title() + " ...");
    try {
      for (Backend backend : backends) {
        contenders.add(workload.open(backend));
      }
      Comparison.Result result = new Comparison(plan).run(contenders);
      List<Measurement> block = new ArrayList<>();
      for (int i = 0; i < backends.size(); i++) {
        DeviceInfo device = backends.get(i).device();
        double nanos = result.standings().get(i).nanos().median();
        double share = workload.cost().shareOfPeak(nanos, peaks.get(device));
        block.add(
            new Measurement(
                workload, device, result.standings().get(i), result.isSettled(), share));
      }
      measurements.addAll(block);
      return block;
    } finally {
      contenders.forEach(Contender::close);
      line.erase();
    }
  }

  Map<DeviceInfo, Peak> peaks() {
    return peaks;
  }

  /** All so far. */
  List<Measurement> measurements() {
    return measurements;
  }
}
