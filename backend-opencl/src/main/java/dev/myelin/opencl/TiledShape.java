package dev.myelin.opencl;

/**
 * The sizes of gemm-tiled.cl: a group makes a tile of {@code rows} x {@code columns} from slices of
 * {@code depth}, a lane {@code laneRows} x {@code laneColumns} of it. They change the speed and
 * never the result.
 */
record TiledShape(int rows, int columns, int depth, int laneRows, int laneColumns) {
  /** A lane reads four neighbours of local memory at a time. */
  private static final int LANE_UNIT = 4;

  private static final int LONGEST_SIDE = 256;
  private static final int DEEPEST_SLICE = 64;

  /** As many sums fit the registers of a lane, with what is multiplied. */
  private static final int MOST_SUMS = 128;

  /** What the kernel adds to a row of a slice. */
  private static final int PADDING = 4;

  int lanes() {
    return rows / laneRows * (columns / laneColumns);
  }

  long localBytes() {
    return 4L * depth * (rows + PADDING + columns + PADDING);
  }

  /** How many tiles cover a result. */
  long tiles(int resultRows, int resultColumns) {
    return tilesDown(resultRows) * tilesAcross(resultColumns);
  }

  long tilesDown(int resultRows) {
    return Kernel.roundedUp(resultRows, rows) / rows;
  }

  long tilesAcross(int resultColumns) {
    return Kernel.roundedUp(resultColumns, columns) / columns;
  }

  String definitions() {
    return String.format(
        "-DTILE_M=%d -DTILE_N=%d -DTILE_K=%d -DITEM_M=%d -DITEM_N=%d",
        rows, columns, depth, laneRows, laneColumns);
  }

  /** Whether the kernel is right with these sizes, and the device can run it. */
  boolean fits(OpenClDevice device) {
    return isSide(rows, laneRows)
        && isSide(columns, laneColumns)
        && laneRows * laneColumns <= MOST_SUMS
        && depth >= 1
        && depth <= DEEPEST_SLICE
        // Every lane copies the same number of elements.
        && rows * depth % lanes() == 0
        && columns * depth % lanes() == 0
        && lanes() <= device.maxGroupItems()
        && localBytes() <= device.localMemoryBytes();
  }

  private static boolean isSide(int side, int perLane) {
    return perLane >= LANE_UNIT
        && perLane % LANE_UNIT == 0
        && side >= perLane
        && side <= LONGEST_SIDE
        && side % perLane == 0;
  }

  @Override
  public String toString() {
    return String.format("%d x %d x %d, lane %d x %d", rows, columns, depth, laneRows, laneColumns);
  }
}
