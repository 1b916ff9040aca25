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

  private final int panelLanes;
  private float[] panels = new float[0];

  private float[] source;
  private int sourceOffset;
  private int laneStride;
  private int depthStride;

  PackedOperand(int panelLanes) {
    this.panelLanes = panelLanes;
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
    return panel * panelLanes * depth;
  }

  void reserve(int laneCount, int depth) {
    int needed = panelCount(laneCount) * panelLanes * depth;
    if (panels.length < needed) {
      panels = new float[needed];
    }
  }

  /**
   * Packs panels [firstPanel, endPanel) of the lanes from {@code firstLane} to {@code endLane},
   * each from {@code firstDepth} to {@code firstDepth + depth}.
   */
  void pack(int firstPanel, int endPanel, int firstLane, int endLane, int firstDepth, int depth) {
    int panel = firstPanel;
    int fullPanels = Math.min(endPanel, (endLane - firstLane) / panelLanes);
    int lane = firstLane + panel * panelLanes;
    int from = sourceOffset + lane * laneStride + firstDepth * depthStride;
    int to = panelOffset(panel, depth);
    // The two widths are constants of the JVM: with them the compiler unrolls and hoists checks.
    if (laneStride == 1 && panelLanes == TileKernels.PANEL_ROWS) {
      packRows(from, to, fullPanels - panel, depth, TileKernels.PANEL_ROWS);
    } else if (laneStride == 1) {
      copyRows(source, from, depthStride, panels, to, fullPanels - panel, depth);
    } else if (panelLanes == TileKernels.PANEL_ROWS) {
      packColumns(from, to, fullPanels - panel, depth, TileKernels.PANEL_ROWS);
    } else {
      packColumns(from, to, fullPanels - panel, depth, TileKernels.PANEL_COLUMNS);
    }
    if (fullPanels < endPanel) {
      packEdge(fullPanels, firstLane + fullPanels * panelLanes, endLane, firstDepth, depth);
    }
  }

  /** Row by row across the panels, because a row is contiguous in memory. */
  private void packRows(int from, int to, int panelCount, int depth, int width) {
    for (int p = 0; p < depth; p++) {
      int row = from + p * depthStride;
      int target = to + p * width;
      for (int panel = 0; panel < panelCount; panel++) {
        for (int lane = 0; lane < width; lane++) {
          panels[target + lane] = source[row + lane];
        }
        row += width;
        target += width * depth;
      }
    }
  }

  private static void copyRows(
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

  private void packColumns(int from, int to, int panelCount, int depth, int width) {
    for (int panel = 0; panel < panelCount; panel++) {
      int column = from + panel * width * laneStride;
      int target = to + panel * width * depth;
      int lane = 0;
      for (; lane + 4 <= width; lane += 4) {
        packFourColumns(
            source, column + lane * laneStride, laneStride, panels, target + lane, depth, width);
      }
      for (; lane < width; lane++) {
        packColumn(source, column + lane * laneStride, panels, target + lane, depth, width);
      }
    }
  }

  private static void packColumn(
      float[] source, int column, float[] panels, int to, int depth, int width) {
    for (int p = 0; p < depth; p++) {
      panels[to + p * width] = source[column + p];
    }
  }

  private static void packFourColumns(
      float[] source, int column, int laneStride, float[] panels, int to, int depth, int width) {
    int column1 = column + laneStride;
    int column2 = column1 + laneStride;
    int column3 = column2 + laneStride;
    for (int p = 0; p < depth; p++) {
      int target = to + p * width;
      panels[target] = source[column + p];
      panels[target + 1] = source[column1 + p];
      panels[target + 2] = source[column2 + p];
      panels[target + 3] = source[column3 + p];
    }
  }

  private void packEdge(int panel, int firstLane, int endLane, int firstDepth, int depth) {
    int width = paddedLanes(endLane - firstLane);
    int to = panelOffset(panel, depth);
    for (int lane = 0; lane < width; lane++) {
      int from = sourceOffset + (firstLane + lane) * laneStride + firstDepth * depthStride;
      boolean inside = firstLane + lane < endLane;
      for (int p = 0; p < depth; p++) {
        panels[to + p * width + lane] = inside ? source[from + p * depthStride] : 0f;
      }
    }
  }

  private int paddedLanes(int used) {
    return panelLanes == TileKernels.PANEL_COLUMNS ? TileKernels.paddedColumns(used) : panelLanes;
  }
}
