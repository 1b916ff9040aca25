package dev.myelin;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What an arena holds. The backend keeps this and not the arena: one that the program has lost is
 * then seen to be lost, and what it holds is given back all the same when the backend is closed.
 */
final class ArenaContents {
  private final CheckedBackend backend;
  private final String name;
  private final List<Buffer> buffers = new ArrayList<>();

  /** Where the arena was opened; null when nobody wants to know. */
  private final LeakReport leakReport;

  /** Of the buffers; apart from them, since a report asks from another thread. */
  private final AtomicInteger tensors = new AtomicInteger();

  private final AtomicLong bytes = new AtomicLong();

  private volatile boolean closed;

  /**
   * @param name the arena's
   * @param leakReport null for none
   */
  ArenaContents(CheckedBackend backend, String name, LeakReport leakReport) {
    this.backend = backend;
    this.name = name;
    this.leakReport = leakReport;
  }

  boolean isClosed() {
    return closed;
  }

  String name() {
    return name;
  }

  /** How many are held, or were when it was closed; from any thread. */
  int tensors() {
    return tensors.get();
  }

  /** How many are held, or were when it was closed; from any thread. */
  long bytes() {
    return bytes.get();
  }

  void add(Buffer buffer) {
    buffers.add(buffer);
    tensors.incrementAndGet();
    bytes.addAndGet(bytes(buffer));
  }

  private static long bytes(Buffer buffer) {
    return buffer.elements() * buffer.type().bytes();
  }

  /** Of the buffers that are held, the one that was added last. */
  void freeLast() {
    Buffer last = buffers.remove(buffers.size() - 1);
    tensors.decrementAndGet();
    bytes.addAndGet(-bytes(last));
    last.free();
  }

  /** See {@link TensorArena#close}; in a turn of the backend. */
  void close() {
    if (closed) {
      return;
    }
    Failures failures = new Failures();
    failures.attempt(backend::synchronize);
    closed = true;
    backend.unregister(this);
    for (int i = buffers.size() - 1; i >= 0; i--) {
      failures.attempt(buffers.get(i)::free);
    }
    buffers.clear();
    if (leakReport != null) {
      leakReport.end();
    }
    failures.throwFirst();
  }

  /** The backend is closed, and the arena is not. */
  void reportOpenAtTheEnd() {
    if (leakReport != null && !closed) {
      leakReport.log(this, "was still open when the device was closed");
    }
  }

  /** Nobody can close the arena any more; called on another thread. */
  void reportLost() {
    if (!closed) {
      leakReport.log(
          this, "was lost without being closed; its memory is taken until the device is");
    }
  }
}
