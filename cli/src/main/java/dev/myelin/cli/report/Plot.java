package dev.myelin.cli.report;

import static dev.myelin.cli.report.Markup.coordinate;

import java.util.List;

/** Two axes and what lies between them. */
final class Plot {
  static final double WIDTH = 360;
  private static final double TOP = 24;
  private static final double BOTTOM = 34;
  private static final double LEFT = 46;
  private static final int X_TICKS = 6;

  private final Axis x;
  private final Axis y;
  private final double right;
  private final double bottom;
  private final Svg svg;

  /**
   * Draws the frame: ticks and names of both axes.
   *
   * @param isGrid whether the y axis has hairlines across, not ticks
   */
  private Plot(
      Svg svg,
      Axis x,
      String xName,
      Axis y,
      String yName,
      double height,
      double right,
      boolean isGrid,
      List<Double> xTicks) {
    this.x = x;
    this.y = y;
    this.right = right;
    this.bottom = height - BOTTOM;
    this.svg = svg;
    for (double tick : y.ticks(5)) {
      svg.line(isGrid ? "grid" : "axis", LEFT, toY(tick), isGrid ? right : LEFT - 4, toY(tick));
      svg.text("tick end", LEFT - 6, toY(tick) + 4, Markup.number(tick, 3));
    }
    for (double tick : xTicks) {
      svg.line("axis", toX(tick), bottom, toX(tick), bottom + 4);
      svg.text("tick middle", toX(tick), bottom + 16, Markup.number(tick, 3));
    }
    svg.line("axis", LEFT, bottom, right, bottom);
    svg.text("name end", right, bottom + 30, xName);
    svg.text("name start", 2, 13, yName);
  }

  /**
   * A plot with hairlines across where the y axis has its ticks.
   *
   * @param height of the whole
   * @param rightMargin room for labels beside the lines' ends
   */
  static Plot of(
      String title, Axis x, String xName, Axis y, String yName, double height, double rightMargin) {
    Svg svg = new Svg(WIDTH, height, title);
    double right = WIDTH - rightMargin;
    return new Plot(svg, x, xName, y, yName, height, right, true, x.ticks(X_TICKS));
  }

  /** As {@link #of}, of numbers that are whole along the x axis. */
  static Plot ofWhole(
      String title, Axis x, String xName, Axis y, String yName, double height, double rightMargin) {
    Svg svg = new Svg(WIDTH, height, title);
    double right = WIDTH - rightMargin;
    return new Plot(svg, x, xName, y, yName, height, right, true, x.wholeTicks(X_TICKS));
  }

  /** A plot whose two units are equally long, for data in a plane, as high as that takes. */
  static Plot ofPlane(String title, Axis x, String xName, Axis y, String yName) {
    double ratio = (y.high() - y.low()) / (x.high() - x.low());
    // Beyond 2 to 1 equal units would leave one axis too short to see anything.
    double shape = ratio > 0.5 && ratio < 2 ? ratio : 0.9;
    double height = TOP + BOTTOM + Math.min(shape, 1.15) * (WIDTH - LEFT - 8);
    Svg svg = new Svg(WIDTH, height, title);
    return new Plot(svg, x, xName, y, yName, height, WIDTH - 8, false, x.ticks(X_TICKS));
  }

  double toX(double value) {
    return LEFT + x.share(value) * (right - LEFT);
  }

  double toY(double value) {
    return bottom - y.share(value) * (bottom - TOP);
  }

  double top() {
    return TOP;
  }

  double bottom() {
    return bottom;
  }

  double right() {
    return right;
  }

  Svg svg() {
    return svg;
  }

  /** A path through points; where y is not finite the line is broken. */
  String polyline(double[] xs, double[] ys) {
    StringBuilder path = new StringBuilder();
    boolean isDown = false;
    for (int i = 0; i < xs.length; i++) {
      if (Double.isFinite(ys[i])) {
        path.append(isDown ? 'L' : 'M');
        path.append(coordinate(toX(xs[i]))).append(' ').append(coordinate(toY(ys[i])));
        isDown = true;
      } else {
        isDown = false;
      }
    }
    return path.toString();
  }

  @Override
  public String toString() {
    return svg.toString();
  }
}
