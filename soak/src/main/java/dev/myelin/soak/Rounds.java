package dev.myelin.soak;

import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/**
 * Lets all threads work at once, and holds them between two rounds while memory is looked at. Ends
 * them all when one fails.
 */
final class Rounds {
  interface Round {
    void run() throws Exception;
  }

  // Fair, or else threads that are always working would keep the one that looks out.
  private final ReadWriteLock lock = new ReentrantReadWriteLock(true);
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private volatile boolean over;

  boolean areOver() {
    return over;
  }

  void end() {
    over = true;
  }

  /** Beside those of other threads. */
  void run(Round round) {
    lock.readLock().lock();
    try {
      round.run();
    } catch (Exception | Error thrown) {
      if (!failure.compareAndSet(null, thrown)) {
        failure.get().addSuppressed(thrown);
      }
      end();
    } finally {
      lock.readLock().unlock();
    }
  }

  /** When no thread is in a round; what it has written is seen. */
  <T> T whileAllRest(Supplier<T> look) {
    lock.writeLock().lock();
    try {
      return look.get();
    } finally {
      lock.writeLock().unlock();
    }
  }

  /**
   * @throws IllegalStateException with the first failure of any thread as its cause
   */
  void requireNoFailure() {
    if (failure.get() != null) {
      throw new IllegalStateException("a round failed: " + failure.get(), failure.get());
    }
  }
}
