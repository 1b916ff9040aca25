package dev.myelin.peers;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Waits until no thread of another process runs, as Linux tells in /proc. */
final class Stillness {
  private static final int LOOKS = 3;
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(20);

  private final Path threads;

  Stillness(long process) {
    threads = Path.of("/proc", String.valueOf(process), "task");
  }

  /**
   * Returns when all threads were found asleep so often in a row.
   *
   * @throws IOException when that does not happen: something else is wrong then
   */
  void await() throws IOException {
    long begunNanos = System.nanoTime();
    int still = 0;
    while (still < LOOKS) {
      LockSupport.parkNanos(PAUSE_NANOS);
      still = isAnyRunning() ? 0 : still + 1;
      if (System.nanoTime() - begunNanos > LONGEST_NANOS) {
        throw new IOException("threads of " + threads + " do not come to rest");
      }
    }
  }

  private boolean isAnyRunning() throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(threads)) {
      for (Path thread : entries) {
        if (isRunning(thread.resolve("stat"))) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean isRunning(Path stat) throws IOException {
    try {
      String line = Files.readString(stat);
      // "id (name) state ...", and a name may hold anything.
      return line.startsWith("R", line.lastIndexOf(')') + 2);
    } catch (FileSystemException ended) {
      return false;
    }
  }
}
