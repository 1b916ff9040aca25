package dev.myelin.cpu;

import static dev.myelin.cpu.CpuBuffer.floats;
import static dev.myelin.cpu.CpuBuffer.start;

import dev.myelin.Tensor;
import dev.myelin.WriteMode;
import java.util.Arrays;

/**
 * {@link dev.myelin.Ops#sumRows}: the matrix is cut into blocks of {@link #BLOCK_ROWS} rows by
 * {@link #STRIP_COLUMNS} columns, each summed to a row of partial sums; then each column adds its
 * partial sums in order, in float64.
 *
 * <p>Each block adds at most 41 numbers one after another ({@link ElementKernels#addRows}: of 255
 * rows, 31 groups, 7 single rows and 3 in a group), so |error| <= 22 eps sum |x| whatever the
 * number of rows, with eps = 2^-23.
 */
final class SumRowsTask implements WorkerPool.ChunkTask {
  static final int BLOCK_ROWS = 256;
  static final int STRIP_COLUMNS = 256;

  private final WorkerPool pool;
  private final ElementKernels kernels;

  private Tensor matrix;
  private int rows;
  private int columns;
  private int strips;
  private float[] partials = new float[1024];

  SumRowsTask(WorkerPool pool, ElementKernels kernels) {
    this.pool = pool;
    this.kernels = kernels;
  }

  void run(Tensor in, WriteMode mode, Tensor out) {
    matrix = in;
    rows = in.dimension(0);
    columns = in.dimension(1);
    strips = ceilingDivide(columns, STRIP_COLUMNS);
    int blocks = ceilingDivide(rows, BLOCK_ROWS);
    int partialCount = Math.multiplyExact(blocks, columns);
    if (partials.length < partialCount) {
      partials = new float[partialCount];
    }
    pool.forEach(Math.multiplyExact(blocks, strips), this);
    addPartials(blocks, mode, floats(out), start(out));
  }

  @Override
  public void run(int chunk, int worker) {
    int block = chunk / strips;
    int firstRow = block * BLOCK_ROWS;
    int firstColumn = chunk % strips * STRIP_COLUMNS;
    int blockRows = Math.min(BLOCK_ROWS, rows - firstRow);
    int stripColumns = Math.min(STRIP_COLUMNS, columns - firstColumn);
    int partialStart = block * columns + firstColumn;
    Arrays.fill(partials, partialStart, partialStart + stripColumns, 0);
    int matrixStart = start(matrix) + firstRow * columns + firstColumn;
    kernels.addRows(
        floats(matrix), matrixStart, columns, blockRows, stripColumns, partials, partialStart);
  }

  private void addPartials(int blocks, WriteMode mode, float[] out, int outStart) {
    for (int column = 0; column < columns; column++) {
      double sum = mode == WriteMode.ACCUMULATE ? out[outStart + column] : 0;
      for (int block = 0; block < blocks; block++) {
        sum += partials[block * columns + column];
      }
      out[outStart + column] = (float) sum;
    }
  }

  private static int ceilingDivide(int dividend, int divisor) {
    return (int) (((long) dividend + divisor - 1) / divisor);
  }
}
