package dev.myelin.cli.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** Lines over one axis, each named at its end; each of its own dash pattern besides its colour. */
public final class LineChart {
  private static final double HEIGHT = 210;
  private static final double LABEL_HEIGHT = 14;
  private static final double LETTER_WIDTH = 6.4;

  /** Up to so many points are marked, so that a line of one point is seen. */
  private static final int MOST_MARKS = 30;

  /** A line. */
  public static final class Line {
    private final String name;
    private final double[] xs;
    private final double[] ys;

    /**
     * Keeps the arrays as they are.
     *
     * @param name what is written at its end
     * @param ys where one is not finite the line is broken
     */
    public Line(String name, double[] xs, double[] ys) {
      this.name = name;
      this.xs = xs;
      this.ys = ys;
    }
  }

  private LineChart() {}

  /** Loss and the like: from 0, or logarithmic where values above 0 are far apart. */
  public static String ofPositive(String title, String xName, String yName, List<Line> lines) {
    return draw(title, xName, yName, Axis.ofPositive(allY(lines)), lines);
  }

  /** Shares in percent: the axis ends at 100. */
  public static String ofPercent(String title, String xName, String yName, List<Line> lines) {
    double lowest = Axis.of(allY(lines), 0.05).low();
    double low = Math.max(0, Math.min(lowest, 99));
    return draw(title, xName, yName, new Axis(low, 100, false), lines);
  }

  private static double[] allY(List<Line> lines) {
    return lines.stream()
        .flatMapToDouble(line -> Arrays.stream(line.ys))
        .filter(Double::isFinite)
        .toArray();
  }

  private static String draw(String title, String xName, String yName, Axis y, List<Line> lines) {
    double[] xs = lines.stream().flatMapToDouble(line -> Arrays.stream(line.xs)).toArray();
    int longest = lines.stream().mapToInt(line -> line.name.length()).max().orElse(0);
    String yTitle = y.isLogarithmic() ? yName + " (logarithmic)" : yName;
    double margin = 12 + LETTER_WIDTH * longest;
    Axis x = Axis.of(xs, 0);
    boolean isWhole = Arrays.stream(xs).allMatch(each -> each == Math.rint(each));
    Plot plot =
        isWhole
            ? Plot.ofWhole(title, x, xName, y, yTitle, HEIGHT, margin)
            : Plot.of(title, x, xName, y, yTitle, HEIGHT, margin);
    for (int i = lines.size() - 1; i >= 0; i--) {
      Line line = lines.get(i);
      plot.svg().path("line s" + Svg.color(i) + " dash" + i % 4, plot.polyline(line.xs, line.ys));
      if (line.xs.length <= MOST_MARKS) {
        StringBuilder marks = new StringBuilder();
        for (int j = 0; j < line.xs.length; j++) {
          if (Double.isFinite(line.ys[j])) {
            marks.append(Svg.mark(i, plot.toX(line.xs[j]), plot.toY(line.ys[j]), 2));
          }
        }
        plot.svg().path("f" + Svg.color(i), marks.toString());
      }
    }
    label(plot, lines);
    return plot.toString();
  }

  private record Label(int line, String name, double y) {}

  /** Names beside the ends, moved apart where they would lie on each other. */
  private static void label(Plot plot, List<Line> lines) {
    List<Label> labels = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      double[] ys = lines.get(i).ys;
      int last = ys.length - 1;
      while (last >= 0 && !Double.isFinite(ys[last])) {
        last--;
      }
      if (last >= 0) {
        labels.add(new Label(i, lines.get(i).name, plot.toY(ys[last])));
      }
    }
    labels.sort(Comparator.comparingDouble(Label::y));
    double[] at = labels.stream().mapToDouble(label -> label.y() + 4).toArray();
    double highest = plot.top() + 4;
    for (int i = 0; i < at.length; i++) {
      double least = i == 0 ? highest : at[i - 1] + LABEL_HEIGHT;
      at[i] = Math.max(at[i], least);
    }
    double lowest = plot.bottom();
    for (int i = at.length - 1; i >= 0; i--) {
      double most = i == at.length - 1 ? lowest : at[i + 1] - LABEL_HEIGHT;
      at[i] = Math.min(at[i], most);
    }
    for (int i = 0; i < at.length; i++) {
      Label label = labels.get(i);
      plot.svg()
          .text("label start t" + Svg.color(label.line()), plot.right() + 6, at[i], label.name());
    }
  }
}
