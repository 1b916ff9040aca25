package dev.myelin.cpu;

/**
 * Work on the elements of tensors, split into chunks of a fixed size, so that results do not depend
 * on the number of threads. Made once and reused: an operation sets the fields of its task and runs
 * it, and allocates nothing.
 */
abstract class RangeTask implements WorkerPool.ChunkTask {
  /** A multiple of every vector length; a few arrays of this size fit into the L2 cache. */
  static final int CHUNK_ELEMENTS = 8192;

  private int count;

  /** What fits into one chunk runs on the calling thread alone. */
  final void forEachRange(WorkerPool pool, int elements) {
    count = elements;
    pool.forEach(chunks(elements), this);
  }

  static int chunks(int elements) {
    return (int) (((long) elements + CHUNK_ELEMENTS - 1) / CHUNK_ELEMENTS);
  }

  @Override
  public final void run(int chunk, int worker) {
    int first = chunk * CHUNK_ELEMENTS;
    range(first, Math.min(CHUNK_ELEMENTS, count - first));
  }

  /**
   * @param first the first element, counted from the tensors' beginning
   */
  abstract void range(int first, int length);
}
