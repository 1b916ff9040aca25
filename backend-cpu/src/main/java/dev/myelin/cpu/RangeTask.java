package dev.myelin.cpu;

/**
 * Work on the elements of tensors, split into chunks. Where their borders decide a result, as of
 * sums, chunks have a fixed size, so that results do not depend on the number of threads. Made once
 * and reused: an operation sets the fields of its task and runs it, and allocates nothing.
 */
abstract class RangeTask implements WorkerPool.ChunkTask {
  /** A multiple of every vector length; a few arrays of this size fit into the L2 cache. */
  static final int CHUNK_ELEMENTS = 8192;

  /** Chunks begin at multiples of this, of which each is whole lines of the cache. */
  private static final int ALIGNMENT = 64;

  /** So many that a thread which loses time to others does not make the rest wait long. */
  private static final int CHUNKS_PER_THREAD = 16;

  private int count;
  private int chunkElements;

  /**
   * Runs ranges of {@link #CHUNK_ELEMENTS}, or of a multiple where there are many: to fetch a chunk
   * takes a tenth of the time of a chunk of the cheapest operations. They are made smaller until
   * each thread gets as many of them. What fits into one chunk runs on the calling thread alone.
   */
  final void forEachRange(WorkerPool pool, int elements) {
    int share = elements / (pool.threads() * CHUNKS_PER_THREAD);
    int most = Math.max(1, share / CHUNK_ELEMENTS) * CHUNK_ELEMENTS;
    int evenly = evenChunk(elements, most, pool.threads());
    run(pool, elements, Math.min(most, (evenly + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT));
  }

  /** The size of chunks of at most {@code most} of which each thread gets as many. */
  static int evenChunk(int count, int most, int threads) {
    if (count <= most) {
      return most;
    }
    int perThread = (int) ((count - 1L) / ((long) most * threads) + 1);
    long chunks = (long) perThread * threads;
    return (int) ((count + chunks - 1) / chunks);
  }

  /** Runs ranges of {@link #CHUNK_ELEMENTS}, however many threads there are. */
  final void forEachChunk(WorkerPool pool, int elements) {
    run(pool, elements, CHUNK_ELEMENTS);
  }

  private void run(WorkerPool pool, int elements, int elementsOfChunk) {
    count = elements;
    chunkElements = elementsOfChunk;
    pool.forEach((int) (((long) elements + chunkElements - 1) / chunkElements), this);
  }

  static int chunks(int elements) {
    return (int) (((long) elements + CHUNK_ELEMENTS - 1) / CHUNK_ELEMENTS);
  }

  @Override
  public final void run(int chunk, int worker) {
    int first = chunk * chunkElements;
    range(first, Math.min(chunkElements, count - first));
  }

  /**
   * @param first the first element, counted from the tensors' beginning
   */
  abstract void range(int first, int length);
}
