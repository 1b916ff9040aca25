package dev.myelin.data;

import dev.myelin.random.Philox;

/**
 * One writing of one digit: where its points come to lie, in pixels.
 *
 * <p>A point p moves to A (p + w(p) + e - centre) + shift: w is a smooth field (two waves per
 * axis), e a displacement of each point's own, A scales, slants and turns.
 */
final class Handwriting {
  private static final int WAVES = 4;

  private final Philox random;
  private final double[] waveX = new double[WAVES];
  private final double[] waveY = new double[WAVES];
  private final double[] phase = new double[WAVES];
  private final double[] amplitude = new double[WAVES];
  private final double xFromX;
  private final double xFromY;
  private final double yFromX;
  private final double yFromY;
  private final double shiftX;
  private final double shiftY;

  Handwriting(Philox random, int side) {
    this.random = random;
    for (int wave = 0; wave < WAVES; wave++) {
      waveX[wave] = random.nextDouble(-6, 6);
      waveY[wave] = random.nextDouble(-6, 6);
      phase[wave] = random.nextDouble(0, 2 * Math.PI);
      amplitude[wave] = 0.038 * random.nextGaussian();
    }
    double height = side * random.nextDouble(0.6, 0.8);
    double width = height * random.nextDouble(0.65, 1.2);
    double slant = 0.1 + 0.19 * clippedGaussian();
    double angle = 0.1 * clippedGaussian();
    double cos = StrictMath.cos(angle);
    double sin = StrictMath.sin(angle);
    // A = rotation * (slant * scale); y points down, so a slant to the right lowers x with y.
    xFromX = width * cos;
    xFromY = -height * (slant * cos + sin);
    yFromX = width * sin;
    yFromY = height * (cos - slant * sin);
    shiftX = side / 2.0 + 1.2 * clippedGaussian();
    shiftY = side / 2.0 + 1.2 * clippedGaussian();
  }

  private double clippedGaussian() {
    return Math.max(-2.2, Math.min(2.2, random.nextGaussian()));
  }

  /** The stroke as this hand writes it, in pixels; corners stay corners. */
  Stroke write(Stroke stroke) {
    double[] x = new double[stroke.points()];
    double[] y = new double[stroke.points()];
    for (int i = 0; i < stroke.points(); i++) {
      if (stroke.isCorner(i)) {
        x[i] = x[i - 1];
        y[i] = y[i - 1];
      } else {
        place(stroke.x(i), stroke.y(i), x, y, i);
      }
    }
    return new Stroke(x, y);
  }

  private void place(double fromX, double fromY, double[] x, double[] y, int i) {
    double u = fromX - 0.5 + random.nextDouble(-0.025, 0.025);
    double v = fromY - 0.5 + random.nextDouble(-0.025, 0.025);
    for (int wave = 0; wave < WAVES; wave++) {
      double displacement =
          amplitude[wave] * StrictMath.sin(waveX[wave] * fromX + waveY[wave] * fromY + phase[wave]);
      if (wave % 2 == 0) {
        u += displacement;
      } else {
        v += displacement;
      }
    }
    x[i] = shiftX + xFromX * u + xFromY * v;
    y[i] = shiftY + yFromX * u + yFromY * v;
  }
}
