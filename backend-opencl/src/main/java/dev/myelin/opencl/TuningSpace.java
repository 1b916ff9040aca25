package dev.myelin.opencl;

import java.util.ArrayList;
import java.util.List;

/**
 * What {@link Tuner} tries.
 *
 * @param panels sizes of panels, all of one depth
 * @param blockDepths depths, for the fastest of the panels
 * @param tiles sizes of tiles, for results of every size
 * @param largeSide how many rows and columns a large result has at least
 */
record TuningSpace(
    List<PackedShape> panels, List<Integer> blockDepths, List<TiledShape> tiles, int largeSide) {

  /** All that may pay on a device. */
  static TuningSpace of(OpenClDevice device) {
    return new TuningSpace(panels(device), List.of(128, 192, 384, 512), tiles(device), 1024);
  }

  private static List<PackedShape> panels(OpenClDevice device) {
    int depth = Tuning.defaults(device).packed().blockDepth();
    List<PackedShape> panels = new ArrayList<>();
    for (int vector : PackedShape.VECTORS) {
      for (int rows : PackedShape.ROWS) {
        panels.add(new PackedShape(vector, rows, depth));
      }
    }
    return panels;
  }

  /** Tiles of 64 to 256 lanes. */
  private static List<TiledShape> tiles(OpenClDevice device) {
    List<TiledShape> tiles = new ArrayList<>();
    int[][] sides = {{32, 32}, {32, 64}, {64, 32}, {64, 64}, {64, 128}, {128, 64}, {128, 128}};
    int[][] perLane = {{4, 4}, {8, 4}, {8, 8}};
    for (int[] side : sides) {
      for (int[] lane : perLane) {
        for (int depth : new int[] {8, 16, 32}) {
          TiledShape shape = new TiledShape(side[0], side[1], depth, lane[0], lane[1]);
          if (shape.lanes() >= 64 && shape.lanes() <= 256 && shape.fits(device)) {
            tiles.add(shape);
          }
        }
      }
    }
    return tiles;
  }
}
