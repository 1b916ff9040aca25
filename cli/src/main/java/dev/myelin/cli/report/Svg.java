package dev.myelin.cli.report;

import static dev.myelin.cli.report.Markup.coordinate;
import static dev.myelin.cli.report.Markup.escape;

/**
 * A drawing; the origin is at the top left. Colours come from the page's style sheet, by class:
 * "f0" fills with the first colour of the palette, "s0" strokes with it.
 */
final class Svg {
  /** How many colours the palette has. */
  static final int COLORS = 7;

  private static final int SHAPES = 5;

  private final double width;
  private final double height;
  private final String title;
  private final StringBuilder body = new StringBuilder();

  /**
   * @param title what a reader who cannot see it is told
   */
  Svg(double width, double height, String title) {
    this.width = width;
    this.height = height;
    this.title = title;
  }

  Svg line(String style, double x1, double y1, double x2, double y2) {
    return path(
        style,
        "M" + coordinate(x1) + " " + coordinate(y1) + "L" + coordinate(x2) + " " + coordinate(y2));
  }

  /** Adds nothing for a path without points. */
  Svg path(String style, String data) {
    if (!data.isEmpty()) {
      body.append("<path class=\"").append(style).append("\" d=\"").append(data).append("\"/>");
    }
    return this;
  }

  Svg rectangle(String style, double x, double y, double w, double h) {
    body.append("<rect class=\"").append(style);
    body.append("\" x=\"").append(coordinate(x)).append("\" y=\"").append(coordinate(y));
    body.append("\" width=\"").append(coordinate(w));
    body.append("\" height=\"").append(coordinate(h)).append("\"/>");
    return this;
  }

  /**
   * @param style "start", "middle" or "end" among its classes says which end of the text is at x
   */
  Svg text(String style, double x, double y, String text) {
    body.append("<text class=\"").append(style);
    body.append("\" x=\"").append(coordinate(x)).append("\" y=\"").append(coordinate(y));
    body.append("\">").append(escape(text)).append("</text>");
    return this;
  }

  /** The colour of a class or series: they come again after {@value #COLORS}. */
  static int color(int number) {
    return Math.floorMod(number, COLORS);
  }

  /**
   * A mark of a class's shape: circle, triangle, square, diamond, cross. Five shapes and {@value
   * #COLORS} colours make 35 marks that differ.
   */
  static String mark(int number, double x, double y, double radius) {
    return switch (Math.floorMod(number, SHAPES)) {
      case 0 -> circle(x, y, radius);
      case 1 ->
          polygon(
              x,
              y - 1.25 * radius,
              x + 1.15 * radius,
              y + 0.85 * radius,
              x - 1.15 * radius,
              y + 0.85 * radius);
      case 2 -> {
        double half = 0.9 * radius;
        yield polygon(
            x - half, y - half, x + half, y - half, x + half, y + half, x - half, y + half);
      }
      case 3 -> {
        double half = 1.25 * radius;
        yield polygon(x, y - half, x + half, y, x, y + half, x - half, y);
      }
      default -> {
        double a = 0.4 * radius;
        double b = 1.15 * radius;
        yield polygon(
            x - a, y - b, x + a, y - b, x + a, y - a, x + b, y - a, x + b, y + a, x + a, y + a,
            x + a, y + b, x - a, y + b, x - a, y + a, x - b, y + a, x - b, y - a, x - a, y - a);
      }
    };
  }

  static String circle(double x, double y, double radius) {
    String r = coordinate(radius);
    String across = coordinate(2 * radius);
    return ("M" + coordinate(x - radius) + " " + coordinate(y))
        + ("a" + r + " " + r + " 0 1 0 " + across + " 0")
        + ("a" + r + " " + r + " 0 1 0 -" + across + " 0z");
  }

  private static String polygon(double... points) {
    StringBuilder path = new StringBuilder();
    for (int i = 0; i < points.length; i += 2) {
      path.append(i == 0 ? 'M' : 'L');
      path.append(coordinate(points[i])).append(' ').append(coordinate(points[i + 1]));
    }
    return path.append('z').toString();
  }

  @Override
  public String toString() {
    return "<svg viewBox=\"0 0 "
        + coordinate(width)
        + " "
        + coordinate(height)
        + "\" role=\"img\" aria-label=\""
        + escape(title)
        + "\"><title>"
        + escape(title)
        + "</title>"
        + body
        + "</svg>";
  }
}
