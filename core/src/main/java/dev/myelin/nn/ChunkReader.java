package dev.myelin.nn;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * One pass over samples in a given order: a thread of its own gathers the next chunk while the one
 * before is in use. Closing ends the thread, wherever the pass is.
 */
final class ChunkReader implements AutoCloseable {
  private final HostSamples samples;
  private final int[] order;
  private final int first;
  private final int chunkRows;
  private final BlockingQueue<HostChunk> free;

  /** Chunks in their order; after a failure the {@link Throwable} instead. */
  private final BlockingQueue<Object> filled;

  private final Thread thread;

  /**
   * Begins to read.
   *
   * @param first where in the order to begin
   * @param chunkRows samples of a chunk; the last one holds what remains
   * @param chunks what is read into, by turns
   */
  ChunkReader(HostSamples samples, int[] order, int first, int chunkRows, HostChunk... chunks) {
    this.samples = samples;
    this.order = order;
    this.first = first;
    this.chunkRows = chunkRows;
    this.free = new ArrayBlockingQueue<>(chunks.length);
    this.filled = new ArrayBlockingQueue<>(chunks.length + 1);
    for (HostChunk chunk : chunks) {
      free.add(chunk);
    }
    thread = new Thread(this::readAll, "reader of " + samples.data().name());
    thread.setDaemon(true);
    thread.start();
  }

  private void readAll() {
    try {
      try {
        readChunks();
      } catch (InternalError fault) {
        throw samples.explained(fault);
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    } catch (Throwable failure) {
      // Thrown where the chunk is waited for; there is room for it in the queue at any time.
      filled.add(failure);
    }
  }

  private void readChunks() throws InterruptedException {
    for (int at = first; at < order.length; at += chunkRows) {
      HostChunk chunk = free.take();
      samples.gather(order, at, Math.min(chunkRows, order.length - at), chunk);
      filled.put(chunk);
    }
  }

  boolean isNextReady() {
    return !filled.isEmpty();
  }

  /**
   * The next chunk, waited for; to be given back.
   *
   * @throws RuntimeException or Error, what went wrong while it was read
   */
  HostChunk take() {
    Object next = takeUninterruptibly();
    if (next instanceof HostChunk chunk) {
      return chunk;
    }
    if (next instanceof Error error) {
      throw error;
    }
    throw (RuntimeException) next;
  }

  private Object takeUninterruptibly() {
    boolean wasInterrupted = false;
    try {
      while (true) {
        try {
          return filled.take();
        } catch (InterruptedException later) {
          wasInterrupted = true;
        }
      }
    } finally {
      if (wasInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  void giveBack(HostChunk chunk) {
    free.add(chunk);
  }

  /** Returns when the thread has ended. */
  @Override
  public void close() {
    thread.interrupt();
    boolean wasInterrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException later) {
        wasInterrupted = true;
      }
    }
    if (wasInterrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
