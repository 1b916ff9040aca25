package dev.myelin.cpu;

import java.util.Arrays;

/**
 * One factor of a matrix product, as the tiles read it: packed, or in place.
 *
 * <p>A lane is a row of the left factor or a column of the right one. Whether the factor is
 * transposed in memory shows here only, in two strides.
 */
final class GemmOperand {
  private static final int LANES = TileKernels.LANES;
  private static final int BLOCK = EightRowKernels.BLOCK;

  /** How tiles find their values. */
  enum Form {
    /**
     * In panels, which are read from front to back. A panel holds, for each p of the inner
     * dimension, the p-th value of {@link #tileLanes} neighbouring lanes; lanes beyond the last one
     * are zero, and so is a last p where the depth is odd and the kernel takes two at a time: -0 on
     * the left and 0 on the right, whose product changes no sum, not even -0.
     */
    PANELS,

    /** In panels of blocks, for {@link EightRowKernels#multiplyBlocks}. */
    BLOCKS,

    /** Each lane where it lies, contiguous along p, for {@link InPlaceKernels}. */
    LANES_IN_PLACE,

    /**
     * As panels where they lie, since neighbouring lanes are neighbours in memory; only a last
     * panel that has fewer lanes than the others is packed, unless it may begin within the one
     * before. For {@link EightRowKernels#multiply} and {@link FiveRowKernel}.
     */
    PANELS_IN_PLACE
  }

  private final boolean isLeft;
  private final float padding;
  private final int panelStride;
  private float[] panels = new float[0];

  private float[] source;
  private int sourceOffset;
  private int laneStride;
  private int depthStride;
  private Form form = Form.PANELS;
  private int tileLanes;
  private boolean tilesMayOverlap;

  // The part in use.
  private int firstLane;
  private int laneCount;
  private int firstDepth;
  private int depth;
  private int panelDepth;

  private GemmOperand(boolean isLeft, int panelStride) {
    this.isLeft = isLeft;
    padding = isLeft ? -0f : 0f;
    this.panelStride = panelStride;
  }

  /** The factor whose lanes are the tiles' rows. */
  static GemmOperand left() {
    return new GemmOperand(true, TileKernels.LEFT_STRIDE);
  }

  /** The factor whose lanes are the tiles' columns. */
  static GemmOperand right() {
    return new GemmOperand(false, TileKernels.PANEL_COLUMNS);
  }

  /**
   * Element (lane, p) is {@code values[offset + lane * laneStride + p * depthStride]}.
   *
   * @param wanted BLOCKS and LANES_IN_PLACE only of a left factor whose {@code strideOfDepth} is 1,
   *     PANELS_IN_PLACE only of one whose {@code strideOfLane} is 1
   * @param lanesOfTile lanes of a whole tile, and of a panel
   * @param mayOverlap whether elements of C may be computed twice, perhaps by two threads
   */
  void bind(
      float[] values,
      int offset,
      int strideOfLane,
      int strideOfDepth,
      Form wanted,
      int lanesOfTile,
      boolean mayOverlap) {
    source = values;
    sourceOffset = offset;
    laneStride = strideOfLane;
    depthStride = strideOfDepth;
    form = wanted;
    tileLanes = lanesOfTile;
    tilesMayOverlap = mayOverlap && wanted == Form.PANELS_IN_PLACE;
  }

  /** Forgets the caller's array, so that an idle backend does not keep it alive. */
  void release() {
    source = null;
  }

  Form form() {
    return form;
  }

  /** Lanes of a whole tile. */
  int tileLanes() {
    return tileLanes;
  }

  /** How many floats so many lanes take, packed, for each p. */
  int packedFloats(int lanes) {
    return panelsToPack(lanes) * packedStride();
  }

  /** Turns to {@code lanes} lanes from {@code lane} on, {@code depths} deep from {@code p} on. */
  void use(int lane, int lanes, int p, int depths) {
    firstLane = lane;
    laneCount = lanes;
    firstDepth = p;
    depth = depths;
    int step = form == Form.BLOCKS ? BLOCK : TileKernels.DEPTH_STEP;
    panelDepth = (depths + step - 1) / step * step;
    int needed = packedFloats(lanes) * panelDepth;
    if (panels.length < needed) {
      panels = new float[needed];
    }
  }

  /** How many panels the part in use has to be packed into. */
  int panelsToPack() {
    return panelsToPack(laneCount);
  }

  private int panelsToPack(int lanes) {
    return switch (form) {
      case PANELS, BLOCKS -> (lanes + tileLanes - 1) / tileLanes;
      case PANELS_IN_PLACE -> lanes % tileLanes == 0 || overlaps(lanes) ? 0 : 1;
      case LANES_IN_PLACE -> 0;
    };
  }

  /** How many floats of a packed panel each p takes. */
  private int packedStride() {
    return form == Form.BLOCKS ? tileLanes : panelStride;
  }

  private boolean overlaps(int lanes) {
    return tilesMayOverlap && lanes > tileLanes;
  }

  /** The first lane of the tile that ends what tiles before {@code lane} have left. */
  int firstLaneOfTile(int lane) {
    return overlaps(laneCount) ? Math.min(lane, laneCount - tileLanes) : lane;
  }

  /** Whether the tile whose first lane is {@code lane} is read from the caller's array. */
  private boolean isInPlace(int lane) {
    return form == Form.LANES_IN_PLACE
        || (form == Form.PANELS_IN_PLACE && lane + tileLanes <= laneCount);
  }

  /** How deep tiles go: as deep as packed panels, whose padding is zero. */
  int tileDepth() {
    return form == Form.PANELS ? panelDepth : depth;
  }

  /** Where the tile whose first lane of the part is {@code lane} finds its values. */
  float[] values(int lane) {
    return isInPlace(lane) ? source : panels;
  }

  /** Where in {@link #values} that tile begins at p. */
  int offset(int lane, int p) {
    if (isInPlace(lane)) {
      return sourceOffset + (firstLane + lane) * laneStride + (firstDepth + p) * depthStride;
    }
    int panel = form == Form.PANELS_IN_PLACE ? 0 : lane / tileLanes;
    return (panel * panelDepth + p) * packedStride();
  }

  /** How far apart in {@link #values} the values of two neighbouring lanes of a tile are. */
  int laneStride() {
    return switch (form) {
      case PANELS, PANELS_IN_PLACE -> 1;
      case BLOCKS -> BLOCK;
      case LANES_IN_PLACE -> laneStride;
    };
  }

  /** How far apart in {@link #values} that tile's values of p and p + 1 are, within a block. */
  int stepStride(int lane) {
    if (isInPlace(lane)) {
      return depthStride;
    }
    return form == Form.BLOCKS ? 1 : panelStride;
  }

  /** Packs panels [firstPanel, endPanel) of the part in use. */
  void pack(int firstPanel, int endPanel) {
    switch (form) {
      case PANELS -> packPanels(firstPanel, endPanel);
      case BLOCKS -> packBlocks(firstPanel, endPanel);
      case PANELS_IN_PLACE -> packEdge(laneCount / tileLanes, 0);
      case LANES_IN_PLACE -> throw new IllegalStateException("nothing to pack");
    }
  }

  private void packPanels(int firstPanel, int endPanel) {
    int fullPanels = Math.min(endPanel, laneCount / tileLanes);
    int lane = firstLane + firstPanel * tileLanes;
    int from = sourceOffset + lane * laneStride + firstDepth * depthStride;
    int to = firstPanel * panelStride * panelDepth;
    int count = fullPanels - firstPanel;
    // The two forms of a panel are constants of the JVM: so the compiler unrolls and hoists checks.
    if (laneStride != 1 && isLeft) {
      packAcross(from, to, count, TileKernels.PANEL_ROWS, TileKernels.LEFT_STRIDE);
    } else if (laneStride != 1) {
      packAcross(from, to, count, TileKernels.PANEL_COLUMNS, TileKernels.PANEL_COLUMNS);
    } else if (!isLeft) {
      PackingLoops.copyColumns(source, from, depthStride, panels, to, panelDepth, count, depth);
    } else if (LANES >= TileKernels.LEFT_STRIDE) {
      // A vector is more than a panel's lanes: the last one would read beyond the matrix.
      int lanesToEnd = firstLane + laneCount - lane;
      int safe = Math.min(count, Math.floorDiv(lanesToEnd - LANES, tileLanes) + 1);
      PackingLoops.copyRows(
          source, from, depthStride, panels, to, panelDepth, Math.max(0, safe), depth);
      fullPanels = firstPanel + Math.max(0, safe);
    } else {
      PackingLoops.copyRowsByElement(
          source, from, depthStride, panels, to, panelDepth, count, depth);
    }
    for (int panel = fullPanels; panel < endPanel; panel++) {
      packEdge(panel, panel * panelStride * panelDepth);
    }
    for (int panel = firstPanel; depth < panelDepth && panel < endPanel; panel++) {
      int end = (panel + 1) * panelDepth;
      Arrays.fill(panels, (end - panelDepth + depth) * panelStride, end * panelStride, padding);
    }
  }

  private void packBlocks(int firstPanel, int endPanel) {
    for (int panel = firstPanel; panel < endPanel; panel++) {
      int lane = panel * tileLanes;
      int from = sourceOffset + (firstLane + lane) * laneStride + firstDepth;
      int to = lane * panelDepth;
      int used = Math.min(tileLanes, laneCount - lane);
      int blocks = used == tileLanes ? blocksToCopy(from) : 0;
      PackingLoops.copyBlocks(source, from, laneStride, panels, to, blocks);
      for (int p = blocks * BLOCK; p < depth; p += BLOCK) {
        int length = Math.min(BLOCK, depth - p);
        int target = to + p * tileLanes;
        Arrays.fill(panels, target + used * BLOCK, target + tileLanes * BLOCK, 0f);
        for (int row = 0; row < used; row++) {
          System.arraycopy(
              source, from + row * laneStride + p, panels, target + row * BLOCK, length);
        }
      }
    }
  }

  /**
   * How many blocks of the panel whose first row begins at {@code from} can be copied whole: the
   * last one, too, where what follows it in the array can be read; no tile does read that.
   */
  private int blocksToCopy(int from) {
    int blocks = (depth + BLOCK - 1) / BLOCK;
    int end = from + (tileLanes - 1) * laneStride + blocks * BLOCK;
    return end <= source.length ? blocks : depth / BLOCK;
  }

  private void packAcross(int from, int to, int panelCount, int width, int stride) {
    for (int panel = 0; panel < panelCount; panel++) {
      int column = from + panel * width * laneStride;
      int target = to + panel * stride * panelDepth;
      int lane = isLeft ? 0 : transposeBlocks(column, target, width);
      // Not packLanes, which has no constants: with it, 64 x 128 x 784 B^T took 1.06 times as long.
      for (; lane + 4 <= width; lane += 4) {
        PackingLoops.packFourLanes(
            source, column + lane * laneStride, laneStride, panels, target + lane, depth, stride);
      }
      for (; lane < width; lane += 2) {
        PackingLoops.packTwoLanes(
            source, column + lane * laneStride, laneStride, panels, target + lane, depth, stride);
      }
    }
  }

  /**
   * Packs lanes of a right panel as far as they make up whole blocks, where that is fast. Left
   * panels are too narrow for blocks.
   *
   * @return how many lanes were packed
   */
  private int transposeBlocks(int from, int to, int lanes) {
    int blocks = depth / Transposition.SIZE;
    if (!Transposition.AVAILABLE || !WarmUp.tilesAreCompiled() || blocks == 0) {
      return 0;
    }
    int whole = lanes - lanes % Transposition.SIZE;
    for (int lane = 0; lane < whole; lane += Transposition.SIZE) {
      Transposition.transpose(
          source, from + lane * laneStride, laneStride, panels, to + lane, panelStride, blocks);
    }
    int done = blocks * Transposition.SIZE;
    packLanes(from + done, to + done * panelStride, 0, whole, depth - done);
    return whole;
  }

  /** Packs lanes [lane, endLane) of a panel, {@code length} deep. */
  private void packLanes(int from, int to, int lane, int endLane, int length) {
    int i = lane;
    for (; length > 0 && i + 4 <= endLane; i += 4) {
      PackingLoops.packFourLanes(
          source, from + i * laneStride, laneStride, panels, to + i, length, panelStride);
    }
    for (; length > 0 && i < endLane; i++) {
      PackingLoops.packLane(source, from + i * laneStride, panels, to + i, length, panelStride);
    }
  }

  private void packEdge(int panel, int to) {
    int lane = panel * tileLanes;
    int used = Math.min(tileLanes, laneCount - lane);
    int from = sourceOffset + (firstLane + lane) * laneStride + firstDepth * depthStride;
    Arrays.fill(panels, to, to + panelStride * panelDepth, 0f);
    if (laneStride != 1) {
      packLanes(from, to, isLeft ? 0 : transposeBlocks(from, to, used), used, depth);
      return;
    }
    for (int p = 0; p < depth; p++) {
      System.arraycopy(source, from + p * depthStride, panels, to + p * panelStride, used);
    }
  }
}
