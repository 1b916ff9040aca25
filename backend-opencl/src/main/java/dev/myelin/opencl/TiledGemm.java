package dev.myelin.opencl;

import dev.myelin.Tensor;
import java.util.HashMap;
import java.util.Map;

/**
 * The matrix product on GPUs, by gemm-tiled.cl: large tiles where there are enough of them to
 * occupy the device, small ones otherwise.
 */
final class TiledGemm implements Gemm {
  private static final String FILE = "gemm-tiled.cl";

  /** Results with so large blocks for every compute unit take large tiles. */
  static final int LARGE_BLOCK = 128;

  /** Of the others, those with so large blocks for every compute unit take medium ones. */
  static final int MEDIUM_BLOCK = 64;

  private final OpenClDevice device;
  private final Programs programs;
  private final Tuning tuning;
  private final Map<TiledShape, Kernel> kernels = new HashMap<>();

  TiledGemm(OpenClDevice device, Programs programs, Tuning tuning) {
    this.device = device;
    this.programs = programs;
    this.tuning = tuning;
  }

  @Override
  public void multiply(
      Operand a, Operand b, int k, boolean accumulate, Epilogue epilogue, Tensor out) {
    TiledShape shape = shape(out);
    Kernel kernel = kernel(shape).begin();
    kernel.integer(out.dimension(0)).integer(out.dimension(1)).integer(k);
    kernel.tensor(a.tensor()).index(a.outerStride()).index(a.depthStride());
    kernel.tensor(b.tensor()).index(b.outerStride()).index(b.depthStride());
    kernel.flag(accumulate).tensor(out);
    epilogue.addTo(kernel, true, out);
    kernel.launch(
        shape.tilesAcross(out.dimension(1)) * shape.lanes(),
        shape.tilesDown(out.dimension(0)),
        shape.lanes(),
        1);
  }

  private TiledShape shape(Tensor out) {
    if (blocks(out, LARGE_BLOCK) >= device.computeUnits()) {
      return tuning.large();
    }
    return blocks(out, MEDIUM_BLOCK) >= device.computeUnits() ? tuning.medium() : tuning.small();
  }

  private static long blocks(Tensor out, int side) {
    return Kernel.roundedUp(out.dimension(0), side)
        / side
        * (Kernel.roundedUp(out.dimension(1), side) / side);
  }

  private Kernel kernel(TiledShape shape) {
    Kernel kernel = kernels.get(shape);
    if (kernel == null) {
      kernel = programs.kernel(FILE, shape.definitions(), "gemmTiled");
      kernels.put(shape, kernel);
    }
    return kernel;
  }
}
