package dev.myelin.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * One factor of a matrix product, cut into panels that the tile kernels read from front to back.
 *
 * <p>A lane is a row of op(A) or a column of op(B). A panel holds, for each p of the slice of the
 * inner dimension, the p-th value of {@code panelLanes} neighbouring lanes; lanes beyond the last
 * one are zero. Whether the factor is transposed in memory shows here only, in two strides.
 */
final class PackedOperand {
  private static final VectorSpecies<Float> FLOATS = VectorWidth.FLOATS;

  private final boolean isLeft;
  private final int panelLanes;
  private final int panelStride;
  private float[] panels = new float[0];

  private float[] source;
  private int sourceOffset;
  private int laneStride;
  private int depthStride;

  private PackedOperand(boolean isLeft, int panelLanes, int panelStride) {
    this.isLeft = isLeft;
    this.panelLanes = panelLanes;
    this.panelStride = panelStride;
  }

  /** The factor whose lanes are the tiles' rows. */
  static PackedOperand left() {
    return new PackedOperand(true, TileKernels.PANEL_ROWS, TileKernels.LEFT_STRIDE);
  }

  /** The factor whose lanes are the tiles' columns. */
  static PackedOperand right() {
    return new PackedOperand(false, TileKernels.PANEL_COLUMNS, TileKernels.PANEL_COLUMNS);
  }

  /** Element (lane, p) is {@code values[offset + lane * laneStride + p * depthStride]}. */
  void bind(float[] values, int offset, int strideOfLane, int strideOfDepth) {
    source = values;
    sourceOffset = offset;
    laneStride = strideOfLane;
    depthStride = strideOfDepth;
  }

  /** Forgets the caller's array, so that an idle backend does not keep it alive. */
  void release() {
    source = null;
  }

  int panelLanes() {
    return panelLanes;
  }

  int panelCount(int laneCount) {
    return (laneCount + panelLanes - 1) / panelLanes;
  }

  float[] panels() {
    return panels;
  }

  int panelOffset(int panel, int depth) {
    return panel * panelStride * depth;
  }

  void reserve(int laneCount, int depth) {
    int needed = panelCount(laneCount) * panelStride * depth;
    if (panels.length < needed) {
      panels = new float[needed];
    }
  }

  /**
   * Packs panels [firstPanel, endPanel) of the lanes from {@code firstLane} to {@code endLane},
   * each from {@code firstDepth} to {@code firstDepth + depth}.
   */
  void pack(int firstPanel, int endPanel, int firstLane, int endLane, int firstDepth, int depth) {
    int fullPanels = Math.min(endPanel, (endLane - firstLane) / panelLanes);
    int lane = firstLane + firstPanel * panelLanes;
    int from = sourceOffset + lane * laneStride + firstDepth * depthStride;
    int to = panelOffset(firstPanel, depth);
    int count = fullPanels - firstPanel;
    // The two forms of a panel are constants of the JVM: so the compiler unrolls and hoists checks.
    if (laneStride != 1 && isLeft) {
      packColumns(from, to, count, depth, TileKernels.PANEL_ROWS, TileKernels.LEFT_STRIDE);
    } else if (laneStride != 1) {
      packColumns(from, to, count, depth, TileKernels.PANEL_COLUMNS, TileKernels.PANEL_COLUMNS);
    } else if (!isLeft) {
      copyColumns(source, from, depthStride, panels, to, count, depth);
    } else if (TileKernels.LANES == TileKernels.LEFT_STRIDE) {
      // A vector is a little more than a panel's lanes: the last one would read beyond the matrix.
      int safe = Math.min(count, (endLane - lane - TileKernels.LANES) / panelLanes + 1);
      copyRows(source, from, depthStride, panels, to, Math.max(0, safe), depth);
      fullPanels = firstPanel + Math.max(0, safe);
    } else {
      packRows(from, to, count, depth);
    }
    for (int panel = fullPanels; panel < endPanel; panel++) {
      packEdge(panel, firstLane + panel * panelLanes, endLane, firstDepth, depth);
    }
  }

  /** Row by row across the panels, because a row is contiguous in memory. */
  private void packRows(int from, int to, int panelCount, int depth) {
    for (int p = 0; p < depth; p++) {
      int row = from + p * depthStride;
      int target = to + p * TileKernels.LEFT_STRIDE;
      for (int panel = 0; panel < panelCount; panel++) {
        for (int lane = 0; lane < TileKernels.PANEL_ROWS; lane++) {
          panels[target + lane] = source[row + lane];
        }
        row += TileKernels.PANEL_ROWS;
        target += TileKernels.LEFT_STRIDE * depth;
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
      int panelCount,
      int depth) {
    for (int p = 0; p < depth; p++) {
      int row = from + p * depthStride;
      int target = to + p * TileKernels.LEFT_STRIDE;
      for (int panel = 0; panel < panelCount; panel++) {
        FloatVector.fromArray(FLOATS, source, row).intoArray(panels, target);
        row += TileKernels.PANEL_ROWS;
        target += TileKernels.LEFT_STRIDE * depth;
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
      int panelCount,
      int depth) {
    int lanes = TileKernels.LANES;
    for (int p = 0; p < depth; p++) {
      int row = from + p * depthStride;
      int target = to + p * 2 * lanes;
      for (int panel = 0; panel < panelCount; panel++) {
        FloatVector.fromArray(FLOATS, source, row).intoArray(panels, target);
        FloatVector.fromArray(FLOATS, source, row + lanes).intoArray(panels, target + lanes);
        row += 2 * lanes;
        target += 2 * lanes * depth;
      }
    }
  }

  private void packColumns(int from, int to, int panelCount, int depth, int width, int stride) {
    for (int panel = 0; panel < panelCount; panel++) {
      int column = from + panel * width * laneStride;
      int target = to + panel * stride * depth;
      int lane = 0;
      for (; lane + 4 <= width; lane += 4) {
        packFourColumns(
            source, column + lane * laneStride, laneStride, panels, target + lane, depth, stride);
      }
      for (; lane < width; lane += 2) {
        packTwoColumns(
            source, column + lane * laneStride, laneStride, panels, target + lane, depth, stride);
      }
    }
  }

  private static void packTwoColumns(
      float[] source, int column, int laneStride, float[] panels, int to, int depth, int stride) {
    int column1 = column + laneStride;
    for (int p = 0; p < depth; p++) {
      int target = to + p * stride;
      panels[target] = source[column + p];
      panels[target + 1] = source[column1 + p];
    }
  }

  private static void packFourColumns(
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

  private void packEdge(int panel, int firstLane, int endLane, int firstDepth, int depth) {
    int used = Math.min(panelLanes, endLane - firstLane);
    int stride = edgeStride(used);
    int to = panelOffset(panel, depth);
    for (int lane = 0; lane < stride; lane++) {
      int from = sourceOffset + (firstLane + lane) * laneStride + firstDepth * depthStride;
      boolean inside = lane < used;
      for (int p = 0; p < depth; p++) {
        panels[to + p * stride + lane] = inside ? source[from + p * depthStride] : 0f;
      }
    }
  }

  private int edgeStride(int used) {
    return isLeft ? panelStride : TileKernels.paddedColumns(used);
  }
}
