package dev.myelin.soak;

import dev.myelin.Backend;
import dev.myelin.BackendOptions;
import dev.myelin.TensorArena;
import dev.myelin.cuda.standin.StandInDriver;

/**
 * {@code CyclesMain DEVICE COUNT}: opens an arena, allocates a tensor and closes it, so many times,
 * and prints by how many bytes the process has grown. More than 1 MiB is a failure, however many
 * they were; see .ci/soak.
 */
public final class CyclesMain {
  /** Of the cycles; those before the first look at memory: classes, pools, and free lists. */
  private static final int WARM_UP_SHARE = 10;

  private static final long SLACK_BYTES = 1 << 20;

  private CyclesMain() {}

  public static void main(String[] arguments) throws Exception {
    SoakDevice device = new SoakDevice(arguments[0]);
    int count = Integer.parseInt(arguments[1]);
    device.prepare();
    if (device.isStandIn()) {
      // Kernels are not what is tried here.
      StandInDriver.setRaceChecks(false);
    }
    try (Backend backend = device.open(BackendOptions.DEFAULT)) {
      cycle(backend, count / WARM_UP_SHARE);
      long bytesBefore = residentBytes();
      long beginNanos = System.nanoTime();
      cycle(backend, count);
      double seconds = (System.nanoTime() - beginNanos) / 1e9;
      long grownBytes = residentBytes() - bytesBefore;
      System.out.printf(
          "%s: %,d arenas opened and closed in %.1f s, %,d bytes grown%n",
          device.name(), count, seconds, grownBytes);
      if (grownBytes > SLACK_BYTES) {
        throw new IllegalStateException("the process has grown by " + grownBytes + " bytes");
      }
      if (backend.memory().usedBytes() != 0) {
        throw new IllegalStateException(backend.memory() + " after all arenas were closed");
      }
    }
  }

  private static long residentBytes() {
    System.gc();
    return ProcessMemory.residentBytes();
  }

  private static void cycle(Backend backend, int times) {
    for (int i = 0; i < times; i++) {
      try (TensorArena arena = new TensorArena(backend, "cycle")) {
        arena.allocate("tensor", 1 + i % 1000);
      }
    }
  }
}
