package dev.myelin.peers;

import dev.myelin.cli.bench.Comparison;
import dev.myelin.cli.bench.Contender;
import dev.myelin.cli.bench.Standing;
import dev.myelin.io.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Compares Myelin with other libraries, in turns, and writes what was measured, line by line of
 * JSON: first the conditions, then for each workload and contender the time of one repetition in
 * each round, in nanoseconds. Of a training, a repetition is an epoch.
 *
 * <p>Before anything is timed, all contenders must agree on the results, and on the losses of two
 * epochs of training from the same parameters on the same data.
 */
public final class PeerComparison implements AutoCloseable {
  private final Options options;
  private final TurnClock clock = new TurnClock();
  private final List<RemotePeer> peers = new ArrayList<>();

  private PeerComparison(Options options) throws IOException {
    this.options = options;
    Path logs = Files.createDirectories(ClassPaths.target().resolve("logs"));
    for (Peer peer : options.peers()) {
      System.err.println("starting " + peer.label());
      List<String> command = ClassPaths.command(peer, options.threads());
      Path log = logs.resolve(peer.name() + ".log");
      peers.add(new RemotePeer(peer, options.threads(), command, clock, log));
    }
  }

  /**
   * Compares, and writes the file.
   *
   * @param arguments see {@link Options}
   */
  public static void main(String[] arguments) throws IOException {
    Options options = Options.of(arguments);
    try (PeerComparison comparison = new PeerComparison(options)) {
      comparison.run();
    }
  }

  private void run() throws IOException {
    Files.deleteIfExists(options.out());
    write(Conditions.line(options, peers));
    for (Workload workload : options.workloads()) {
      List<RemotePeer> taking =
          peers.stream().filter(peer -> peer.peer().takesPartIn(workload)).toList();
      if (taking.size() > 1) {
        measure(workload, taking);
      }
    }
  }

  private void measure(Workload workload, List<RemotePeer> taking) throws IOException {
    Agreement agreement = new Agreement(workload);
    for (RemotePeer peer : taking) {
      agreement.add(peer.peer().label(), peer.open(workload));
    }
    agreement.require();
    List<Contender> contenders = taking.stream().map(RemotePeer::contender).toList();
    Comparison.Result result =
        new Comparison(options.plan(taking.size()), clock::nanos, clock::compilerMillis)
            .run(contenders);
    contenders.forEach(Contender::close);
    for (Standing standing : result.standings()) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("what", workload.text());
      line.put("contender", standing.name());
      line.put("medianNanos", standing.nanos().median());
      line.put("repetitions", standing.repetitions());
      line.put("settled", result.isSettled());
      line.put("evidence", agreement.evidenceOf(standing.name()));
      line.put("nanos", standing.nanos().inOrder());
      write(line);
      print(workload, standing);
    }
  }

  private static void print(Workload workload, Standing standing) {
    double nanos = standing.nanos().median();
    System.err.printf(
        Locale.ROOT, "%-24s %-16s %12.1f us", workload.text(), standing.name(), nanos / 1e3);
    if (workload.operations() > 0) {
      System.err.printf(Locale.ROOT, "  %7.1f GFLOP/s", workload.operations() / nanos);
    }
    System.err.println();
  }

  /** At once, so that a run that is cut off has what it measured. */
  private void write(Map<String, Object> line) throws IOException {
    Files.writeString(
        options.out(),
        Json.write(line) + "\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }

  @Override
  public void close() {
    peers.forEach(RemotePeer::close);
  }
}
