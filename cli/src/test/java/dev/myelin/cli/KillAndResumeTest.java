package dev.myelin.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.myelin.random.Philox;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills real processes by SIGKILL at random moments, resumes them each time, and compares the model
 * files with that of a run that was left alone. Properties make it larger:
 *
 * <pre>
 * mvn -pl cli -am test -Dtest=KillAndResumeTest -Dsurefire.failIfNoSpecifiedTests=false \
 *     -Dmyelin.kills=20 -Dmyelin.killLog=FILE -Dmyelin.killTraining="--data MNIST_FOLDER ..."
 * </pre>
 */
class KillAndResumeTest {
  private static final int KILLS = Integer.getInteger("myelin.kills", 3);
  private static final long SEED = Long.getLong("myelin.killSeed", 1);
  private static final String TRAINING =
      System.getProperty(
          "myelin.killTraining",
          "--data digits --samples 2000 --hidden 32 --epochs 4 --dropout 0.1 --patience 4 --every"
              + " 3");

  @TempDir Path temporary;

  private final List<String> log = new ArrayList<>();

  @Test
  void runsKilledAtAnyMoment_endWithTheBytesOfOneThatWasNeverStopped() throws Exception {
    assumeTrue(File.separatorChar == '/', "elsewhere a process cannot be killed without notice");
    Path whole = temporary.resolve("whole.safetensors");
    long begunNanos = System.nanoTime();
    Process uninterrupted = start(whole, null);
    assertEquals(0, uninterrupted.waitFor(), this::printed);
    long wholeMillis = (System.nanoTime() - begunNanos) / 1_000_000;
    String expected = sha256(whole);
    say("train %s", TRAINING);
    say("java %s, seed %d", Runtime.version(), SEED);
    say("never stopped: %,d ms, SHA-256 %s", wholeMillis, expected);
    Philox random = new Philox(SEED, 0);
    int kills = 0;
    for (int run = 1; kills < KILLS; run++) {
      kills = killUntilItEnds(run, kills, wholeMillis, random);
      String found = sha256(temporary.resolve("run" + run + ".safetensors"));
      say("run %d ended: SHA-256 %s, %s", run, found, found.equals(expected) ? "equal" : "OTHER");
      writeLog();
      assertEquals(expected, found, "run " + run);
    }
  }

  /** Returns how many kills there were in all runs so far. */
  private int killUntilItEnds(int run, int killsBefore, long wholeMillis, Philox random)
      throws IOException, InterruptedException {
    Path model = temporary.resolve("run" + run + ".safetensors");
    Path folder = temporary.resolve("checkpoints" + run);
    int kills = killsBefore;
    while (true) {
      Process process = start(model, folder);
      long delayMillis = (long) (wholeMillis * random.nextDouble());
      boolean isEnded =
          kills < KILLS
              ? process.waitFor(delayMillis, TimeUnit.MILLISECONDS)
              : process.waitFor(10, TimeUnit.MINUTES);
      if (isEnded) {
        assertEquals(0, process.exitValue(), this::printed);
        return kills;
      }
      process.destroyForcibly().waitFor();
      kills++;
      say("kill %d, in run %d: after %,d ms; %s", kills, run, delayMillis, left(folder));
    }
  }

  /** What the killed process left in its folder. */
  private static String left(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return "it had not begun";
    }
    try (Stream<Path> files = Files.list(folder)) {
      List<String> names = files.map(each -> each.getFileName().toString()).sorted().toList();
      String newest =
          names.stream()
              .filter(each -> each.endsWith(".safetensors"))
              .reduce((first, last) -> last)
              .map(each -> "newest checkpoint at step " + each.replaceAll("\\D+0*|\\D", ""))
              .orElse("no checkpoint yet");
      boolean isHalfWritten = names.stream().anyMatch(each -> each.endsWith(".tmp"));
      return newest + (isHalfWritten ? ", the next one half written" : "");
    }
  }

  private Process start(Path model, Path checkpoints) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector",
                "-XX:+UseParallelGC",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "train",
                "--device",
                "cpu",
                "--save",
                model.toString()));
    // Without a folder there is no --every.
    String training = checkpoints == null ? TRAINING.replaceAll(" --every \\d+", "") : TRAINING;
    command.addAll(List.of(training.trim().split(" +")));
    if (checkpoints != null) {
      command.addAll(List.of("--checkpoint", checkpoints.toString(), "--resume"));
    }
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(temporary.resolve("printed").toFile())
        .start();
  }

  private String printed() {
    try {
      return Files.readString(temporary.resolve("printed"));
    } catch (IOException unreadable) {
      return unreadable.toString();
    }
  }

  private void say(String format, Object... values) {
    log.add(String.format(Locale.ROOT, format, values));
  }

  private void writeLog() throws IOException {
    String file = System.getProperty("myelin.killLog");
    if (file != null) {
      Files.write(Path.of(file), log);
    }
  }

  private static String sha256(Path file) throws Exception {
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
    return HexFormat.of().formatHex(digest);
  }
}
