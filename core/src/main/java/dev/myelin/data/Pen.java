package dev.myelin.data;

import dev.myelin.random.Philox;

/**
 * Draws strokes into a square image: the ink of a pixel falls off with its distance from the
 * nearest stroke, across an edge about one pixel wide, so lines come out smooth.
 */
final class Pen {
  /** Straight pieces per curve between two points: one is then about a pixel long. */
  private static final int PIECES = 5;

  private final Philox random;
  private final int side;
  private final float[] ink;
  private final double radius;
  private final double edge;
  private final double taper;
  private final float darkness;

  Pen(Philox random, int side) {
    this.random = random;
    this.side = side;
    this.ink = new float[side * side];
    this.radius = random.nextDouble(0.75, 1.75);
    this.edge = random.nextDouble(1.0, 1.7);
    this.taper = random.nextDouble(0.0, 0.35);
    this.darkness = (float) random.nextDouble(0.8, 1.05);
  }

  /**
   * Draws a curve through the points of a stroke given in pixels.
   *
   * <p>Between two points it is a cubic whose slope at each is half the way from its predecessor to
   * its successor. Source: Catmull and Rom, "A class of local interpolating splines", 1974.
   */
  void draw(Stroke stroke) {
    int last = stroke.points() - 1;
    for (int i = 0; i < last; i++) {
      int before = Math.max(0, i - 1);
      int after = Math.min(last, i + 2);
      double fromX = stroke.x(i);
      double fromY = stroke.y(i);
      for (int piece = 1; piece <= PIECES; piece++) {
        double t = (double) piece / PIECES;
        double toX = curve(stroke.x(before), stroke.x(i), stroke.x(i + 1), stroke.x(after), t);
        double toY = curve(stroke.y(before), stroke.y(i), stroke.y(i + 1), stroke.y(after), t);
        double position = (i + t) / last;
        // The pen presses hardest in mid-stroke.
        double pressure = 1 - taper * (2 * position - 1) * (2 * position - 1);
        line(fromX, fromY, toX, toY, radius * pressure);
        fromX = toX;
        fromY = toY;
      }
    }
  }

  private static double curve(double before, double from, double to, double after, double t) {
    double startSlope = (to - before) / 2;
    double endSlope = (after - from) / 2;
    double rise = to - from;
    double quadratic = 3 * rise - 2 * startSlope - endSlope;
    double cubic = startSlope + endSlope - 2 * rise;
    return from + t * (startSlope + t * (quadratic + t * cubic));
  }

  private void line(double fromX, double fromY, double toX, double toY, double width) {
    double reach = width + edge / 2;
    int left = Math.max(0, (int) Math.floor(Math.min(fromX, toX) - reach));
    int right = Math.min(side - 1, (int) Math.floor(Math.max(fromX, toX) + reach));
    int top = Math.max(0, (int) Math.floor(Math.min(fromY, toY) - reach));
    int bottom = Math.min(side - 1, (int) Math.floor(Math.max(fromY, toY) + reach));
    double alongX = toX - fromX;
    double alongY = toY - fromY;
    double lengthSquared = alongX * alongX + alongY * alongY;
    double inverse = lengthSquared > 0 ? 1 / lengthSquared : 0;
    for (int row = top; row <= bottom; row++) {
      for (int column = left; column <= right; column++) {
        double x = column + 0.5 - fromX;
        double y = row + 0.5 - fromY;
        double t = Math.max(0, Math.min(1, (x * alongX + y * alongY) * inverse));
        x -= t * alongX;
        y -= t * alongY;
        double distance = Math.sqrt(x * x + y * y);
        float dark = (float) Math.min(1, (reach - distance) / edge);
        int pixel = row * side + column;
        ink[pixel] = Math.max(ink[pixel], dark);
      }
    }
  }

  /**
   * Writes the picture, with a little noise, as multiples of 1/255 in [0, 1].
   *
   * @param pixels overwritten from offset on, row by row
   */
  void develop(float[] pixels, int offset) {
    int bits = 0;
    for (int i = 0; i < ink.length; i++) {
      bits = i % 2 == 0 ? random.nextInt() : bits >>> 16;
      // The sum of two random bytes, around 0: triangular in about +-5 of 255 steps.
      int noise = ((bits & 0xff) + (bits >>> 8 & 0xff) - 255) / 50;
      int value = Math.round(255 * darkness * ink[i]) + noise;
      pixels[offset + i] = Math.max(0, Math.min(255, value)) / 255f;
    }
  }
}
