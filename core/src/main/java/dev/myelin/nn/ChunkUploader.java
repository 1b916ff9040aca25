package dev.myelin.nn;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;

/**
 * One pass over samples in a given order, on a thread of its own: it gathers a chunk, waits until
 * there is room for it on the device, and uploads it there, while steps read the chunk before.
 * Closing ends the thread, wherever the pass is.
 */
final class ChunkUploader implements AutoCloseable {
  /** Puts a chunk on the device. */
  interface Upload {
    /**
     * Gives the upload to the device; the samples may be changed when this returns.
     *
     * @param chunk its number in the order
     * @param rows how many samples it has
     */
    void run(HostChunk samples, int chunk, int rows);
  }

  private static final Object UPLOADED = new Object();

  private final HostSamples samples;
  private final int[] order;
  private final int firstChunk;
  private final int chunkRows;
  private final HostChunk host;
  private final Upload upload;
  private final Semaphore places = new Semaphore(1);

  /** {@link #UPLOADED} for each chunk in turn; after a failure the {@link Throwable} instead. */
  private final BlockingQueue<Object> uploaded = new LinkedBlockingQueue<>();

  private final Thread thread;
  private volatile boolean closing;

  /**
   * Begins to read. There is room on the device for the first chunk.
   *
   * @param firstChunk where in the order to begin
   * @param chunkRows samples of a chunk; the last one holds what remains
   * @param host what is gathered into
   */
  ChunkUploader(
      HostSamples samples,
      int[] order,
      int firstChunk,
      int chunkRows,
      HostChunk host,
      Upload upload) {
    this.samples = samples;
    this.order = order;
    this.firstChunk = firstChunk;
    this.chunkRows = chunkRows;
    this.host = host;
    this.upload = upload;
    thread = new Thread(this::uploadAll, "reader of " + samples.data().name());
    thread.setDaemon(true);
    thread.start();
  }

  private void uploadAll() {
    try {
      try {
        uploadChunks();
      } catch (InternalError fault) {
        throw samples.explained(fault);
      }
    } catch (InterruptedException interrupted) {
      if (!closing) {
        String name = Thread.currentThread().getName();
        uploaded.add(new IllegalStateException("thread '" + name + "' was interrupted"));
      }
    } catch (Throwable failure) {
      // Thrown where the chunk is waited for.
      uploaded.add(failure);
    }
  }

  private void uploadChunks() throws InterruptedException {
    int chunks = (order.length - 1) / chunkRows + 1;
    for (int chunk = firstChunk; chunk < chunks; chunk++) {
      int first = chunk * chunkRows;
      int rows = Math.min(chunkRows, order.length - first);
      samples.gather(order, first, rows, host);
      places.acquire();
      upload.run(host, chunk, rows);
      uploaded.add(UPLOADED);
    }
  }

  /**
   * Returns when the upload of the next chunk was given to the device. Until {@link #makePlace} no
   * other is.
   *
   * @throws RuntimeException or Error, what went wrong while the chunk was read or uploaded
   */
  void awaitNext() {
    Object next = takeUninterruptibly();
    if (next instanceof Throwable) {
      // Nothing else will come, however often it is asked for.
      uploaded.add(next);
    }
    if (next instanceof Error error) {
      throw error;
    }
    if (next instanceof RuntimeException failure) {
      throw failure;
    }
  }

  private Object takeUninterruptibly() {
    boolean wasInterrupted = false;
    try {
      while (true) {
        try {
          return uploaded.take();
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

  /** There is room on the device for one chunk more. */
  void makePlace() {
    places.release();
  }

  /** Returns when the thread has ended. */
  @Override
  public void close() {
    closing = true;
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
