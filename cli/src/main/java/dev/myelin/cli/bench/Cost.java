package dev.myelin.cli.bench;

/**
 * What one operation takes, by which its speed is told.
 *
 * @param unit what is counted
 * @param amount how many of it, for the rate
 * @param flops multiplications and additions of its matrix products; 0 where there are none
 * @param bytes that must pass between memory and the device's arithmetic if nothing stays in a
 *     cache; 0 where that does not bound it
 */
public record Cost(Unit unit, double amount, double flops, double bytes) {

  /** What a rate counts. */
  public enum Unit {
    FLOPS("GFLOP/s", 1e9),
    BYTES("GB/s", 1e9),
    CALLS("calls/s", 1),
    SAMPLES("samples/s", 1);

    private final String text;
    private final double scale;

    Unit(String text, double scale) {
      this.text = text;
      this.scale = scale;
    }

    /** As it stands behind a number: "GFLOP/s". */
    public String text() {
      return text;
    }
  }

  static Cost ofProduct(Shape shape) {
    double flops = 2.0 * shape.m() * shape.n() * shape.k();
    return new Cost(Unit.FLOPS, flops, flops, 0);
  }

  /** Of what streams through the device's own memory. */
  static Cost ofStream(double bytes) {
    return new Cost(Unit.BYTES, bytes, 0, bytes);
  }

  /** Of what passes between the host and the device. */
  static Cost ofTransfer(double bytes) {
    return new Cost(Unit.BYTES, bytes, 0, 0);
  }

  static Cost ofCall() {
    return new Cost(Unit.CALLS, 1, 0, 0);
  }

  static Cost ofSamples(int samples, double flops) {
    return new Cost(Unit.SAMPLES, samples, flops, 0);
  }

  /** How much of the unit per second, in giga where the unit says so. */
  public double rate(double nanos) {
    return amount / nanos * 1e9 / unit.scale;
  }

  /**
   * The share of what the device can do at most: of its multiply-adds for products and what is made
   * of them, of its copying for streams; NaN for the others. Above 1 where data stay in a cache.
   */
  public double shareOfPeak(double nanos, Peak peak) {
    if (flops > 0) {
      return flops / nanos / peak.gflops();
    }
    return bytes > 0 ? bytes / nanos / peak.copyGigabytesPerSecond() : Double.NaN;
  }
}
