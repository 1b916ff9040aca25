package dev.myelin.opencl;

/**
 * The sizes that a device multiplies matrices with.
 *
 * @param large tiles for results that have a large block for every compute unit; see TiledGemm
 * @param medium tiles for those that have a medium one
 * @param small tiles for all others
 * @param packed panels, on processors
 */
record Tuning(TiledShape large, TiledShape medium, TiledShape small, PackedShape packed) {

  private static final TiledShape LARGE = new TiledShape(128, 128, 16, 8, 8);
  private static final TiledShape MEDIUM = new TiledShape(64, 64, 16, 4, 4);
  private static final TiledShape SMALL = new TiledShape(32, 32, 16, 4, 4);

  /** Starting points: what the kernels were written with. */
  static Tuning defaults(OpenClDevice device) {
    TiledShape medium = MEDIUM.fits(device) ? MEDIUM : SMALL;
    return new Tuning(
        LARGE.fits(device) ? LARGE : medium,
        medium,
        SMALL,
        // A panel of b of this depth takes half of a first-level cache of 32 KiB.
        new PackedShape(vector(device), 6, 256));
  }

  /** 4, 8 or 16 floats: what is wider is more than one register, what is narrower not worth it. */
  private static int vector(OpenClDevice device) {
    return Math.max(4, Math.min(16, Integer.highestOneBit(device.floatsPerVector())));
  }

  Tuning withLarge(TiledShape shape) {
    return new Tuning(shape, medium, small, packed);
  }

  Tuning withMedium(TiledShape shape) {
    return new Tuning(large, shape, small, packed);
  }

  Tuning withSmall(TiledShape shape) {
    return new Tuning(large, medium, shape, packed);
  }

  Tuning withPacked(PackedShape shape) {
    return new Tuning(large, medium, small, shape);
  }
}
