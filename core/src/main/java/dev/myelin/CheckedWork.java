package dev.myelin;

import java.util.List;
import java.util.Set;

/**
 * Captured work behind checks of lifetime. A backend that really records replays addresses, which
 * no operation checks again: so everything the work was recorded with must still be there.
 */
final class CheckedWork implements CapturedWork {
  private final CheckedBackend backend;
  private final CapturedWork work;
  private final List<TensorArena> arenas;
  private boolean closed;

  /**
   * @param arenas of all tensors that the recorded operations use
   */
  CheckedWork(CheckedBackend backend, CapturedWork work, Set<TensorArena> arenas) {
    this.backend = backend;
    this.work = work;
    this.arenas = List.copyOf(arenas);
  }

  @Override
  public void replay() {
    boolean wasOutside = backend.enter();
    try {
      replayChecked();
    } finally {
      backend.leave(wasOutside);
    }
  }

  private void replayChecked() {
    backend.requireOpen();
    if (closed) {
      throw new IllegalStateException(
          "captured work of device " + backend.device().id() + " is replayed after it was closed");
    }
    // By index: an iterator would be allocated in every step.
    for (int i = 0; i < arenas.size(); i++) {
      arenas.get(i).requireOpen("captured work");
    }
    backend.setReplaying(Thread.currentThread());
    try {
      work.replay();
    } finally {
      backend.setReplaying(null);
    }
  }

  @Override
  public void close() {
    boolean wasOutside = backend.enter();
    try {
      if (!closed) {
        closed = true;
        work.close();
      }
    } finally {
      backend.leave(wasOutside);
    }
  }
}
