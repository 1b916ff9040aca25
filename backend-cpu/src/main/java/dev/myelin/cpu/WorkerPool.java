package dev.myelin.cpu;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * A fixed team of threads that runs the chunks of one job at a time, without allocating.
 *
 * <p>The caller works too, as worker 0, beside {@code threads - 1} daemon threads. Each has a share
 * of neighbouring chunks, the same in all jobs of as many, so that it finds in its own cache what
 * it wrote there the last time; whoever is done with its share takes chunks of the others', so who
 * is delayed takes fewer. A worker without work spins for some tens of microseconds, because the
 * next job of a training step is usually near, and then parks.
 *
 * <p>A job never waits for a thread that has not begun: a worker must check in while the job is
 * open, and the caller closes the job when no chunk is left. So a small job costs the caller no
 * more than the wake-up calls.
 */
final class WorkerPool implements AutoCloseable {

  /** One piece of a job. */
  @FunctionalInterface
  interface ChunkTask {
    /**
     * Does the piece.
     *
     * @param chunk in [0, chunks), each exactly once
     * @param worker in [0, threads), never shared by two threads at one time: the index of the
     *     caller's scratch memory
     */
    void run(int chunk, int worker);
  }

  // Cells of `cells`, 128 bytes apart from each other and from what lies before and behind: the
  // hardware fetches cache lines in pairs. Each worker's share has a counter of its own.
  private static final int CELL_DISTANCE = 16;
  private static final int STATE = CELL_DISTANCE;
  private static final int FIRST_COUNTER = 2 * CELL_DISTANCE;

  // STATE = job number << 32 | OPEN, while it may be joined, | how many workers are inside the job.
  private static final long OPEN = 1L << 31;
  private static final long WORKERS_INSIDE = OPEN - 1;
  private static final int JOB_SHIFT = 32;

  private static final long SPIN_NANOS = 50_000;
  private static final int SPINS_PER_CLOCK_READ = 32;

  private final AtomicLongArray cells;
  private final ReentrantLock oneJobAtATime = new ReentrantLock();
  private final Worker[] workers;

  // Written before STATE opens the job and read after joining it, so STATE orders them.
  private ChunkTask task;
  private long chunks;
  private Throwable failure;

  private volatile Thread waitingCaller;
  private volatile boolean closed;

  /**
   * @param threads how many threads run chunks, the caller included
   * @throws IllegalArgumentException if {@code threads < 1}
   * @throws OutOfMemoryError when the system gives no more threads; those started have ended then
   */
  WorkerPool(int threads) {
    this(threads, Thread::start);
  }

  /**
   * @param starter starts each thread; tests let it fail
   */
  WorkerPool(int threads, Consumer<Thread> starter) {
    if (threads < 1) {
      throw new IllegalArgumentException("a pool needs at least 1 thread, but got " + threads);
    }
    cells = new AtomicLongArray(counter(threads));
    workers = new Worker[threads - 1];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Worker(i + 1);
    }
    try {
      for (Worker worker : workers) {
        starter.accept(worker);
      }
    } catch (Throwable failure) {
      close();
      throw failure;
    }
  }

  int threads() {
    return workers.length + 1;
  }

  /**
   * Runs {@code task} for each chunk in [0, chunks) and returns when all are done. What the caller
   * wrote before is visible to the chunks, and what they wrote is visible after.
   *
   * <p>A second thread that calls waits until the first one's job is done, so a worker index is
   * never in use twice. A chunk must not call this pool again.
   *
   * <p>When a chunk throws, no further chunk begins; once all workers have left the job, the first
   * throwable is rethrown, with those of the other workers suppressed. The pool stays usable.
   *
   * @throws IllegalStateException if the pool is closed or the call comes from inside a chunk
   */
  void forEach(int chunkCount, ChunkTask chunkTask) {
    lock();
    try {
      if (closed) {
        throw new IllegalStateException("the worker pool is closed");
      }
      if (chunkCount <= 1 || workers.length == 0) {
        for (int chunk = 0; chunk < chunkCount; chunk++) {
          chunkTask.run(chunk, 0);
        }
      } else {
        runWithWorkers(chunkCount, chunkTask);
      }
    } finally {
      oneJobAtATime.unlock();
    }
  }

  /** Ends the threads, after the job in progress if there is one. Closing twice is harmless. */
  @Override
  public void close() {
    lock();
    try {
      closed = true;
    } finally {
      oneJobAtATime.unlock();
    }
    boolean interrupted = false;
    for (Worker worker : workers) {
      LockSupport.unpark(worker);
      while (worker.isAlive()) {
        try {
          worker.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void lock() {
    boolean insideChunk =
        oneJobAtATime.isHeldByCurrentThread()
            || (Thread.currentThread() instanceof Worker worker && worker.pool() == this);
    if (insideChunk) {
      throw new IllegalStateException(
          "a chunk called its own worker pool; split the work into more chunks instead");
    }
    oneJobAtATime.lock();
  }

  private void runWithWorkers(int chunkCount, ChunkTask chunkTask) {
    task = chunkTask;
    chunks = chunkCount;
    for (int share = 0; share < threads(); share++) {
      cells.setPlain(counter(share), firstChunk(share));
    }
    long job = (cells.get(STATE) >>> JOB_SHIFT) + 1;
    cells.set(STATE, job << JOB_SHIFT | OPEN);
    int helpers = Math.min(workers.length, chunkCount - 1);
    for (int i = 0; i < helpers; i++) {
      if (workers[i].parked) {
        LockSupport.unpark(workers[i]);
      }
    }
    runChunks(0);
    cells.getAndAdd(STATE, -OPEN);
    awaitWorkersInside();
    task = null;
    Throwable thrown = failure;
    if (thrown != null) {
      failure = null;
      rethrow(thrown);
    }
  }

  private void runChunks(int worker) {
    int threads = threads();
    try {
      int share = worker;
      for (int tried = 0; tried < threads; tried++) {
        runShare(share, worker);
        share = share + 1 == threads ? 0 : share + 1;
      }
    } catch (Throwable e) {
      for (int share = 0; share < threads; share++) {
        cells.set(counter(share), chunks);
      }
      recordFailure(e);
    }
  }

  private void runShare(int share, int worker) {
    int counter = counter(share);
    long end = firstChunk(share + 1);
    for (long chunk = cells.getAndIncrement(counter);
        chunk < end;
        chunk = cells.getAndIncrement(counter)) {
      task.run((int) chunk, worker);
    }
  }

  private long firstChunk(int share) {
    return chunks * share / threads();
  }

  private static int counter(int share) {
    return FIRST_COUNTER + share * CELL_DISTANCE;
  }

  private synchronized void recordFailure(Throwable thrown) {
    if (failure == null) {
      failure = thrown;
    } else if (failure != thrown) {
      failure.addSuppressed(thrown);
    }
  }

  private void awaitWorkersInside() {
    if (spinUntilNoneInside()) {
      return;
    }
    waitingCaller = Thread.currentThread();
    while ((cells.get(STATE) & WORKERS_INSIDE) != 0) {
      LockSupport.park(this);
    }
    waitingCaller = null;
  }

  private boolean spinUntilNoneInside() {
    long start = System.nanoTime();
    for (int spins = 1; (cells.get(STATE) & WORKERS_INSIDE) != 0; spins++) {
      if (spins % SPINS_PER_CLOCK_READ == 0 && System.nanoTime() - start > SPIN_NANOS) {
        return false;
      }
      Thread.onSpinWait();
    }
    return true;
  }

  private static void rethrow(Throwable thrown) {
    if (thrown instanceof RuntimeException unchecked) {
      throw unchecked;
    }
    if (thrown instanceof Error error) {
      throw error;
    }
    throw new IllegalStateException("a chunk threw a checked exception", thrown);
  }

  private final class Worker extends Thread {
    private final int index;
    private long lastJob;
    private volatile boolean parked;

    Worker(int index) {
      super("myelin-cpu-" + index);
      this.index = index;
      setDaemon(true);
    }

    WorkerPool pool() {
      return WorkerPool.this;
    }

    @Override
    public void run() {
      while (!closed) {
        if (joinNewJob()) {
          runChunks(index);
          leaveJob();
        } else if (!spinForNews()) {
          parkUntilNews();
        }
      }
    }

    private boolean joinNewJob() {
      long state = cells.get(STATE);
      while (isNews(state)) {
        if (cells.compareAndSet(STATE, state, state + 1)) {
          lastJob = state >>> JOB_SHIFT;
          return true;
        }
        state = cells.get(STATE);
      }
      return false;
    }

    private void leaveJob() {
      long state = cells.decrementAndGet(STATE);
      if ((state & (OPEN | WORKERS_INSIDE)) == 0) {
        // Null while the caller still spins, and then unpark does nothing.
        LockSupport.unpark(waitingCaller);
      }
    }

    private boolean isNews(long state) {
      return (state & OPEN) != 0 && state >>> JOB_SHIFT != lastJob;
    }

    private boolean hasNews() {
      return closed || isNews(cells.get(STATE));
    }

    private boolean spinForNews() {
      long start = System.nanoTime();
      for (int spins = 1; !hasNews(); spins++) {
        if (spins % SPINS_PER_CLOCK_READ == 0 && System.nanoTime() - start > SPIN_NANOS) {
          return false;
        }
        Thread.onSpinWait();
      }
      return true;
    }

    private void parkUntilNews() {
      parked = true;
      while (!hasNews()) {
        LockSupport.park(WorkerPool.this);
        // A pending interrupt would turn park into a busy loop; nobody has a reason to send one.
        Thread.interrupted();
      }
      parked = false;
    }
  }
}
