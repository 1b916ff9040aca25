package dev.myelin.opencl;

import dev.myelin.Tensor;
import org.jocl.Pointer;

/**
 * The matrix product on processors, by gemm-packed.cl: block after block of both operands is packed
 * into panels and multiplied.
 */
final class PackedGemm implements Gemm {
  private static final String FILE = "gemm-packed.cl";

  /** As in the kernel file. */
  private static final int PANEL_ROWS = 6;

  private static final int PACK_DEPTH = 64;

  /** A panel of b of this depth takes half of a first-level cache of 32 KiB. */
  private static final int BLOCK_DEPTH = 256;

  /** Rows and columns of a block; with the last panel filled up it fits the scratch memory. */
  private static final int BLOCK_ROWS = 4096;

  private static final int BLOCK_COLUMNS = 4096;

  /** How many panels of a follow each other over one panel of b, where there is enough work. */
  private static final int MAXIMUM_ROW_PANELS = 8;

  /** Items for each core, so that no core waits long for the last one. */
  private static final int ITEMS_PER_UNIT = 4;

  private final OpenClDevice device;
  private final Programs programs;
  private final Scratch scratch;
  private final int panelColumns;
  private Kernel packRows;
  private Kernel packColumns;
  private Kernel product;

  PackedGemm(OpenClDevice device, Programs programs, Scratch scratch) {
    this.device = device;
    this.programs = programs;
    this.scratch = scratch;
    this.panelColumns = 2 * vector(device);
  }

  /** 4, 8 or 16 floats: what is wider is more than one register, what is narrower not worth it. */
  private static int vector(OpenClDevice device) {
    return Math.max(4, Math.min(16, Integer.highestOneBit(device.floatsPerVector())));
  }

  @Override
  public void multiply(
      Operand a, Operand b, int k, boolean accumulate, Epilogue epilogue, Tensor out) {
    loadKernels();
    int m = out.dimension(0);
    int n = out.dimension(1);
    for (int column = 0; column < n; column += BLOCK_COLUMNS) {
      int columns = Math.min(BLOCK_COLUMNS, n - column);
      int depthStart = 0;
      do {
        int depth = Math.min(BLOCK_DEPTH, k - depthStart);
        boolean isLast = depthStart + depth == k;
        boolean add = accumulate || depthStart > 0;
        pack(packColumns, b, column, depthStart, columns, depth, panelColumns, scratch.packedB());
        for (int row = 0; row < m; row += BLOCK_ROWS) {
          int rows = Math.min(BLOCK_ROWS, m - row);
          pack(packRows, a, row, depthStart, rows, depth, PANEL_ROWS, scratch.packedA());
          product.integer(rows).integer(columns).integer(depth).integer(n);
          product.integer(row).integer(column);
          multiplyPanels(rows, columns, add, isLast, epilogue, out);
        }
        depthStart += BLOCK_DEPTH;
      } while (depthStart < k);
    }
  }

  private void loadKernels() {
    if (product == null) {
      String definitions = "-DVECTOR=" + vector(device);
      packRows = programs.kernel(FILE, definitions, "packRows");
      packColumns = programs.kernel(FILE, definitions, "packColumns");
      product = programs.kernel(FILE, definitions, "gemmPacked");
    }
  }

  private static void pack(
      Kernel kernel,
      Operand operand,
      int outer,
      int depthStart,
      int count,
      int depth,
      int width,
      Pointer panels) {
    kernel.integer(count).integer(depth);
    kernel.memory(OpenClBuffer.of(operand.tensor()).argument());
    kernel.index(operand.at(outer, depthStart));
    kernel.index(operand.outerStride()).index(operand.depthStride()).memory(panels);
    kernel.launch(panels(count, width), panels(depth, PACK_DEPTH), 1, 1);
  }

  private void multiplyPanels(
      int rows, int columns, boolean add, boolean isLast, Epilogue epilogue, Tensor out) {
    int downwards = panels(rows, PANEL_ROWS);
    int across = panels(columns, panelColumns);
    int wanted = ITEMS_PER_UNIT * device.computeUnits();
    int rowPanels = Math.max(1, Math.min(MAXIMUM_ROW_PANELS, downwards * across / wanted));
    product.integer(rowPanels).memory(scratch.packedA()).memory(scratch.packedB());
    product.flag(add).tensor(out);
    epilogue.addTo(product, isLast, out);
    product.launch(across, panels(downwards, rowPanels), 1, 1);
  }

  private static int panels(int count, int width) {
    return (count + width - 1) / width;
  }
}
