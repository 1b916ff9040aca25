package dev.myelin.cli.report;

import static dev.myelin.cli.report.Markup.coordinate;

import java.util.Arrays;

/**
 * How numbers are distributed, in a small space: counts in equal bins from -w to w, where w is the
 * largest magnitude, but at most five standard deviations; what lies beyond is in the outermost
 * bins.
 */
public final class Histogram {
  private static final int BINS = 41;
  private static final double WIDTH = 170;
  private static final double HEIGHT = 84;
  private static final double BOTTOM = 66;
  private static final double TOP = 4;
  private static final double SIDE = 4;
  private static final double MOST_DEVIATIONS = 5;

  private final double end;
  private final long[] counts = new long[BINS];
  private long beyond;

  /** Counts. */
  public Histogram(float[] values) {
    Summary summary = Summary.of(values);
    double largest = Math.max(Math.abs(summary.least()), Math.abs(summary.greatest()));
    double spread = Math.sqrt(square(summary.mean()) + square(summary.deviation()));
    double wanted = Math.min(largest, MOST_DEVIATIONS * spread);
    end = wanted > 0 ? wanted : 1;
    for (float value : values) {
      int bin = (int) Math.floor((value + end) / (2 * end) * BINS);
      beyond += Math.abs(value) > end ? 1 : 0;
      counts[Math.max(0, Math.min(BINS - 1, bin))]++;
    }
  }

  /** How many numbers lie beyond the ends, and are in the outermost bins. */
  public long beyond() {
    return beyond;
  }

  /**
   * The figure.
   *
   * @param color number of a colour
   */
  public String draw(String title, int color) {
    Svg svg = new Svg(WIDTH, HEIGHT, title);
    svg.path("f" + Svg.color(color), bars());
    svg.line("axis", SIDE, BOTTOM, WIDTH - SIDE, BOTTOM);
    svg.line("axis", WIDTH / 2, BOTTOM, WIDTH / 2, BOTTOM + 4);
    svg.text("tick start", SIDE, BOTTOM + 15, Markup.number(-end, 2));
    svg.text("tick middle", WIDTH / 2, BOTTOM + 15, "0");
    svg.text("tick end", WIDTH - SIDE, BOTTOM + 15, Markup.number(end, 2));
    return svg.toString();
  }

  private static double square(double value) {
    return value * value;
  }

  private String bars() {
    double width = (WIDTH - 2 * SIDE) / BINS;
    long most = Arrays.stream(counts).max().orElse(1);
    StringBuilder path = new StringBuilder();
    for (int i = 0; i < BINS; i++) {
      if (counts[i] > 0) {
        // At least a hairline: a bin that is not empty is not to look so.
        double height = Math.max(0.7, (BOTTOM - TOP) * counts[i] / most);
        path.append('M')
            .append(coordinate(SIDE + i * width))
            .append(' ')
            .append(coordinate(BOTTOM));
        path.append("v-").append(coordinate(height)).append('h').append(coordinate(width - 0.4));
        path.append('v').append(coordinate(height)).append('z');
      }
    }
    return path.toString();
  }
}
