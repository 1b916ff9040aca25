package dev.myelin.peers;

import dev.myelin.io.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One library in a process of its own, which does what {@link RemotePeer} writes to its standard
 * input, line by line, and answers each line with a line of JSON: {@code open WORKLOAD} with the
 * evidence, {@code run REPETITIONS} with the time, {@code close}. Answers begin with {@value
 * #MARK}, since native libraries print what they like. It ends with its input.
 */
public final class PeerProcess {
  static final String MARK = "@peer ";

  private static final CompilationMXBean COMPILERS = ManagementFactory.getCompilationMXBean();

  private final PrintStream answers;
  private Job job;

  private PeerProcess(PrintStream answers) {
    this.answers = answers;
  }

  /**
   * Serves until its input ends.
   *
   * @param arguments a name of {@link Peer}, and the number of threads
   */
  public static void main(String[] arguments) throws IOException {
    PrintStream answers = System.out;
    System.setOut(System.err);
    new PeerProcess(answers).serve(Peer.valueOf(arguments[0]), Integer.parseInt(arguments[1]));
    // Some libraries leave threads behind that keep a JVM from ending.
    System.exit(0);
  }

  private void serve(Peer peer, int threads) throws IOException {
    try (Library library = peer.open(threads)) {
      answer(Map.of("description", library.description()));
      BufferedReader commands =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (String line = commands.readLine(); line != null; line = commands.readLine()) {
        String[] words = line.split(" ", 2);
        switch (words[0]) {
          case "open" -> open(library, Workload.of(words[1]));
          case "run" -> run(Integer.parseInt(words[1]));
          case "close" -> close();
          default -> throw new IllegalArgumentException("no command: '" + line + "'");
        }
      }
      close();
    }
  }

  private void open(Library library, Workload workload) {
    job = library.open(workload);
    answer(Map.of("evidence", Arrays.stream(job.evidence()).boxed().toList()));
  }

  private void run(int repetitions) {
    long compilerMillisBefore = COMPILERS.getTotalCompilationTime();
    long begunNanos = System.nanoTime();
    job.run(repetitions);
    long elapsedNanos = System.nanoTime() - begunNanos;
    long compilerMillis = COMPILERS.getTotalCompilationTime() - compilerMillisBefore;
    answer(Map.of("nanos", elapsedNanos, "compilerMillis", compilerMillis));
  }

  private void close() {
    if (job != null) {
      job.close();
      job = null;
      answer(Map.of());
    }
  }

  private void answer(Map<String, Object> answer) {
    answers.println(MARK + Json.write(new LinkedHashMap<>(answer)));
    answers.flush();
  }
}
