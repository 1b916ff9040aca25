package dev.myelin.cli.report;

/** Points over two axes, with at most one line through them. */
public final class ScatterPlot {
  private static final double HEIGHT = 240;

  private ScatterPlot() {}

  /**
   * A curve over the points that it is to follow.
   *
   * @param curveXs rising
   */
  public static String ofCurve(
      String title,
      String xName,
      String yName,
      double[] xs,
      double[] ys,
      double[] curveXs,
      double[] curveYs) {
    double[] allYs = new double[ys.length + curveYs.length];
    System.arraycopy(ys, 0, allYs, 0, ys.length);
    System.arraycopy(curveYs, 0, allYs, ys.length, curveYs.length);
    Plot plot = Plot.of(title, Axis.of(xs, 0.02), xName, Axis.of(allYs, 0.05), yName, HEIGHT, 10);
    addPoints(plot, xs, ys);
    plot.svg().path("line s1", plot.polyline(curveXs, curveYs));
    return plot.toString();
  }

  /** Predicted over true values: on the diagonal where they are the same. */
  public static String ofPredictions(
      String title, String xName, String yName, double[] truths, double[] predictions) {
    double[] both = new double[2 * truths.length];
    System.arraycopy(truths, 0, both, 0, truths.length);
    System.arraycopy(predictions, 0, both, truths.length, truths.length);
    Axis axis = Axis.of(both, 0.04);
    Plot plot = Plot.ofPlane(title, axis, xName, axis, yName);
    double[] ends = {axis.low(), axis.high()};
    plot.svg().path("guide", plot.polyline(ends, ends));
    addPoints(plot, truths, predictions);
    return plot.toString();
  }

  /** Errors over predictions, with a line at 0. */
  public static String ofErrors(
      String title, String xName, String yName, double[] predictions, double[] errors) {
    double largest = 0;
    for (double error : errors) {
      largest = Math.max(largest, Math.abs(error));
    }
    double end = largest == 0 ? 1 : 1.05 * largest;
    Axis x = Axis.of(predictions, 0.04);
    Plot plot = Plot.of(title, x, xName, new Axis(-end, end, false), yName, HEIGHT, 10);
    plot.svg().path("guide", plot.polyline(new double[] {x.low(), x.high()}, new double[2]));
    addPoints(plot, predictions, errors);
    return plot.toString();
  }

  private static void addPoints(Plot plot, double[] xs, double[] ys) {
    double radius = xs.length > 300 ? 1.6 : 2.4;
    StringBuilder marks = new StringBuilder();
    for (int i = 0; i < xs.length; i++) {
      marks.append(Svg.circle(plot.toX(xs[i]), plot.toY(ys[i]), radius));
    }
    plot.svg().path("dot f0", marks.toString());
  }
}
