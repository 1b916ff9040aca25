package dev.myelin.soak;

import dev.myelin.cuda.standin.StandInDriver;
import dev.myelin.cuda.standin.StandInUnavailableException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Training and prediction on several devices from several threads at once, each on a backend of its
 * own, for as long as is asked for. Every result must have the bits of the first one, every round
 * must give back what it took, and memory must not grow.
 */
final class Soak {
  private static final int THREADS = 8;

  private final List<SoakDevice> devices;
  private final Path folder;
  private final List<Sample> samples = new ArrayList<>();
  private final Rounds rounds = new Rounds();
  private List<Worker> workers = List.of();
  private long begunNanos;

  /**
   * @param folder for samples.csv and summary.txt, which are replaced, and for files of the threads
   */
  Soak(List<SoakDevice> devices, Path folder) {
    this.devices = List.copyOf(devices);
    this.folder = folder;
  }

  /**
   * Works for so long.
   *
   * @return whether memory was flat; not given when samples were too few to tell
   * @throws IllegalStateException when a round failed, a result had other bits than the first one,
   *     or something was not given back in the end
   */
  Verdict run(long seconds, long secondsBetweenSamples)
      throws IOException, InterruptedException, StandInUnavailableException {
    Files.createDirectories(folder);
    // A run that fails must not leave an earlier one's word behind.
    Files.deleteIfExists(summary());
    for (SoakDevice device : devices) {
      device.prepare();
    }
    LeakLog leaks = new LeakLog();
    Path work = Files.createTempDirectory("myelin-soak");
    SharedThings shared = SharedThings.make(work);
    Bits firstResults = new Bits();
    List<Worker> made = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      SoakDevice device = devices.get(i % devices.size());
      made.add(new Worker(i, device, shared, firstResults, work, rounds));
    }
    workers = made;
    work(seconds, secondsBetweenSamples);
    rounds.requireNoFailure();
    leaks.requireNone();
    requireDriverContent();
    deleteFolders(work);
    Verdict verdict = Verdict.of(samples);
    summarize(verdict);
    return verdict;
  }

  private Path summary() {
    return folder.resolve("summary.txt");
  }

  private void work(long seconds, long secondsBetweenSamples)
      throws IOException, InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (Worker worker : workers) {
      threads.add(new Thread(worker, "soak-" + threads.size()));
    }
    begunNanos = System.nanoTime();
    threads.forEach(Thread::start);
    try (PrintStream csv = new PrintStream(folder.resolve("samples.csv").toFile(), "UTF-8")) {
      csv.println(Sample.HEADER);
      for (long due = secondsBetweenSamples; due <= seconds; due += secondsBetweenSamples) {
        if (!waitUntil(due)) {
          break;
        }
        Sample sample = rounds.whileAllRest(this::sample);
        samples.add(sample);
        csv.println(sample.line());
      }
    } finally {
      rounds.end();
      for (Thread thread : threads) {
        thread.join();
      }
    }
  }

  /** Returns false when the rounds have ended before. */
  private boolean waitUntil(long second) throws InterruptedException {
    long dueNanos = begunNanos + TimeUnit.SECONDS.toNanos(second);
    while (!rounds.areOver() && System.nanoTime() < dueNanos) {
      Thread.sleep(20);
    }
    return !rounds.areOver();
  }

  /** What comes and goes with laps is closed first, so that samples can be compared. */
  private Sample sample() {
    long deviceBytes = workers.stream().mapToLong(Worker::usedBytes).sum();
    workers.forEach(Worker::closeUnlessKept);
    System.gc();
    return new Sample(
        (System.nanoTime() - begunNanos) / 1e9,
        workers.stream().mapToLong(Worker::roundsDone).sum(),
        ProcessMemory.residentBytes(),
        ProcessMemory.heapBytes(),
        deviceBytes,
        usesStandIn() ? StandInDriver.usedBytes() : 0,
        ProcessMemory.threads(),
        ProcessMemory.openFiles());
  }

  private boolean usesStandIn() {
    return devices.stream().anyMatch(SoakDevice::isStandIn);
  }

  /** The stand-in has seen no mistake, and everything was given back to it. */
  private void requireDriverContent() {
    if (usesStandIn()) {
      List<String> complaints = new ArrayList<>(StandInDriver.reports());
      complaints.addAll(StandInDriver.leaks());
      if (StandInDriver.usedBytes() != 0) {
        complaints.add(StandInDriver.usedBytes() + " bytes are still allocated");
      }
      if (!complaints.isEmpty()) {
        throw new IllegalStateException("the CUDA driver has seen: " + complaints);
      }
    }
  }

  /** The threads have deleted all that they made in their folders. */
  private static void deleteFolders(Path work) throws IOException {
    for (int i = 0; i < THREADS; i++) {
      Files.delete(work.resolve("thread-" + i));
    }
    Files.delete(work.resolve("model.safetensors"));
    Files.delete(work);
  }

  private void summarize(Verdict verdict) throws IOException {
    Map<String, Long> roundsByDevice =
        workers.stream()
            .collect(
                Collectors.groupingBy(
                    worker -> worker.device().name(),
                    TreeMap::new,
                    Collectors.summingLong(Worker::roundsDone)));
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            "%,d s, %d threads, Java %s, %d processors",
            (System.nanoTime() - begunNanos) / 1_000_000_000,
            THREADS,
            Runtime.version(),
            Runtime.getRuntime().availableProcessors()));
    lines.add("rounds " + roundsByDevice + ", each with the bits of the first one");
    if (verdict.isGiven()) {
      lines.add(
          String.format(
              "%-16s %15s %15s %15s %15s",
              "median of", "2nd quarter", "last", "growth", "allowed"));
      verdict.lines().forEach(line -> lines.add(line.toString()));
      lines.add(verdict.isPassed() ? "PASSED" : "FAILED: memory grows");
    } else {
      lines.add(
          "NOT JUDGED: " + samples.size() + " samples are too few to tell whether memory grows");
    }
    Files.write(summary(), lines);
    lines.forEach(System.out::println);
  }
}
