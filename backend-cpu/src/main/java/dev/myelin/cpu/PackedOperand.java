package dev.myelin.cpu;

/**
 * One factor of a matrix product, cut into panels that the tile kernels read from front to back.
 *
 * <p>A lane is a row of op(A) or a column of op(B). A panel holds, for each p of the slice of the
 * inner dimension, the p-th value of {@code panelLanes} neighbouring lanes; lanes beyond the last
 * one are zero. Whether the factor is transposed in memory shows here only, in two strides.
 */
final class PackedOperand {
  private final int panelLanes;
  private float[] panels = new float[0];

  private float[] source;
  private int sourceOffset;
  private int laneStride;
  private int depthStride;
  private int lanes;

  PackedOperand(int panelLanes) {
    this.panelLanes = panelLanes;
  }

  /** Element (lane, p) is {@code values[offset + lane * laneStride + p * depthStride]}. */
  void bind(float[] values, int offset, int laneCount, int strideOfLane, int strideOfDepth) {
    source = values;
    sourceOffset = offset;
    lanes = laneCount;
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
   * Packs the lanes from {@code firstLane + panel * panelLanes} on, each from {@code firstDepth} to
   * {@code firstDepth + depth}.
   *
   * @param width floats for each p in the packed panel; at most {@code panelLanes}
   */
  void pack(int panel, int firstLane, int firstDepth, int depth, int width) {
    int lane = firstLane + panel * panelLanes;
    int used = Math.min(width, lanes - lane);
    int from = sourceOffset + lane * laneStride + firstDepth * depthStride;
    int to = panelOffset(panel, depth);
    if (laneStride == 1) {
      packRows(from, to, depth, width, used);
    } else {
      packColumns(from, to, depth, width, used);
    }
  }

  private void packRows(int from, int to, int depth, int width, int used) {
    for (int p = 0; p < depth; p++) {
      int row = from + p * depthStride;
      int target = to + p * width;
      for (int lane = 0; lane < used; lane++) {
        panels[target + lane] = source[row + lane];
      }
      for (int lane = used; lane < width; lane++) {
        panels[target + lane] = 0;
      }
    }
  }

  private void packColumns(int from, int to, int depth, int width, int used) {
    for (int lane = 0; lane < width; lane++) {
      int target = to + lane;
      if (lane < used) {
        int column = from + lane * laneStride;
        for (int p = 0; p < depth; p++) {
          panels[target + p * width] = source[column + p];
        }
      } else {
        for (int p = 0; p < depth; p++) {
          panels[target + p * width] = 0;
        }
      }
    }
  }
}
