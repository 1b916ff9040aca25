package dev.myelin.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class WorkerPoolTest {
  private static final int CHUNKS = 1000;

  @Test
  void forEach_runsEachChunkOnce() {
    for (int threads = 1; threads <= 4; threads++) {
      try (WorkerPool pool = new WorkerPool(threads)) {
        for (int chunks : new int[] {0, 1, 2, threads, threads + 1, CHUNKS}) {
          AtomicIntegerArray runs = new AtomicIntegerArray(CHUNKS);
          pool.forEach(chunks, (chunk, worker) -> runs.incrementAndGet(chunk));
          for (int chunk = 0; chunk < CHUNKS; chunk++) {
            assertEquals(chunk < chunks ? 1 : 0, runs.get(chunk));
          }
        }
      }
    }
  }

  @Test
  void forEach_manySmallJobs_seesPlainWritesOfTheCallerAndOfTheChunks() {
    try (WorkerPool pool = new WorkerPool(3)) {
      int[] values = new int[7];
      WorkerPool.ChunkTask increment = (chunk, worker) -> values[chunk]++;
      for (int job = 1; job <= 100_000; job++) {
        pool.forEach(values.length, increment);
        for (int value : values) {
          assertEquals(job, value);
        }
      }
    }
  }

  @Test
  void forEach_givesAWorkerIndexToOneThreadAtATime() {
    int threads = 4;
    try (WorkerPool pool = new WorkerPool(threads)) {
      AtomicIntegerArray busy = new AtomicIntegerArray(threads);
      WorkerPool.ChunkTask task =
          (chunk, worker) -> {
            assertEquals(1, busy.incrementAndGet(worker));
            Thread.onSpinWait();
            assertEquals(0, busy.decrementAndGet(worker));
          };
      runFromTwoThreads(() -> pool.forEach(CHUNKS, task));
      runFromTwoThreads(() -> pool.forEach(1, task));
    }
  }

  private static void runFromTwoThreads(Runnable call) {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Runnable repeated =
        () -> {
          for (int i = 0; i < 200; i++) {
            call.run();
          }
        };
    Thread other = new Thread(repeated);
    other.setUncaughtExceptionHandler((thread, e) -> failure.set(e));
    other.start();
    repeated.run();
    join(other);
    assertSame(null, failure.get());
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException("the test was interrupted", e);
    }
  }

  @Test
  void forEach_chunksThatWaitForEachOther_runOnAllThreads() {
    int threads = 3;
    try (WorkerPool pool = new WorkerPool(threads)) {
      CountDownLatch allInside = new CountDownLatch(threads);
      AtomicInteger workers = new AtomicInteger();
      pool.forEach(
          threads,
          (chunk, worker) -> {
            allInside.countDown();
            await(allInside);
            workers.accumulateAndGet(1 << worker, (x, y) -> x | y);
          });
      assertEquals(0b111, workers.get());
    }
  }

  @Test
  void forEach_inEveryJob_givesEachWorkerTheSameShareOfNeighbouringChunks() {
    int threads = 4;
    int chunksOfShare = 2;
    try (WorkerPool pool = new WorkerPool(threads)) {
      for (int job = 0; job < 100; job++) {
        AtomicIntegerArray firstChunks = new AtomicIntegerArray(threads);
        AtomicIntegerArray runs = new AtomicIntegerArray(threads);
        CountDownLatch allHaveOne = new CountDownLatch(threads);
        pool.forEach(
            threads * chunksOfShare,
            (chunk, worker) -> {
              if (runs.getAndIncrement(worker) == 0) {
                firstChunks.set(worker, chunk);
                allHaveOne.countDown();
                await(allHaveOne);
              }
            });
        for (int worker = 0; worker < threads; worker++) {
          assertEquals(worker * chunksOfShare, firstChunks.get(worker));
        }
      }
    }
  }

  @Test
  void forEach_whileOneWorkerIsDelayed_runsItsShareOnTheOthers() {
    int chunks = 10;
    try (WorkerPool pool = new WorkerPool(2)) {
      CountDownLatch others = new CountDownLatch(chunks - 1);
      pool.forEach(
          chunks,
          (chunk, worker) -> {
            if (chunk == chunks / 2) {
              await(others);
            } else {
              others.countDown();
            }
          });
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(30, TimeUnit.SECONDS), "not all threads took part");
    } catch (InterruptedException e) {
      throw new IllegalStateException("the test was interrupted", e);
    }
  }

  @Test
  void forEach_chunkThrows_rethrowsItAndStaysUsable() {
    for (int threads : new int[] {1, 3}) {
      try (WorkerPool pool = new WorkerPool(threads)) {
        IllegalArgumentException thrown = new IllegalArgumentException("chunk 5");
        for (int repetition = 0; repetition < 100; repetition++) {
          AtomicInteger inside = new AtomicInteger();
          Throwable caught =
              assertThrows(
                  IllegalArgumentException.class,
                  () ->
                      pool.forEach(
                          CHUNKS,
                          (chunk, worker) -> {
                            inside.incrementAndGet();
                            try {
                              if (chunk == 5) {
                                throw thrown;
                              }
                            } finally {
                              inside.decrementAndGet();
                            }
                          }));
          assertSame(thrown, caught);
          assertEquals(0, inside.get());
          AtomicInteger runs = new AtomicInteger();
          pool.forEach(CHUNKS, (chunk, worker) -> runs.incrementAndGet());
          assertEquals(CHUNKS, runs.get());
        }
      }
    }
  }

  @Test
  void forEach_allChunksThrow_suppressesTheLaterOnes() {
    int threads = 3;
    try (WorkerPool pool = new WorkerPool(threads)) {
      CountDownLatch allInside = new CountDownLatch(threads);
      Error caught =
          assertThrows(
              AssertionError.class,
              () ->
                  pool.forEach(
                      CHUNKS,
                      (chunk, worker) -> {
                        allInside.countDown();
                        await(allInside);
                        throw new AssertionError("worker " + worker);
                      }));
      assertEquals(threads - 1, caught.getSuppressed().length);
    }
  }

  @Test
  void forEach_fromInsideAChunk_throws() {
    for (int threads : new int[] {1, 3}) {
      try (WorkerPool pool = new WorkerPool(threads)) {
        IllegalStateException caught =
            assertThrows(
                IllegalStateException.class,
                () -> pool.forEach(8, (chunk, worker) -> pool.forEach(1, (c, w) -> {})));
        assertEquals(
            "a chunk called its own worker pool; split the work into more chunks instead",
            caught.getMessage());
      }
    }
  }

  @Test
  void forEach_fromAnotherPoolsChunk_runs() {
    try (WorkerPool outer = new WorkerPool(2);
        WorkerPool inner = new WorkerPool(2)) {
      AtomicInteger runs = new AtomicInteger();
      outer.forEach(4, (chunk, worker) -> inner.forEach(5, (c, w) -> runs.incrementAndGet()));
      assertEquals(20, runs.get());
    }
  }

  @Test
  void forEach_interruptedCaller_finishesAndStaysInterrupted() {
    try (WorkerPool pool = new WorkerPool(3)) {
      AtomicInteger runs = new AtomicInteger();
      Thread.currentThread().interrupt();
      pool.forEach(CHUNKS, (chunk, worker) -> runs.incrementAndGet());
      assertTrue(Thread.interrupted());
      assertEquals(CHUNKS, runs.get());
    }
  }

  @Test
  void close_twice_isHarmlessAndForEachAfterItThrows() {
    for (int threads : new int[] {1, 3}) {
      WorkerPool pool = new WorkerPool(threads);
      pool.close();
      pool.close();
      IllegalStateException caught =
          assertThrows(IllegalStateException.class, () -> pool.forEach(2, (chunk, worker) -> {}));
      assertEquals("the worker pool is closed", caught.getMessage());
    }
  }

  @Test
  void close_endsTheThreads() {
    WorkerPool pool = new WorkerPool(3);
    List<Thread> threads = workersOf(pool);
    assertEquals(2, threads.size());
    pool.close();
    for (Thread thread : threads) {
      assertFalse(thread.isAlive());
    }
  }

  @Test
  void idleWorkers_parkAndWakeAgain() throws InterruptedException {
    try (WorkerPool pool = new WorkerPool(3)) {
      for (Thread worker : workersOf(pool)) {
        assertTrue(worker.isDaemon());
        while (worker.getState() != Thread.State.WAITING) {
          Thread.sleep(1);
        }
      }
      CountDownLatch allInside = new CountDownLatch(3);
      pool.forEach(
          3,
          (chunk, worker) -> {
            allInside.countDown();
            await(allInside);
          });
      assertEquals(0, allInside.getCount());
    }
  }

  /** The worker threads, caught at work: each of the chunks waits until all threads have one. */
  private static List<Thread> workersOf(WorkerPool pool) {
    List<Thread> workers = new ArrayList<>();
    CountDownLatch allInside = new CountDownLatch(pool.threads());
    pool.forEach(
        pool.threads(),
        (chunk, worker) -> {
          if (worker != 0) {
            synchronized (workers) {
              workers.add(Thread.currentThread());
            }
          }
          allInside.countDown();
          await(allInside);
        });
    return workers;
  }

  @Test
  void forEach_afterWarmUp_allocatesNothing() {
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (WorkerPool pool = new WorkerPool(3)) {
      int[] runs = new int[16];
      WorkerPool.ChunkTask task = (chunk, worker) -> runs[chunk]++;
      for (int job = 0; job < 20_000; job++) {
        pool.forEach(runs.length, task);
      }
      int jobs = 10_000;
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int job = 0; job < jobs; job++) {
        pool.forEach(runs.length, task);
      }
      assertEquals(0, (threads.getCurrentThreadAllocatedBytes() - before) / jobs, "bytes per job");
    }
  }

  @Test
  void newPool_withoutThreads_throws() {
    IllegalArgumentException caught =
        assertThrows(IllegalArgumentException.class, () -> new WorkerPool(0));
    assertEquals("a pool needs at least 1 thread, but got 0", caught.getMessage());
  }

  @Test
  void newPool_whenTheSystemGivesNoMoreThreads_endsThoseThatWereStarted() {
    List<Thread> started = new ArrayList<>();
    OutOfMemoryError noMore = new OutOfMemoryError("unable to create native thread");
    Consumer<Thread> starter =
        thread -> {
          if (started.size() == 3) {
            throw noMore;
          }
          thread.start();
          started.add(thread);
        };
    assertSame(noMore, assertThrows(OutOfMemoryError.class, () -> new WorkerPool(6, starter)));
    assertEquals(3, started.size());
    for (Thread thread : started) {
      assertFalse(thread.isAlive(), thread.getName());
    }
  }
}
