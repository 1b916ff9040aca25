package dev.myelin.peers;

import dev.myelin.cli.bench.Contender;
import dev.myelin.io.Json;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A library in its process, seen from the one that compares. Between its turns it sleeps: a turn
 * ends when no thread of its process runs any more, because OpenMP's threads go on spinning for a
 * while after their work, MKL's for 200 ms, and would take the processor from whoever is next.
 */
final class RemotePeer implements AutoCloseable {
  private final Peer peer;
  private final TurnClock clock;
  private final Path log;
  private final Process process;
  private final BufferedWriter commands;
  private final BufferedReader answers;
  private final Stillness stillness;
  private final String description;

  /**
   * @param clock moved forward by the time that the process says its work took
   * @param log where its standard error goes
   */
  RemotePeer(Peer peer, int threads, List<String> command, TurnClock clock, Path log)
      throws IOException {
    this.peer = peer;
    this.clock = clock;
    this.log = log;
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(Peer.environment(threads));
    builder.redirectError(log.toFile());
    process = builder.start();
    commands =
        new BufferedWriter(
            new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
    answers =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    stillness = new Stillness(process.pid());
    description = (String) answer().get("description");
  }

  Peer peer() {
    return peer;
  }

  /** What the library says of itself. */
  String description() {
    return description;
  }

  /**
   * Prepares a piece of work.
   *
   * @return the evidence of its result
   */
  double[] open(Workload workload) {
    List<?> evidence = (List<?>) ask("open " + workload.text()).get("evidence");
    return evidence.stream().mapToDouble(value -> ((Number) value).doubleValue()).toArray();
  }

  /** The work that was opened last; closing it gives the work back, not the process. */
  Contender contender() {
    return new Contender() {
      @Override
      public String name() {
        return peer.label();
      }

      @Override
      public void run(int repetitions) {
        Map<?, ?> times = ask("run " + repetitions);
        clock.forward(whole(times, "nanos"), whole(times, "compilerMillis"));
      }

      @Override
      public void close() {
        ask("close");
      }
    };
  }

  private static long whole(Map<?, ?> answer, String key) {
    return ((Number) answer.get(key)).longValue();
  }

  private Map<?, ?> ask(String command) {
    try {
      commands.write(command + "\n");
      commands.flush();
      Map<?, ?> answer = answer();
      stillness.await();
      return answer;
    } catch (IOException e) {
      throw new UncheckedIOException(peer.label() + ": " + command, e);
    }
  }

  private Map<?, ?> answer() throws IOException {
    String line = answers.readLine();
    while (line != null && !line.startsWith(PeerProcess.MARK)) {
      line = answers.readLine();
    }
    if (line == null) {
      throw new IOException("the process of " + peer.label() + " has ended; its log is " + log);
    }
    return (Map<?, ?>) Json.read(line.substring(PeerProcess.MARK.length()));
  }

  @Override
  public void close() {
    try {
      commands.close();
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (IOException alreadyGone) {
      process.destroyForcibly();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
