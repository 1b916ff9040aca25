package dev.myelin.soak;

import dev.myelin.BackendOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * One of the threads: does all jobs in turn on a backend of its own. Every other thread keeps its
 * backend from the beginning to the end; the others open a new one for each lap through the jobs.
 */
final class Worker implements Runnable {
  private final int number;
  private final SoakDevice device;
  private final BackendOptions options;
  private final SharedThings shared;
  private final Bits firstResults;
  private final Path folder;
  private final Rounds rounds;

  /** Null before the first round, after the last one, and when it was closed on the way. */
  private Workplace place;

  private long roundsDone;

  /**
   * @param number from 0; each begins its laps with another job, and where the processor computes
   *     they do it with different numbers of threads
   */
  Worker(
      int number,
      SoakDevice device,
      SharedThings shared,
      Bits firstResults,
      Path folder,
      Rounds rounds)
      throws IOException {
    this.number = number;
    this.device = device;
    this.options = BackendOptions.DEFAULT.withThreads(1 + number % 3);
    this.shared = shared;
    this.firstResults = firstResults;
    this.folder = Files.createDirectory(folder.resolve("thread-" + number));
    this.rounds = rounds;
  }

  @Override
  public void run() {
    while (!rounds.areOver()) {
      rounds.run(this::doRound);
    }
    rounds.run(this::closePlace);
  }

  private void doRound() throws Exception {
    int jobs = Job.ALL.size();
    if (!keepsItsBackend() && roundsDone % jobs == 0) {
      closePlace();
    }
    if (place == null) {
      place = new Workplace(device, options, shared, folder);
    }
    Job job = Job.ALL.get((int) ((number + roundsDone) % jobs));
    firstResults.requireSame(job.result() + " on " + device.name(), job.work().run(place));
    place.requireAtRest(job.name());
    roundsDone++;
  }

  private boolean keepsItsBackend() {
    return number % 2 == 1;
  }

  /** From another thread, while this one rests: what is not kept for good is closed. */
  void closeUnlessKept() {
    if (!keepsItsBackend()) {
      closePlace();
    }
  }

  private void closePlace() {
    if (place != null) {
      place.close();
      place = null;
    }
  }

  SoakDevice device() {
    return device;
  }

  /** While the thread rests. */
  long roundsDone() {
    return roundsDone;
  }

  /** What its tensors take, while the thread rests. */
  long usedBytes() {
    return place == null ? 0 : place.usedBytes();
  }
}
