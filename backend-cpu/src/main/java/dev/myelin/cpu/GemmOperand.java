package dev.myelin.cpu;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * One factor of a matrix product, as the tiles read it: cut into panels that are read from front to
 * back, or, if it is the left one, in place.
 *
 * <p>A lane is a row of the left factor or a column of the right one. A panel holds, for each p of
 * the inner dimension, the p-th value of {@link #tileLanes} neighbouring lanes; lanes beyond the
 * last one are zero, and so is a last p where the depth is odd: -0 on the left and 0 on the right,
 * whose product changes no sum, not even -0. Whether the factor is transposed in memory shows here
 * only, in two strides.
 */
final class GemmOperand {
  private static final VectorSpecies<Float> FLOATS = VectorWidth.FLOATS;
  private static final int LANES = TileKernels.LANES;

  private final boolean isLeft;
  private final float padding;
  private final int panelLanes;
  private final int panelStride;
  private float[] panels = new float[0];

  private float[] source;
  private int sourceOffset;
  private int laneStride;
  private int depthStride;
  private boolean inPlace;

  // The part in use.
  private int firstLane;
  private int laneCount;
  private int firstDepth;
  private int depth;
  private int panelDepth;

  private GemmOperand(boolean isLeft, int panelLanes, int panelStride) {
    this.isLeft = isLeft;
    padding = isLeft ? -0f : 0f;
    this.panelLanes = panelLanes;
    this.panelStride = panelStride;
  }

  /** The factor whose lanes are the tiles' rows. */
  static GemmOperand left() {
    return new GemmOperand(true, TileKernels.PANEL_ROWS, TileKernels.LEFT_STRIDE);
  }

  /** The factor whose lanes are the tiles' columns. */
  static GemmOperand right() {
    return new GemmOperand(false, TileKernels.PANEL_COLUMNS, TileKernels.PANEL_COLUMNS);
  }

  /**
   * Element (lane, p) is {@code values[offset + lane * laneStride + p * depthStride]}.
   *
   * @param readInPlace not to be packed; only of a left factor whose {@code depthStride} is 1
   */
  void bind(float[] values, int offset, int strideOfLane, int strideOfDepth, boolean readInPlace) {
    source = values;
    sourceOffset = offset;
    laneStride = strideOfLane;
    depthStride = strideOfDepth;
    inPlace = readInPlace;
  }

  /** Forgets the caller's array, so that an idle backend does not keep it alive. */
  void release() {
    source = null;
  }

  boolean inPlace() {
    return inPlace;
  }

  /** Lanes of a whole tile. */
  int tileLanes() {
    return inPlace ? InPlaceKernels.ROWS : panelLanes;
  }

  /** How many floats so many lanes take, packed, for each p. */
  int packedFloats(int lanes) {
    return inPlace ? 0 : (lanes + panelLanes - 1) / panelLanes * panelStride;
  }

  /** Turns to {@code lanes} lanes from {@code lane} on, {@code depths} deep from {@code p} on. */
  void use(int lane, int lanes, int p, int depths) {
    firstLane = lane;
    laneCount = lanes;
    firstDepth = p;
    depth = depths;
    panelDepth = (depths + TileKernels.DEPTH_STEP - 1) / TileKernels.DEPTH_STEP;
    panelDepth *= TileKernels.DEPTH_STEP;
    int needed = packedFloats(lanes) * panelDepth;
    if (panels.length < needed) {
      panels = new float[needed];
    }
  }

  /** How many panels the part in use has to be packed into. */
  int panelsToPack() {
    return packedFloats(laneCount) / panelStride;
  }

  /**
   * How deep the tiles go: as deep as the panels, whose padding is zero, or as what is in place.
   */
  int tileDepth() {
    return inPlace ? depth : panelDepth;
  }

  /** Where a tile finds its values. */
  float[] values() {
    return inPlace ? source : panels;
  }

  /** Where in {@link #values} the tile begins whose first lane of the part is {@code lane}. */
  int offset(int lane, int p) {
    return inPlace
        ? sourceOffset + (firstLane + lane) * laneStride + firstDepth + p
        : (lane / panelLanes * panelDepth + p) * panelStride;
  }

  /** How far apart in {@link #values} the values of two neighbouring lanes of a tile are. */
  int rowStride() {
    return inPlace ? laneStride : 1;
  }

  /** How far apart in {@link #values} the values of p and p + 1 are. */
  int stepStride() {
    return inPlace ? 1 : panelStride;
  }

  /** Packs panels [firstPanel, endPanel) of the part in use. */
  void pack(int firstPanel, int endPanel) {
    int fullPanels = Math.min(endPanel, laneCount / panelLanes);
    int lane = firstLane + firstPanel * panelLanes;
    int from = sourceOffset + lane * laneStride + firstDepth * depthStride;
    int to = firstPanel * panelStride * panelDepth;
    int count = fullPanels - firstPanel;
    // The two forms of a panel are constants of the JVM: so the compiler unrolls and hoists checks.
    if (laneStride != 1 && isLeft) {
      packAcross(from, to, count, TileKernels.PANEL_ROWS, TileKernels.LEFT_STRIDE);
    } else if (laneStride != 1) {
      packAcross(from, to, count, TileKernels.PANEL_COLUMNS, TileKernels.PANEL_COLUMNS);
    } else if (!isLeft) {
      copyColumns(source, from, depthStride, panels, to, panelDepth, count, depth);
    } else if (LANES == TileKernels.LEFT_STRIDE) {
      // A vector is a little more than a panel's lanes: the last one would read beyond the matrix.
      int lanesToEnd = firstLane + laneCount - lane;
      int safe = Math.min(count, Math.floorDiv(lanesToEnd - LANES, panelLanes) + 1);
      copyRows(source, from, depthStride, panels, to, panelDepth, Math.max(0, safe), depth);
      fullPanels = firstPanel + Math.max(0, safe);
    } else {
      packRows(from, to, count);
    }
    for (int panel = fullPanels; panel < endPanel; panel++) {
      packEdge(panel);
    }
    for (int panel = firstPanel; depth < panelDepth && panel < endPanel; panel++) {
      int end = (panel + 1) * panelDepth;
      Arrays.fill(panels, (end - panelDepth + depth) * panelStride, end * panelStride, padding);
    }
  }

  /** Row by row across the panels, because a row is contiguous in memory. */
  private void packRows(int from, int to, int panelCount) {
    for (int p = 0; p < depth; p++) {
      int row = from + p * depthStride;
      int target = to + p * TileKernels.LEFT_STRIDE;
      for (int panel = 0; panel < panelCount; panel++) {
        for (int lane = 0; lane < TileKernels.PANEL_ROWS; lane++) {
          panels[target + lane] = source[row + lane];
        }
        row += TileKernels.PANEL_ROWS;
        target += TileKernels.LEFT_STRIDE * panelDepth;
      }
    }
  }

  /** As {@link #packRows}, where a left panel's stride is one vector. */
  private static void copyRows(
      float[] source,
      int from,
      int depthStride,
      float[] panels,
      int to,
      int panelDepth,
      int panelCount,
      int depth) {
    for (int p = 0; p < depth; p++) {
      int row = from + p * depthStride;
      int target = to + p * TileKernels.LEFT_STRIDE;
      for (int panel = 0; panel < panelCount; panel++) {
        FloatVector.fromArray(FLOATS, source, row).intoArray(panels, target);
        row += TileKernels.PANEL_ROWS;
        target += TileKernels.LEFT_STRIDE * panelDepth;
      }
    }
  }

  /** As {@link #packRows}, into right panels of two vectors. */
  private static void copyColumns(
      float[] source,
      int from,
      int depthStride,
      float[] panels,
      int to,
      int panelDepth,
      int panelCount,
      int depth) {
    for (int p = 0; p < depth; p++) {
      int row = from + p * depthStride;
      int target = to + p * 2 * LANES;
      for (int panel = 0; panel < panelCount; panel++) {
        FloatVector.fromArray(FLOATS, source, row).intoArray(panels, target);
        FloatVector.fromArray(FLOATS, source, row + LANES).intoArray(panels, target + LANES);
        row += 2 * LANES;
        target += 2 * LANES * panelDepth;
      }
    }
  }

  private void packAcross(int from, int to, int panelCount, int width, int stride) {
    for (int panel = 0; panel < panelCount; panel++) {
      int column = from + panel * width * laneStride;
      int target = to + panel * stride * panelDepth;
      int lane = 0;
      for (; lane + 4 <= width; lane += 4) {
        packFourLanes(
            source, column + lane * laneStride, laneStride, panels, target + lane, depth, stride);
      }
      for (; lane < width; lane += 2) {
        packTwoLanes(
            source, column + lane * laneStride, laneStride, panels, target + lane, depth, stride);
      }
    }
  }

  private static void packTwoLanes(
      float[] source, int column, int laneStride, float[] panels, int to, int depth, int stride) {
    int column1 = column + laneStride;
    for (int p = 0; p < depth; p++) {
      int target = to + p * stride;
      panels[target] = source[column + p];
      panels[target + 1] = source[column1 + p];
    }
  }

  private static void packFourLanes(
      float[] source, int column, int laneStride, float[] panels, int to, int depth, int stride) {
    int column1 = column + laneStride;
    int column2 = column1 + laneStride;
    int column3 = column2 + laneStride;
    for (int p = 0; p < depth; p++) {
      int target = to + p * stride;
      panels[target] = source[column + p];
      panels[target + 1] = source[column1 + p];
      panels[target + 2] = source[column2 + p];
      panels[target + 3] = source[column3 + p];
    }
  }

  private void packEdge(int panel) {
    int used = Math.min(panelLanes, laneCount - panel * panelLanes);
    int to = panel * panelStride * panelDepth;
    Arrays.fill(panels, to, to + panelStride * panelDepth, 0f);
    for (int lane = 0; lane < used; lane++) {
      int column = firstLane + panel * panelLanes + lane;
      int from = sourceOffset + column * laneStride + firstDepth * depthStride;
      for (int p = 0; p < depth; p++) {
        panels[to + p * panelStride + lane] = source[from + p * depthStride];
      }
    }
  }
}
