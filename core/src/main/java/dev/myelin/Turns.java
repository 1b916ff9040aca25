package dev.myelin;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Notices when two threads are inside one backend at the same time. It makes nobody wait: to take
 * turns is the users' business, since only they know what belongs together.
 *
 * <p>A turn costs one compare-and-set and one release. It also makes what a thread has written in
 * its turn visible to the thread that has the next one.
 */
final class Turns {
  private static final VarHandle USER;

  static {
    try {
      USER = MethodHandles.lookup().findVarHandle(Turns.class, "user", Thread.class);
    } catch (ReflectiveOperationException impossible) {
      throw new ExceptionInInitializerError(impossible);
    }
  }

  private final String device;

  /** Who is inside; null when nobody is. */
  @SuppressWarnings("unused") // through USER
  private volatile Thread user;

  /**
   * @param device what messages call it
   */
  Turns(String device) {
    this.device = device;
  }

  /**
   * Begins a call.
   *
   * @return whether the calling thread was outside before: a call within a call leaves nothing
   * @throws ConcurrentUseException when another thread is inside
   */
  boolean enter() {
    Thread current = Thread.currentThread();
    // Nobody but the current thread writes its own name there.
    if (USER.getOpaque(this) == current) {
      return false;
    }
    Thread other = (Thread) USER.compareAndExchangeAcquire(this, (Thread) null, current);
    if (other != null) {
      throw refusal(current, other);
    }
    return true;
  }

  /**
   * Ends a call.
   *
   * @param wasOutside what {@link #enter} returned
   */
  void leave(boolean wasOutside) {
    if (wasOutside) {
      USER.setRelease(this, (Thread) null);
    }
  }

  private ConcurrentUseException refusal(Thread current, Thread other) {
    Throwable there = new Throwable("thread '" + other.getName() + "' is here");
    there.setStackTrace(other.getStackTrace());
    return new ConcurrentUseException(
        String.format(
            "device %s is used by thread '%s' while thread '%s' is using it: a backend and its"
                + " tensors are for one thread at a time. Take turns, or open a backend for each"
                + " thread",
            device, current.getName(), other.getName()),
        there);
  }
}
