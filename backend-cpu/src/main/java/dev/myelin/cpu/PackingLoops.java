package dev.myelin.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The loops that pack factors of a matrix product into panels; {@link GemmOperand} has the panels'
 * layout and chooses among them. All read {@code source} from {@code from} on and write {@code
 * panels} from {@code to} on.
 */
final class PackingLoops {
  private static final VectorSpecies<Float> FLOATS = VectorWidth.FLOATS;
  private static final int LANES = TileKernels.LANES;
  private static final int BLOCK = EightRowKernels.BLOCK;

  private PackingLoops() {}

  /** Fills blocks of one panel from eight rows. {@link WarmUp} has this compiled, too. */
  static void copyBlocks(
      float[] source, int from, int laneStride, float[] panels, int to, int blocks) {
    for (int block = 0; block < blocks; block++) {
      int row = from + block * BLOCK;
      int target = to + block * EightRowKernels.ROWS * BLOCK;
      for (int i = 0; i < EightRowKernels.ROWS; i++) {
        for (int j = 0; j < BLOCK; j += LANES) {
          FloatVector.fromArray(FLOATS, source, row + j).intoArray(panels, target + j);
        }
        row += laneStride;
        target += BLOCK;
      }
    }
  }

  /** Fills left panels element by element, row by row: a row is contiguous in memory. */
  static void copyRowsByElement(
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
        for (int lane = 0; lane < TileKernels.PANEL_ROWS; lane++) {
          panels[target + lane] = source[row + lane];
        }
        row += TileKernels.PANEL_ROWS;
        target += TileKernels.LEFT_STRIDE * panelDepth;
      }
    }
  }

  /**
   * As {@link #copyRowsByElement}, by vectors, which hold a panel's lanes and some more: these are
   * overwritten by the next ones of the panel, so the last ones are copied by element.
   */
  static void copyRows(
      float[] source,
      int from,
      int depthStride,
      float[] panels,
      int to,
      int panelDepth,
      int panelCount,
      int depth) {
    for (int p = 0; p < depth - 1; p++) {
      int row = from + p * depthStride;
      int target = to + p * TileKernels.LEFT_STRIDE;
      for (int panel = 0; panel < panelCount; panel++) {
        FloatVector.fromArray(FLOATS, source, row).intoArray(panels, target);
        row += TileKernels.PANEL_ROWS;
        target += TileKernels.LEFT_STRIDE * panelDepth;
      }
    }
    copyRowsByElement(
        source,
        from + (depth - 1) * depthStride,
        depthStride,
        panels,
        to + (depth - 1) * TileKernels.LEFT_STRIDE,
        panelDepth,
        panelCount,
        1);
  }

  /** As {@link #copyRowsByElement}, into right panels of two vectors. */
  static void copyColumns(
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

  /** Writes one lane, which is contiguous in memory, at a distance of {@code stride}. */
  static void packLane(float[] source, int column, float[] panels, int to, int depth, int stride) {
    for (int p = 0; p < depth; p++) {
      panels[to + p * stride] = source[column + p];
    }
  }

  /** As {@link #packLane}, of two lanes, {@code laneStride} apart, that lie side by side then. */
  static void packTwoLanes(
      float[] source, int column, int laneStride, float[] panels, int to, int depth, int stride) {
    int column1 = column + laneStride;
    for (int p = 0; p < depth; p++) {
      int target = to + p * stride;
      panels[target] = source[column + p];
      panels[target + 1] = source[column1 + p];
    }
  }

  /** As {@link #packTwoLanes}, of four. */
  static void packFourLanes(
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
}
