package dev.myelin.cuda;

import dev.myelin.Tensor;
import dev.myelin.Transpose;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/**
 * The matrix product, by gemm.cu: the largest tiles that keep every multiprocessor busy. Where even
 * small tiles are too few and k is long, k is cut into slices that are added up in their order.
 */
final class Gemm implements MatrixProduct {
  /** Square tiles; sizes and names are those of kernels/compile-ptx. */
  enum Tiling {
    LARGE(128, 8, 256, 512),
    MEDIUM(64, 16, 128, 256),
    SMALL(32, 32, 64, 96);

    private final int side;
    private final int slabDepth;
    private final int lanes;
    private final int leastSliceDepth;

    /**
     * @param slabDepth the kernel's TILE_K
     * @param leastSliceDepth below, writing and adding up slices costs more than it saves
     */
    Tiling(int side, int slabDepth, int lanes, int leastSliceDepth) {
      this.side = side;
      this.slabDepth = slabDepth;
      this.lanes = lanes;
      this.leastSliceDepth = leastSliceDepth;
    }

    long tiles(int m, int n) {
      return Kernel.roundedUp(m, side) / side * (Kernel.roundedUp(n, side) / side);
    }

    String file(Transpose a, Transpose b) {
      return String.format(
          "gemm-%s-%s%s",
          name().toLowerCase(Locale.ROOT),
          a == Transpose.NO ? "n" : "t",
          b == Transpose.NO ? "n" : "t");
    }
  }

  /**
   * How one product is cut.
   *
   * @param sliceDepth how much of k a slice has, but the last, which may have less
   */
  record Plan(Tiling tiling, int slices, int sliceDepth) {
    /** Slices of one depth, a multiple of the slabs'. */
    static Plan of(Tiling tiling, int k, int wantedSlices) {
      int depth = (int) Kernel.roundedUp(-Math.floorDiv(-k, wantedSlices), tiling.slabDepth);
      return depth == 0
          ? new Plan(tiling, 1, tiling.slabDepth)
          : new Plan(tiling, -Math.floorDiv(-k, depth), depth);
    }
  }

  /** Overrides the choice by shape: "large", or "small/3" for three slices. */
  static final String PROPERTY = "myelin.cuda.gemm";

  private final CudaDevice device;
  private final Programs programs;
  private final Slices slices;
  private final Tiling chosenTiling;
  private final int chosenSlices;
  private final Map<Tiling, Kernel[]> kernels = new EnumMap<>(Tiling.class);

  Gemm(CudaDevice device, Programs programs, Slices slices) {
    this.device = device;
    this.programs = programs;
    this.slices = slices;
    String[] chosen = System.getProperty(PROPERTY, "").split("/", -1);
    this.chosenTiling =
        chosen[0].isEmpty() ? null : Tiling.valueOf(chosen[0].toUpperCase(Locale.ROOT));
    this.chosenSlices = chosen.length < 2 ? 1 : Integer.parseInt(chosen[1]);
  }

  @Override
  public void multiply(
      Tensor a,
      Transpose transposeA,
      Tensor b,
      Transpose transposeB,
      boolean accumulate,
      Epilogue epilogue,
      Tensor out) {
    int m = out.dimension(0);
    int n = out.dimension(1);
    int k = a.dimension(transposeA == Transpose.NO ? 1 : 0);
    Plan plan = plan(m, n, k);
    boolean isSliced = plan.slices > 1;
    int vectors = (CudaBuffer.isVector(a) ? 1 : 0) | (CudaBuffer.isVector(b) ? 2 : 0);
    boolean isOutVector = isSliced ? n % 4 == 0 : CudaBuffer.isVector(out);
    Kernel kernel = kernel(plan.tiling, transposeA, transposeB);
    kernel.integer(m).integer(n).integer(k).integer(plan.sliceDepth);
    kernel.integer(vectors | (isOutVector ? 4 : 0)).tensor(a).tensor(b);
    kernel.flag(accumulate && !isSliced);
    if (isSliced) {
      kernel.memory(slices.address()).index(0);
    } else {
      kernel.tensor(out);
    }
    if (isSliced && epilogue.hasRowSums()) {
      long behindSlices = (long) plan.slices * m * n;
      Epilogue.addRowSumsOfSliceTo(kernel, slices.address(), behindSlices, out);
    } else {
      epilogue.addTo(kernel, !isSliced, out);
    }
    kernel.launch(plan.tiling.tiles(m, n), plan.slices, plan.tiling.lanes, 1);
    if (isSliced) {
      slices.combine(plan.slices, accumulate, epilogue, out);
    }
  }

  @Override
  public boolean canSumRows(int m, int n, int k) {
    Plan plan = plan(m, n, k);
    boolean isRoom = plan.slices == 1 || (long) plan.slices * m * (n + 1L) <= Slices.floats(device);
    return plan.tiling != Tiling.LARGE && isRoom;
  }

  /** Depends on shape and device alone, as the order of the sums and hence the result does. */
  Plan plan(int m, int n, int k) {
    if (chosenTiling != null) {
      long most = Slices.floats(device) / ((long) m * n);
      return Plan.of(chosenTiling, k, (int) Math.max(1, Math.min(chosenSlices, most)));
    }
    long wanted = device.multiprocessors();
    for (Tiling tiling : Tiling.values()) {
      long tiles = tiling.tiles(m, n);
      if (tiles >= wanted) {
        return new Plan(tiling, 1, k == 0 ? tiling.slabDepth : k);
      }
      long slices = Math.min(-Math.floorDiv(-wanted, tiles), k / tiling.leastSliceDepth);
      if (slices > 1 && (tiling == Tiling.SMALL || tiles * slices >= wanted)) {
        return Plan.of(tiling, k, (int) slices);
      }
    }
    return Plan.of(Tiling.SMALL, k, 1);
  }

  private Kernel kernel(Tiling tiling, Transpose a, Transpose b) {
    Kernel[] ofTiling = kernels.computeIfAbsent(tiling, unused -> new Kernel[4]);
    int which = (a == Transpose.NO ? 0 : 2) + (b == Transpose.NO ? 0 : 1);
    if (ofTiling[which] == null) {
      ofTiling[which] = programs.load(tiling.file(a, b), "gemm");
    }
    return ofTiling[which];
  }
}
