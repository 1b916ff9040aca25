package dev.myelin.cli.report;

import static dev.myelin.cli.report.Markup.escape;

import java.util.List;

/**
 * Which class a network sees at each place of a plane, as filled areas, with samples on it. A
 * sample has the colour and the shape of its true class; one that is taken for another class has a
 * ring around it.
 */
public final class BoundaryMap {
  /** Nodes of the grid along each axis. */
  public static final int NODES = 121;

  /** Beyond the outermost samples, as a share of their range. */
  private static final double MARGIN = 0.06;

  private static final int MOST_NAMED_CLASSES = 12;

  /** Samples in the plane. */
  public static final class Points {
    private final double[] xs;
    private final double[] ys;
    private final int[] truth;
    private final boolean[] isRight;

    /**
     * Keeps the arrays as they are.
     *
     * @param truth each sample's class
     * @param isRight whether the network says the same
     */
    public Points(double[] xs, double[] ys, int[] truth, boolean[] isRight) {
      this.xs = xs;
      this.ys = ys;
      this.truth = truth;
      this.isRight = isRight;
    }
  }

  private final Axis x;
  private final Axis y;
  private final Points points;

  /** A map as large as the points need. */
  public BoundaryMap(Points points) {
    this.points = points;
    this.x = Axis.of(points.xs, MARGIN);
    this.y = Axis.of(points.ys, MARGIN);
  }

  /** Where the network is to be asked: [NODES * NODES, 2], row by row, the largest y first. */
  public float[] grid() {
    float[] grid = new float[NODES * NODES * 2];
    for (int row = 0; row < NODES; row++) {
      for (int column = 0; column < NODES; column++) {
        int at = 2 * (row * NODES + column);
        grid[at] = (float) x.at(column / (NODES - 1.0));
        grid[at + 1] = (float) y.at(1 - row / (NODES - 1.0));
      }
    }
    return grid;
  }

  /**
   * The map.
   *
   * @param margins per class at each node of {@link #grid}: at least 0 where the class is the one
   *     seen
   * @param sureMargins likewise, at least 0 where the network is sure; empty when it does not say
   */
  public String draw(
      String title,
      String xName,
      String yName,
      List<String> classNames,
      List<double[]> margins,
      List<double[]> sureMargins) {
    Plot plot = Plot.ofPlane(title, x, xName, y, yName);
    double[] xs = new double[NODES];
    double[] ys = new double[NODES];
    for (int i = 0; i < NODES; i++) {
      xs[i] = plot.toX(x.at(i / (NODES - 1.0)));
      ys[i] = plot.toY(y.at(1 - i / (NODES - 1.0)));
    }
    for (int i = 0; i < margins.size(); i++) {
      plot.svg().path("area f" + Svg.color(i), Contour.area(xs, ys, margins.get(i)));
    }
    for (int i = 0; i < sureMargins.size(); i++) {
      plot.svg().path("area f" + Svg.color(i), Contour.area(xs, ys, sureMargins.get(i)));
    }
    addPoints(plot, classNames.size());
    return legend(classNames) + plot;
  }

  private void addPoints(Plot plot, int classes) {
    double radius = points.xs.length > 300 ? 2.1 : 2.8;
    StringBuilder rings = new StringBuilder();
    for (int truth = 0; truth < classes; truth++) {
      StringBuilder marks = new StringBuilder();
      for (int i = 0; i < points.xs.length; i++) {
        if (points.truth[i] == truth) {
          double px = plot.toX(points.xs[i]);
          double py = plot.toY(points.ys[i]);
          marks.append(Svg.mark(truth, px, py, radius));
          if (!points.isRight[i]) {
            rings.append(Svg.circle(px, py, radius + 3));
          }
        }
      }
      plot.svg().path("point f" + Svg.color(truth), marks.toString());
    }
    plot.svg().path("ring", rings.toString());
  }

  private static String legend(List<String> classNames) {
    if (classNames.size() > MOST_NAMED_CLASSES) {
      return "";
    }
    StringBuilder legend = new StringBuilder("<p class=\"legend\">");
    for (int i = 0; i < classNames.size(); i++) {
      legend.append("<span><svg viewBox=\"0 0 12 12\" class=\"key\" aria-hidden=\"true\">");
      legend.append("<path class=\"point f").append(Svg.color(i)).append("\" d=\"");
      legend.append(Svg.mark(i, 6, 6, 3.6)).append("\"/></svg>");
      legend.append(escape(classNames.get(i))).append("</span> ");
    }
    return legend.append("</p>").toString();
  }
}
