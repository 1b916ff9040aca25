package dev.myelin.opencl;

import dev.myelin.Tensor;
import java.util.EnumMap;
import java.util.Map;

/**
 * The matrix product on GPUs, by gemm-tiled.cl: large tiles where there are enough of them to
 * occupy the device, small ones otherwise.
 */
final class TiledGemm implements Gemm {
  private static final String FILE = "gemm-tiled.cl";

  /** Square tiles, and the side of what a lane takes of one. */
  private enum Tiling {
    LARGE(128, 8),
    MEDIUM(64, 4),
    SMALL(32, 4);

    private static final int DEPTH = 16;

    private final int side;
    private final int sidePerLane;

    Tiling(int side, int sidePerLane) {
      this.side = side;
      this.sidePerLane = sidePerLane;
    }

    int lanes() {
      return side / sidePerLane * (side / sidePerLane);
    }

    long tiles(Tensor out) {
      return tilesAlong(out.dimension(0)) * tilesAlong(out.dimension(1));
    }

    long tilesAlong(int length) {
      return Kernel.roundedUp(length, side) / side;
    }

    String definitions() {
      return String.format(
          "-DTILE_M=%d -DTILE_N=%d -DTILE_K=%d -DITEM_M=%d -DITEM_N=%d",
          side, side, DEPTH, sidePerLane, sidePerLane);
    }
  }

  private final OpenClDevice device;
  private final Programs programs;
  private final Map<Tiling, Kernel> kernels = new EnumMap<>(Tiling.class);

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
        tiling.tilesAlong(out.dimension(1)) * tiling.lanes(),
        tiling.tilesAlong(out.dimension(0)),
        tiling.lanes(),
        1);
  }

  /** The largest tiles that keep every compute unit busy. */
  private Tiling tiling(Tensor out) {
    for (Tiling tiling : Tiling.values()) {
      boolean fits = tiling.lanes() <= device.maxGroupItems();
      if (fits && tiling.tiles(out) >= device.computeUnits()) {
        return tiling;
      }
    }
    return Tiling.SMALL;
  }

  private Kernel kernel(Tiling tiling) {
    Kernel kernel = kernels.get(tiling);
    if (kernel == null) {
      kernel = programs.kernel(FILE, tiling.definitions(), "gemmTiled");
      kernels.put(tiling, kernel);
    }
    return kernel;
  }
}
