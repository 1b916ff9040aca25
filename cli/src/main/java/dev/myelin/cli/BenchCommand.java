package dev.myelin.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.myelin.Activation;
import dev.myelin.BackendOptions;
import dev.myelin.cli.bench.EarlierTime;
import dev.myelin.cli.bench.Measurement;
import dev.myelin.cli.bench.Net;
import dev.myelin.cli.bench.Plan;
import dev.myelin.cli.bench.Shape;
import dev.myelin.cli.bench.Workload;
import dev.myelin.cli.bench.Workloads;
import dev.myelin.io.AtomicFile;
import dev.myelin.io.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures how fast the devices here are, against each other and against an earlier run. */
@Command(
    name = "bench",
    customSynopsis = "myelin bench [OPTIONS]",
    description = "Measures how fast devices are: in turns, with spread, and no verdict on noise.",
    sortOptions = false,
    footer = {
      "",
      "Operations: step (whole training steps); matmul (also matmul-nt, -tn, -tt);",
      "softmax-cross-entropy; copy; each function (gelu, gelu-grad) and optimizer by its",
      "name. Several at once: products, linear, activations, optimizers, transfers, launch.",
      "",
      "Exit code 7: something is slower than in the baseline, see --fail-if-slower.",
      "",
      "Examples:",
      "  myelin bench",
      "  myelin bench --net 784,128,10 --batch 64      which device for this network",
      "  myelin bench --op matmul --size 64,1024,128x512x784 --device cpu,opencl:0",
      "  myelin bench --device cpu --json before.json",
      "  myelin bench --device cpu --baseline before.json --fail-if-slower 5%%"
    })
final class BenchCommand implements Callable<Integer> {
  private static final String DEFAULT_OPERATIONS =
      "matmul,linear,gelu,gelu-grad,softmax-cross-entropy,adamw,transfers,launch,step";
  private static final int DEFAULT_BATCH = 128;
  private static final double MOST_SECONDS = 24 * 3600;

  private final Screen screen;

  @Option(
      names = "--op",
      paramLabel = "NAMES",
      split = ",",
      description =
          "operations, with commas between. Default: some of each kind, or with --net step")
  private List<String> operations;

  @Option(
      names = "--size",
      paramLabel = "SIZES",
      split = ",",
      description =
          "of the operations: N, MxN, or for products MxNxK, with commas between. Default: by"
              + " operation")
  private List<String> sizes;

  @Option(
      names = "--net",
      paramLabel = "SIZES",
      description = "steps of this network, inputs and outputs included: 784,128,10")
  private String net;

  @Option(names = "--batch", paramLabel = "N", description = "of --net. Default: 128")
  private Integer batch;

  @Option(
      names = "--activation",
      paramLabel = "NAME",
      description = "of the hidden layers of --net. Default: relu")
  private String activation;

  @Option(
      names = "--device",
      paramLabel = "DEVICES",
      defaultValue = "all",
      description =
          "all, or names with commas between: cpu,opencl:0. The first is what the others are"
              + " compared with. Default: all")
  private String device;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "0",
      description = "processor threads that compute. Default: one a core")
  private int threads;

  @Option(
      names = "--precision",
      paramLabel = "P",
      defaultValue = "f32",
      description = DeviceOptions.PRECISION_HELP)
  private String precision;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "30",
      description = "for all measurements together; at least 9 rounds each. Default: 30")
  private double seconds;

  @Option(names = "--json", paramLabel = "FILE", description = "write the results there, too")
  private Path json;

  @Option(
      names = "--baseline",
      paramLabel = "FILE",
      description = "what --json wrote on this machine and Java earlier; compares with it")
  private Path baselineFile;

  @Option(
      names = "--fail-if-slower",
      paramLabel = "PERCENT",
      description = "exit code 7 if anything takes that much longer than in the baseline: 5%%")
  private String failIfSlower;

  @Option(names = "--debug", description = "print the stack trace of an error")
  boolean debug;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "show this help")
  boolean help;

  BenchCommand(Screen screen) {
    this.screen = screen;
  }

  @Override
  public Integer call() {
    List<Workload> workloads = workloads();
    double tolerated = tolerated();
    if (!(seconds >= 0 && seconds <= MOST_SECONDS)) {
      throw new UsageException("--seconds must be 0 to 86400, but is " + seconds);
    }
    DeviceOptions.checkThreads(threads);
    BackendOptions wishes =
        BackendOptions.DEFAULT
            .withThreads(threads)
            .withPrecision(DeviceOptions.precision(precision));
    int computing = threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
    Map<String, Object> conditions = BenchConditions.now(computing, wishes.precision());
    try (OpenDevices devices = OpenDevices.open(device, wishes)) {
      devices.leftOut().forEach(reason -> screen.err().println("left out: " + reason));
      BenchBaseline baseline = null;
      if (baselineFile != null) {
        baseline = BenchBaseline.read(baselineFile, conditions, devices.infos());
        baseline.requireAnyOf(workloads, devices.infos());
      }
      BenchRun run = new BenchRun(screen, devices.backends());
      measure(run, workloads, computing, baseline);
      if (json != null) {
        Map<String, Object> document =
            BenchDocument.of(conditions, run.peaks(), run.measurements(), baseline);
        byte[] text = (Json.writeIndented(document) + "\n").getBytes(UTF_8);
        AtomicFile.write(json, out -> out.write(text));
      }
      return baseline == null ? ExitCode.OK : judge(run.measurements(), baseline, tolerated);
    }
  }

  private void measure(
      BenchRun run, List<Workload> workloads, int computing, BenchBaseline baseline) {
    BenchTable table = new BenchTable(screen, baseline);
    run.measurePeaks(computing).forEach(table::printDevice);
    boolean isAlone = run.peaks().size() == 1;
    table.printHeader(run.peaks().keySet().iterator().next(), isAlone);
    Plan plan = Plan.ofSeconds(seconds / workloads.size());
    List<String> advice = new ArrayList<>();
    for (Workload workload : workloads) {
      List<Measurement> block = run.measure(workload, plan);
      table.printBlock(block);
      if (net != null && workload.name().equals("step") && !isAlone) {
        advice.add(BenchAdvice.of(block));
      }
    }
    table.printLegend(isAlone, run.measurements().stream().allMatch(Measurement::isSettled));
    advice.forEach(screen.out()::println);
  }

  private List<Workload> workloads() {
    if (net == null && (batch != null || activation != null)) {
      throw new UsageException(
          (batch != null ? "--batch" : "--activation")
              + " goes with --net, as in --net 784,128,10");
    }
    List<String> names = operations;
    if (names == null) {
      names = net != null ? List.of("step") : List.of(DEFAULT_OPERATIONS.split(",", -1));
    }
    List<Workload> workloads = new ArrayList<>();
    for (String name : names) {
      if (name.equals("step")) {
        nets().forEach(each -> workloads.add(each.workload()));
      } else {
        addOperation(name, workloads);
      }
    }
    if (net != null && !names.contains("step")) {
      nets().forEach(each -> workloads.add(each.workload()));
    }
    return workloads;
  }

  private void addOperation(String name, List<Workload> workloads) {
    if (sizes == null) {
      workloads.addAll(NetworkOptions.parsed("--op", () -> Workloads.of(name, null)));
      return;
    }
    for (String size : sizes) {
      Shape shape = NetworkOptions.parsed("--size", () -> Shape.of(size));
      workloads.addAll(NetworkOptions.parsed("--op", () -> Workloads.of(name, shape)));
    }
  }

  private List<Net> nets() {
    if (net == null) {
      return List.of(Net.S, Net.M);
    }
    int[] layers = NetworkOptions.parseSizes("--net", net);
    Activation function =
        NetworkOptions.parsed(
            "--activation", () -> Activation.of(activation == null ? "relu" : activation));
    int samples = batch == null ? DEFAULT_BATCH : batch;
    if (samples < 1) {
      throw new UsageException("--batch must be at least 1, but is " + samples);
    }
    return List.of(NetworkOptions.parsed("--net", () -> Net.of(function, samples, layers)));
  }

  /** The share by which times may grow; infinite when no regression is looked for. */
  private double tolerated() {
    if (failIfSlower == null) {
      return Double.POSITIVE_INFINITY;
    }
    if (baselineFile == null) {
      throw new UsageException("--fail-if-slower needs --baseline FILE to compare with");
    }
    if (!failIfSlower.matches("\\d{1,4}(\\.\\d{1,4})?%?")) {
      throw new UsageException(
          "--fail-if-slower takes a percentage, as in 5%, but is '" + failIfSlower + "'");
    }
    return Double.parseDouble(failIfSlower.replace("%", "")) / 100;
  }

  private int judge(List<Measurement> measurements, BenchBaseline baseline, double tolerated) {
    int slower = 0;
    for (Measurement each : measurements) {
      Optional<EarlierTime> earlier = baseline.time(each.workload(), each.device());
      if (earlier.isPresent() && earlier.get().isSlowerBy(tolerated, each.standing().nanos())) {
        screen
            .err()
            .printf(
                "slower: %s on %s takes %s times as long as in %s%n",
                each.workload().title(),
                each.device().id(),
                Numbers.ratio(earlier.get().ratio(each.standing().nanos())),
                baselineFile);
        slower++;
      }
    }
    return slower > 0 ? ExitCode.SLOWER : ExitCode.OK;
  }
}
