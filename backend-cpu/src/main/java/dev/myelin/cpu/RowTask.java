package dev.myelin.cpu;

/**
 * Work on whole rows of matrices. A chunk is at most as many rows as make up {@link
 * RangeTask#CHUNK_ELEMENTS} elements, at least one. See {@link RangeTask} on reuse.
 */
abstract class RowTask implements WorkerPool.ChunkTask {
  private int rows;
  private int rowsPerChunk;

  final void forEachRow(WorkerPool pool, int rowCount, int columns) {
    rows = rowCount;
    int most = Math.max(1, RangeTask.CHUNK_ELEMENTS / Math.max(1, columns));
    rowsPerChunk = RangeTask.evenChunk(rowCount, most, pool.threads());
    pool.forEach((int) (((long) rowCount + rowsPerChunk - 1) / rowsPerChunk), this);
  }

  @Override
  public final void run(int chunk, int worker) {
    int first = chunk * rowsPerChunk;
    int end = Math.min(rows, first + rowsPerChunk);
    rows(first, end, worker);
  }

  /**
   * @param end one past the last row
   * @param worker the index of this thread's scratch memory
   */
  abstract void rows(int first, int end, int worker);
}
