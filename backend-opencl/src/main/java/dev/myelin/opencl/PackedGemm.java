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
  private static final int PACK_DEPTH = 64;

  /** How many panels of a follow each other over one panel of b, where there is enough work. */
  private static final int MAXIMUM_ROW_PANELS = 8;

  /** Items for each core, so that no core waits long for the last one. */
  private static final int ITEMS_PER_UNIT = 4;

  private final OpenClDevice device;
  private final Programs programs;
  private final Scratch scratch;
  private final PackedShape tuned;
  private Kernel packRows;
  private Kernel packColumns;
  private Kernel product;

  PackedGemm(OpenClDevice device, Programs programs, Scratch scratch, PackedShape tuned) {
    this.device = device;
    this.programs = programs;
    this.scratch = scratch;
    this.tuned = tuned;
  }

  @Override
  public void multiply(
      Operand a, Operand b, int k, boolean accumulate, Epilogue epilogue, Tensor out) {
    loadKernels();
    int m = out.dimension(0);
    int n = out.dimension(1);
    PackedShape shape = tuned.forProduct(m, n, k);
    for (int column = 0; column < n; column += shape.blockColumns()) {
      int columns = Math.min(shape.blockColumns(), n - column);
      int depthStart = 0;
      do {
        int depth = Math.min(shape.blockDepth(), k - depthStart);
        boolean isLast = depthStart + depth == k;
        boolean add = accumulate || depthStart > 0;
        pack(packColumns, b, column, depthStart, columns, depth, shape.columns());
        for (int row = 0; row < m; row += shape.blockRows()) {
          int rows = Math.min(shape.blockRows(), m - row);
          pack(packRows, a, row, depthStart, rows, depth, shape.rows());
          product.begin().integer(rows).integer(columns).integer(depth).integer(n);
          product.integer(row).integer(column);
          multiplyPanels(rows, columns, add, isLast, epilogue, out);
        }
        depthStart += shape.blockDepth();
      } while (depthStart < k);
    }
  }

  private void loadKernels() {
    if (product == null) {
      String definitions = tuned.definitions();
      packRows = programs.kernel(FILE, definitions, "packRows");
      packColumns = programs.kernel(FILE, definitions, "packColumns");
      product = programs.kernel(FILE, definitions, "gemmPacked");
    }
  }

  private void pack(
      Kernel kernel, Operand operand, int outer, int depthStart, int count, int depth, int width) {
    Pointer panels = kernel == packRows ? scratch.packedA() : scratch.packedB();
    kernel.begin().integer(count).integer(depth);
    kernel.memory(OpenClBuffer.of(operand.tensor()).argument());
    kernel.index(operand.at(outer, depthStart));
    kernel.index(operand.outerStride()).index(operand.depthStride()).memory(panels);
    kernel.launch(panels(count, width), panels(depth, PACK_DEPTH), 1, 1);
  }

  private void multiplyPanels(
      int rows, int columns, boolean add, boolean isLast, Epilogue epilogue, Tensor out) {
    int downwards = panels(rows, tuned.rows());
    int across = panels(columns, tuned.columns());
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
