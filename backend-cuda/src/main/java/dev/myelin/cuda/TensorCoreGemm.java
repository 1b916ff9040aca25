package dev.myelin.cuda;

import dev.myelin.Precision;
import dev.myelin.Tensor;
import dev.myelin.Transpose;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The matrix product on tensor cores: both operands are rounded and packed by gemm-pack.cu, then
 * multiplied by the largest tiles that keep most multiprocessors busy. Where even small tiles are
 * too few and k is long, k is cut into slices that are added up in their order.
 */
final class TensorCoreGemm implements MatrixProduct {
  /** Tiles; sizes and names are those of kernels/compile-ptx. */
  enum Tiling {
    WGMMA_WIDE("gemm-wgmma-wide", 128, 256, 256, 192 << 10, 16),
    WGMMA_SQUARE("gemm-wgmma-square", 128, 128, 256, 192 << 10, 16),
    MMA_LARGE("gemm-mma-large", 128, 128, 128, 96 << 10, 16),
    MMA_SMALL("gemm-mma-small", 64, 64, 128, 48 << 10, 6);

    private final String file;
    private final int sideM;
    private final int sideN;
    private final int lanes;
    private final int sharedBytes;
    private final int leastSliceBlocks;

    /**
     * @param sharedBytes the stages, which the finished tile takes the place of
     * @param leastSliceBlocks below so many blocks along k, writing and adding up slices costs more
     *     than it saves
     */
    Tiling(String file, int sideM, int sideN, int lanes, int sharedBytes, int leastSliceBlocks) {
      this.file = file;
      this.sideM = sideM;
      this.sideN = sideN;
      this.lanes = lanes;
      this.sharedBytes = sharedBytes;
      this.leastSliceBlocks = leastSliceBlocks;
    }

    long tilesM(int m) {
      return Kernel.roundedUp(m, sideM) / sideM;
    }

    long tilesN(int n) {
      return Kernel.roundedUp(n, sideN) / sideN;
    }

    long tiles(int m, int n) {
      return tilesM(m) * tilesN(n);
    }

    /** Whether padding to whole tiles costs at most a quarter more than with the smallest ones. */
    boolean fits(int m, int n) {
      return 4 * paddedElements(m, n) <= 5 * MMA_SMALL.paddedElements(m, n);
    }

    private long paddedElements(int m, int n) {
      return tiles(m, n) * sideM * sideN;
    }
  }

  /**
   * How one product is cut.
   *
   * @param sliceBlocks how many blocks along k a slice has, but the last, which may have fewer
   */
  record Plan(Tiling tiling, int slices, int sliceBlocks) {
    static Plan of(Tiling tiling, int kBlocks, long wantedSlices) {
      int depth = (int) -Math.floorDiv(-kBlocks, wantedSlices);
      return depth == 0
          ? new Plan(tiling, 1, 0)
          : new Plan(tiling, -Math.floorDiv(-kBlocks, depth), depth);
    }
  }

  /** Overrides the choice by shape: "mma_large", or "mma_small/3" for three slices. */
  static final String PROPERTY = "myelin.cuda.tensor";

  /** Of the one architecture, sm_90a, that multiplies by warpgroups with wgmma: Hopper. */
  static final int WARPGROUP_CAPABILITY = 90;

  /** The oldest driver that loads PTX for it. */
  static final int OLDEST_WARPGROUP_DRIVER = 12000;

  /** A block of a packed operand: 64 rows of 128 bytes; see gemm-tensor.h. */
  private static final int BLOCK_ROWS = 64;

  private static final int ROW_BYTES = 128;
  private static final int PACKING_LANES = 256;

  private final CudaDevice device;
  private final Precision precision;
  private final int blockDepth;
  private final Programs programs;
  private final Slices slices;
  private final Workspace workspace;
  private final List<Tiling> tilings;
  private final Tiling chosenTiling;
  private final int chosenSlices;
  private final Map<Tiling, Kernel> kernels = new EnumMap<>(Tiling.class);

  /**
   * @param precision not F32
   */
  TensorCoreGemm(
      CudaDevice device,
      Precision precision,
      Programs programs,
      Slices slices,
      Workspace workspace) {
    this.device = device;
    this.precision = precision;
    this.blockDepth = ROW_BYTES / (precision == Precision.BF16 ? 2 : 4);
    this.programs = programs;
    this.slices = slices;
    this.workspace = workspace;
    this.tilings = tilings(device);
    String[] chosen = System.getProperty(PROPERTY, "").split("/", -1);
    this.chosenTiling =
        chosen[0].isEmpty() ? null : Tiling.valueOf(chosen[0].toUpperCase(Locale.ROOT));
    this.chosenSlices = chosen.length < 2 ? 1 : Integer.parseInt(chosen[1]);
  }

  /** Largest first. What multiplies by warpgroups was made for one architecture and CUDA 12. */
  static List<Tiling> tilings(CudaDevice device) {
    boolean hasWarpgroups =
        device.capability() == WARPGROUP_CAPABILITY
            && device.driverVersion() >= OLDEST_WARPGROUP_DRIVER;
    return hasWarpgroups
        ? List.of(Tiling.WGMMA_WIDE, Tiling.WGMMA_SQUARE, Tiling.MMA_SMALL)
        : List.of(Tiling.MMA_LARGE, Tiling.MMA_SMALL);
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
    long packed = pack(a, transposeA, b, transposeB, m, n, k, plan.tiling);
    boolean isSliced = plan.slices > 1;
    Kernel kernel = kernel(plan.tiling);
    kernel.integer(m).integer(n).integer(blocks(k)).integer(plan.sliceBlocks);
    kernel.integer(isSliced ? n % 4 == 0 ? 1 : 0 : epilogue.vectors(out)).memory(packed);
    kernel.flag(accumulate && !isSliced);
    if (isSliced) {
      kernel.memory(slices.address()).index(0);
    } else {
      kernel.tensor(out);
    }
    epilogue.addTo(kernel, !isSliced, out);
    kernel.launch(plan.tiling.tiles(m, n), plan.slices, plan.tiling.lanes, 1);
    if (isSliced) {
      slices.combine(plan.slices, accumulate, epilogue, out);
    }
  }

  /** The sums would be of rounded numbers. */
  @Override
  public boolean canSumRows(int m, int n, int k) {
    return false;
  }

  /** Packs both operands and returns where they lie: op(a), and behind it op(b)'s transpose. */
  private long pack(
      Tensor a,
      Transpose transposeA,
      Tensor b,
      Transpose transposeB,
      int m,
      int n,
      int k,
      Tiling tiling) {
    long aBlocks = tiling.tilesM(m) * (tiling.sideM / BLOCK_ROWS);
    long bBlocks = tiling.tilesN(n) * (tiling.sideN / BLOCK_ROWS);
    long blocks = (aBlocks + bBlocks) * blocks(k);
    long packed = workspace.atLeast(blocks * BLOCK_ROWS * ROW_BYTES);
    Kernel kernel =
        programs.kernel("gemm-pack", precision == Precision.BF16 ? "packBf16" : "packTf32");
    kernel.integer(m).integer(n).integer(k).integer(Math.toIntExact(aBlocks));
    kernel.integer((CudaBuffer.isVector(a) ? 1 : 0) | (CudaBuffer.isVector(b) ? 2 : 0));
    kernel.tensor(a).flag(transposeA == Transpose.YES);
    kernel.tensor(b).flag(transposeB == Transpose.YES);
    kernel.memory(packed).launchGroups(blocks, PACKING_LANES);
    return packed;
  }

  /** How many blocks of packed operands lie along k. */
  private int blocks(int k) {
    return -Math.floorDiv(-k, blockDepth);
  }

  /**
   * Depends on shape and device alone, as the order of the sums and hence the result does. Large
   * tiles in slices are preferred to small ones: these read twice as much for the same work.
   */
  Plan plan(int m, int n, int k) {
    int kBlocks = blocks(k);
    long mostSlices = Math.max(1, Slices.floats(device) / ((long) m * n));
    if (chosenTiling != null) {
      return Plan.of(chosenTiling, kBlocks, Math.min(chosenSlices, mostSlices));
    }
    // One round of groups that leaves a quarter idle costs no more than one that leaves none.
    long busy = (3L * device.multiprocessors() + 3) / 4;
    for (Tiling tiling : tilings) {
      if (tiling != Tiling.MMA_SMALL && tiling.fits(m, n) && tiling.tiles(m, n) >= busy) {
        return Plan.of(tiling, kBlocks, 1);
      }
    }
    for (Tiling tiling : tilings) {
      long tiles = tiling.tiles(m, n);
      long wanted = Math.min(mostSlices, -Math.floorDiv(-busy, tiles));
      long slices = Math.min(wanted, kBlocks / tiling.leastSliceBlocks);
      if (slices > 1
          && (tiling == Tiling.MMA_SMALL || (tiling.fits(m, n) && tiles * slices >= busy))) {
        return Plan.of(tiling, kBlocks, slices);
      }
    }
    return Plan.of(Tiling.MMA_SMALL, kBlocks, 1);
  }

  private Kernel kernel(Tiling tiling) {
    Kernel kernel = kernels.get(tiling);
    if (kernel == null) {
      kernel = programs.load(tiling.file + "-" + precision.text(), "gemm", tiling.sharedBytes);
      kernels.put(tiling, kernel);
    }
    return kernel;
  }
}
