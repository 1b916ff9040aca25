package dev.myelin.peers;

import dev.myelin.cli.bench.Plan;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a run of {@link PeerComparison} is told, all optional: {@code --threads=2}, {@code
 * --seconds=4} of work for each contender and workload, {@code --quick} (0.3 s), {@code
 * --only=PART_OF_WORKLOAD,...}, {@code --peers=MYELIN,MKL,...}, {@code --commit=HASH}, {@code
 * --out=FILE}.
 *
 * @param threads of every contender
 * @param seconds of work for each contender and workload
 * @param only parts of workloads' texts, of which one must occur; "" is part of all
 * @param peers in this order; the first is what the others are checked against
 * @param commit of Myelin, for the record
 * @param out where the lines go
 */
record Options(
    int threads, double seconds, List<String> only, List<Peer> peers, String commit, Path out) {

  private static final Pattern KNOWN =
      Pattern.compile("--quick|--(threads|seconds|only|peers|commit|out)=.+");

  /**
   * Reads a command line.
   *
   * @throws IllegalArgumentException naming what is not understood
   */
  static Options of(String... arguments) {
    for (String argument : arguments) {
      if (!KNOWN.matcher(argument).matches()) {
        throw new IllegalArgumentException(
            "unknown option " + argument + "; there are " + KNOWN.pattern());
      }
    }
    boolean isQuick = Arrays.asList(arguments).contains("--quick");
    String names = option(arguments, "peers", "");
    return new Options(
        Integer.parseInt(option(arguments, "threads", "2")),
        Double.parseDouble(option(arguments, "seconds", isQuick ? "0.3" : "4")),
        List.of(option(arguments, "only", "").split(",", -1)),
        names.isEmpty()
            ? List.of(Peer.values())
            : Arrays.stream(names.split(",", -1)).map(Peer::valueOf).toList(),
        option(arguments, "commit", "not given"),
        Path.of(option(arguments, "out", "peers.jsonl")));
  }

  private static String option(String[] arguments, String name, String otherwise) {
    String prefix = "--" + name + "=";
    for (String argument : arguments) {
      if (argument.startsWith(prefix)) {
        return argument.substring(prefix.length());
      }
    }
    return otherwise;
  }

  List<Workload> workloads() {
    return Workloads.all().stream()
        .filter(workload -> only.stream().anyMatch(workload.text()::contains))
        .toList();
  }

  Plan plan(int contenders) {
    return Plan.ofSeconds(seconds * contenders);
  }
}
