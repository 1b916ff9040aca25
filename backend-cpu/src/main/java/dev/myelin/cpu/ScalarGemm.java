package dev.myelin.cpu;

import java.util.Arrays;

/**
 * The matrix product without the Vector API: plain loops of the kind that the JIT compiler turns
 * into vector instructions itself.
 *
 * <p>Each row of C is a sum of rows of op(B), added in the order of k, four at a time: {@code
 * sums[j] += a0 b0[j] + a1 b1[j] + a2 b2[j] + a3 b3[j]}. The rows lie in arrays of their own and
 * share one index, because the compiler vectorises only where it can prove that a store hits no
 * later load. Products are rounded before they are added, since a fused multiply-add is slow where
 * the processor has none; so the bits differ from those of {@link VectorGemm}.
 */
final class ScalarGemm implements Gemm {
  private static final int BLOCK_ROWS = 64;
  private static final int BLOCK_COLUMNS = 512;

  /** 64 rows of B x 512 columns x 4 bytes = 128 KiB stay in L2 while the rows of A pass. */
  private static final int BLOCK_DEPTH = 64;

  private static final int UNROLL = 4;

  private final WorkerPool pool;
  private final Scratch[] scratches;
  private final WorkerPool.ChunkTask blockChunk = this::block;

  // The product in progress.
  private int m;
  private int n;
  private int k;
  private float[] a;
  private int aOffset;
  private int aRowStride;
  private int aDepthStride;
  private float[] b;
  private int bOffset;
  private int bDepthStride;
  private int bColumnStride;
  private boolean accumulate;
  private float[] c;
  private int cOffset;
  private Epilogue epilogue;
  private int columnBlocks;

  private static final class Scratch {
    final float[][] rowsOfB = new float[BLOCK_DEPTH][BLOCK_COLUMNS];
    final float[] sums = new float[BLOCK_COLUMNS];
  }

  ScalarGemm(WorkerPool pool) {
    this.pool = pool;
    scratches = new Scratch[pool.threads()];
    for (int worker = 0; worker < scratches.length; worker++) {
      scratches[worker] = new Scratch();
    }
  }

  @Override
  public synchronized void multiply(
      int rows,
      int columns,
      int depth,
      float[] left,
      int leftOffset,
      boolean transposeA,
      float[] right,
      int rightOffset,
      boolean transposeB,
      boolean accumulateIntoC,
      float[] out,
      int outOffset,
      Epilogue wantedEpilogue) {
    if (rows == 0 || columns == 0) {
      return;
    }
    m = rows;
    n = columns;
    k = depth;
    a = left;
    aOffset = leftOffset;
    aRowStride = transposeA ? 1 : k;
    aDepthStride = transposeA ? m : 1;
    b = right;
    bOffset = rightOffset;
    bDepthStride = transposeB ? 1 : n;
    bColumnStride = transposeB ? k : 1;
    accumulate = accumulateIntoC;
    c = out;
    cOffset = outOffset;
    epilogue = wantedEpilogue;
    columnBlocks = (n + BLOCK_COLUMNS - 1) / BLOCK_COLUMNS;
    try {
      pool.forEach((m + BLOCK_ROWS - 1) / BLOCK_ROWS * columnBlocks, blockChunk);
    } finally {
      a = null;
      b = null;
      c = null;
      epilogue = null;
    }
  }

  private void block(int chunk, int worker) {
    int rowStart = chunk / columnBlocks * BLOCK_ROWS;
    int rowEnd = Math.min(m, rowStart + BLOCK_ROWS);
    int columnStart = chunk % columnBlocks * BLOCK_COLUMNS;
    int columnEnd = Math.min(n, columnStart + BLOCK_COLUMNS);
    Scratch scratch = scratches[worker];
    if (!accumulate) {
      for (int row = rowStart; row < rowEnd; row++) {
        int start = cOffset + row * n;
        Arrays.fill(c, start + columnStart, start + columnEnd, 0f);
      }
    }
    for (int depthStart = 0; depthStart < k; depthStart += BLOCK_DEPTH) {
      int depth = Math.min(BLOCK_DEPTH, k - depthStart);
      copyRowsOfB(scratch, depthStart, depth, columnStart, columnEnd - columnStart);
      for (int row = rowStart; row < rowEnd; row++) {
        addToRow(scratch, row, depthStart, depth, columnStart, columnEnd - columnStart);
      }
    }
    if (epilogue != null) {
      epilogue.apply(rowStart, rowEnd, columnStart, columnEnd);
    }
  }

  private void copyRowsOfB(Scratch scratch, int depthStart, int depth, int column, int columns) {
    int start = bOffset + depthStart * bDepthStride + column * bColumnStride;
    for (int p = 0; p < depth; p++) {
      float[] target = scratch.rowsOfB[p];
      int source = start + p * bDepthStride;
      for (int j = 0; j < columns; j++) {
        target[j] = b[source + j * bColumnStride];
      }
    }
    for (int p = depth; p % UNROLL != 0; p++) {
      Arrays.fill(scratch.rowsOfB[p], 0f);
    }
  }

  private void addToRow(
      Scratch scratch, int row, int depthStart, int depth, int column, int columns) {
    float[] sums = scratch.sums;
    int start = cOffset + row * n + column;
    int next = aOffset + row * aRowStride + depthStart * aDepthStride;
    System.arraycopy(c, start, sums, 0, columns);
    for (int p = 0; p < depth; p += UNROLL) {
      int left = depth - p;
      addProducts(
          scratch.rowsOfB[p],
          scratch.rowsOfB[p + 1],
          scratch.rowsOfB[p + 2],
          scratch.rowsOfB[p + 3],
          columns,
          a[next],
          left > 1 ? a[next + aDepthStride] : 0f,
          left > 2 ? a[next + 2 * aDepthStride] : 0f,
          left > 3 ? a[next + 3 * aDepthStride] : 0f,
          sums);
      next += UNROLL * aDepthStride;
    }
    System.arraycopy(sums, 0, c, start, columns);
  }

  /** One row at a time: JDK 17 does not vectorise the loop once it holds a second row's sums. */
  private static void addProducts(
      float[] b0,
      float[] b1,
      float[] b2,
      float[] b3,
      int columns,
      float a0,
      float a1,
      float a2,
      float a3,
      float[] sums) {
    for (int j = 0; j < columns; j++) {
      sums[j] = sums[j] + a0 * b0[j] + a1 * b1[j] + a2 * b2[j] + a3 * b3[j];
    }
  }
}
