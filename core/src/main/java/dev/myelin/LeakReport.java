package dev.myelin;

import java.lang.System.Logger.Level;
import java.lang.ref.Cleaner;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Where an arena was opened, to be told when it is not closed. Taken only for devices that are
 * opened while the system property {@value #PROPERTY} is {@code true}, since to take a stack trace
 * costs more than to open the arena.
 */
final class LeakReport {
  static final String PROPERTY = "myelin.leaks";

  /** Nobody's before the first arena is watched: it starts a thread. */
  private static final class Watch {
    static final Cleaner CLEANER = Cleaner.create();

    private Watch() {}
  }

  private final String device;
  private final Throwable opened;
  private final AtomicBoolean isLogged = new AtomicBoolean();
  private Cleaner.Cleanable watch;

  /** Made by the thread that opens the arena. */
  LeakReport(String device, String arena) {
    this.device = device;
    this.opened = new Throwable("arena '" + arena + "' was opened here");
  }

  static boolean isOn() {
    return Boolean.getBoolean(PROPERTY);
  }

  /** Reports when the arena is lost, until {@link #end}. */
  void watch(TensorArena arena, ArenaContents contents) {
    watch = Watch.CLEANER.register(arena, contents::reportLost);
  }

  /**
   * The arena was closed. What is watched is held on to; and a device may hold the tensors that it
   * was last given, and through them the arena, which then never was lost.
   */
  void end() {
    // Null when the arena could not be opened.
    if (watch != null) {
      watch.clean();
    }
  }

  /** Once an arena. */
  void log(ArenaContents contents, String what) {
    if (!isLogged.getAndSet(true)) {
      String message =
          String.format(
              "arena '%s' of device %s %s: %d tensors, %d bytes",
              contents.name(), device, what, contents.tensors(), contents.bytes());
      System.getLogger(TensorArena.class.getName()).log(Level.WARNING, message, opened);
    }
  }
}
