package dev.myelin.soak;

import dev.myelin.BackendOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** One of the threads: does all jobs in turn on a backend of its own, then opens another one. */
final class Worker implements Runnable {
  private final int number;
  private final SoakDevice device;
  private final BackendOptions options;
  private final SharedThings shared;
  private final Bits firstResults;
  private final Path folder;
  private final Rounds rounds;

  /** Of the lap so far; null before the first and after the last one. */
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
    if (roundsDone % jobs == 0) {
      closePlace();
      place = new Workplace(device, options, shared, folder);
    }
    Job job = Job.ALL.get((int) ((number + roundsDone) % jobs));
    firstResults.requireSame(job.result() + " on " + device.name(), job.work().run(place));
    place.requireAtRest(job.name());
    roundsDone++;
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
