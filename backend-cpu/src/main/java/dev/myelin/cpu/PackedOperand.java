package dev.myelin.cpu;

import java.util.Arrays;
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
  private int panelDepth;

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

  /** How many floats so many lanes take for each p. */
  int paddedLanes(int laneCount) {
    return panelCount(laneCount) * panelStride;
  }

  float[] panels() {
    return panels;
  }

  /**
   * How many p a panel holds: those of the slice and zeros up to {@link TileKernels#DEPTH_STEP}.
   */
  int panelDepth() {
    return panelDepth;
  }

  int panelOffset(int panel) {
    return panel * panelStride * panelDepth;
  }

  /** Makes room for panels of so many lanes, {@code depth} deep. */
  void reserve(int laneCount, int depth) {
    panelDepth =
        (depth + TileKernels.DEPTH_STEP - 1) / TileKernels.DEPTH_STEP * TileKernels.DEPTH_STEP;
    int needed = paddedLanes(laneCount) * panelDepth;
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
    int to = panelOffset(firstPanel);
    int count = fullPanels - firstPanel;
    // The two forms of a panel are constants of the JVM: so the compiler unrolls and hoists checks.
    if (laneStride != 1 && isLeft) {
      packColumns(from, to, count, depth, TileKernels.PANEL_ROWS, TileKernels.LEFT_STRIDE);
    } else if (laneStride != 1) {
      packColumns(from, to, count, depth, TileKernels.PANEL_COLUMNS, TileKernels.PANEL_COLUMNS);
    } else if (!isLeft) {
      copyColumns(source, from, depthStride, panels, to, panelDepth, count, depth);
    } else if (TileKernels.LANES == TileKernels.LEFT_STRIDE) {
      // A vector is a little more than a panel's lanes: the last one would read beyond the matrix.
      int safe = Math.min(count, Math.floorDiv(endLane - lane - TileKernels.LANES, panelLanes) + 1);
      copyRows(source, from, depthStride, panels, to, panelDepth, Math.max(0, safe), depth);
      fullPanels = firstPanel + Math.max(0, safe);
    } else {
      packRows(from, to, count, depth);
    }
    for (int panel = fullPanels; panel < endPanel; panel++) {
      packEdge(panel, firstLane + panel * panelLanes, endLane, firstDepth, depth);
    }
    if (depth < panelDepth) {
      for (int panel = firstPanel; panel < fullPanels; panel++) {
        int start = panelOffset(panel);
        Arrays.fill(panels, start + depth * panelStride, start + panelDepth * panelStride, 0f);
      }
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
    int lanes = TileKernels.LANES;
    for (int p = 0; p < depth; p++) {
      int row = from + p * depthStride;
      int target = to + p * 2 * lanes;
      for (int panel = 0; panel < panelCount; panel++) {
        FloatVector.fromArray(FLOATS, source, row).intoArray(panels, target);
        FloatVector.fromArray(FLOATS, source, row + lanes).intoArray(panels, target + lanes);
        row += 2 * lanes;
        target += 2 * lanes * panelDepth;
      }
    }
  }

  private void packColumns(int from, int to, int panelCount, int depth, int width, int stride) {
    for (int panel = 0; panel < panelCount; panel++) {
      int column = from + panel * width * laneStride;
      int target = to + panel * stride * panelDepth;
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
    int stride = depthStride(used);
    int to = panelOffset(panel);
    for (int lane = 0; lane < stride; lane++) {
      int from = sourceOffset + (firstLane + lane) * laneStride + firstDepth * depthStride;
      for (int p = 0; p < panelDepth; p++) {
        boolean inside = lane < used && p < depth;
        panels[to + p * stride + lane] = inside ? source[from + p * depthStride] : 0f;
      }
    }
  }

  /** Floats from one p to the next in a panel of so many lanes. */
  int depthStride(int used) {
    return isLeft ? panelStride : TileKernels.paddedColumns(used);
  }
}
