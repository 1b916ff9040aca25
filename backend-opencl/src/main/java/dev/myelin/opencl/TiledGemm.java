package dev.myelin.opencl;

import dev.myelin.Tensor;

/**
 * The matrix product on GPUs, by gemm-tiled.cl: large tiles where there are enough of them to
 * occupy the device, small ones otherwise.
 */
final class TiledGemm implements Gemm {
  private static final String FILE = "gemm-tiled.cl";

  /** Tile sizes, and what a lane takes of a tile in each direction. */
  private record Tiling(int rows, int columns, int depth, int rowsPerLane, int columnsPerLane) {
    int lanes() {
      return rows / rowsPerLane * (columns / columnsPerLane);
    }

    long tiles(Tensor out) {
      return tilesDown(out) * tilesAcross(out);
    }

    long tilesDown(Tensor out) {
      return Kernel.roundedUp(out.dimension(0), rows) / rows;
    }

    long tilesAcross(Tensor out) {
      return Kernel.roundedUp(out.dimension(1), columns) / columns;
    }

    String definitions() {
      return String.format(
          "-DTILE_M=%d -DTILE_N=%d -DTILE_K=%d -DITEM_M=%d -DITEM_N=%d",
          rows, columns, depth, rowsPerLane, columnsPerLane);
    }
  }

  private static final Tiling LARGE = new Tiling(128, 128, 16, 8, 8);
  private static final Tiling MEDIUM = new Tiling(64, 64, 16, 4, 4);
  private static final Tiling SMALL = new Tiling(32, 32, 16, 4, 4);

  private final OpenClDevice device;
  private final Programs programs;
  private final Kernel[] kernels = new Kernel[3];

  TiledGemm(OpenClDevice device, Programs programs) {
    this.device = device;
    this.programs = programs;
  }

  @Override
  public void multiply(
      Operand a, Operand b, int k, boolean accumulate, Epilogue epilogue, Tensor out) {
    Tiling tiling = tiling(out);
    Kernel kernel = kernel(tiling);
    kernel.integer(out.dimension(0)).integer(out.dimension(1)).integer(k);
    kernel.tensor(a.tensor()).index(a.outerStride()).index(a.depthStride());
    kernel.tensor(b.tensor()).index(b.outerStride()).index(b.depthStride());
    kernel.flag(accumulate).tensor(out);
    epilogue.addTo(kernel, true, out);
    kernel.launch(
        tiling.tilesAcross(out) * tiling.lanes(), tiling.tilesDown(out), tiling.lanes(), 1);
  }

  private Tiling tiling(Tensor out) {
    if (fits(LARGE) && LARGE.tiles(out) >= device.computeUnits()) {
      return LARGE;
    }
    return fits(MEDIUM) && MEDIUM.tiles(out) >= device.computeUnits() ? MEDIUM : SMALL;
  }

  private boolean fits(Tiling tiling) {
    return tiling.lanes() <= device.maxGroupItems();
  }

  private Kernel kernel(Tiling tiling) {
    int index = tiling == LARGE ? 0 : tiling == MEDIUM ? 1 : 2;
    if (kernels[index] == null) {
      kernels[index] = programs.kernel(FILE, tiling.definitions(), "gemmTiled");
    }
    return kernels[index];
  }
}
