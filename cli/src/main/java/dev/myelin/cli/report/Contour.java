package dev.myelin.cli.report;

import static dev.myelin.cli.report.Markup.coordinate;

/**
 * The area where a field, known at the nodes of a grid, is at least 0: within a cell its border is
 * the straight line between the zeros that linear interpolation gives on the cell's edges.
 *
 * <p>Source: marching squares, after Lorensen and Cline, "Marching cubes", 1987.
 */
final class Contour {
  private final double[] xs;
  private final double[] ys;
  private final double[] field;
  private final StringBuilder path = new StringBuilder();

  private Contour(double[] xs, double[] ys, double[] field) {
    this.xs = xs;
    this.ys = ys;
    this.field = field;
  }

  /**
   * The area as an SVG path.
   *
   * @param xs of the grid's columns, in the drawing
   * @param ys of its rows
   * @param field [rows, columns] row-major
   */
  static String area(double[] xs, double[] ys, double[] field) {
    Contour contour = new Contour(xs, ys, field);
    for (int row = 0; row + 1 < ys.length; row++) {
      contour.addRow(row);
    }
    return contour.path.toString();
  }

  /** Whole cells beside each other become one rectangle. */
  private void addRow(int row) {
    int columns = xs.length;
    int begin = -1;
    for (int column = 0; column + 1 < columns; column++) {
      boolean isWhole = corners(row, column) == 4;
      if (isWhole && begin < 0) {
        begin = column;
      }
      if (!isWhole && begin >= 0) {
        addRectangle(row, begin, column);
        begin = -1;
      }
      if (!isWhole && corners(row, column) > 0) {
        addCut(row, column);
      }
    }
    if (begin >= 0) {
      addRectangle(row, begin, columns - 1);
    }
  }

  private int corners(int row, int column) {
    int inside = 0;
    for (int corner = 0; corner < 4; corner++) {
      inside += value(row, column, corner) >= 0 ? 1 : 0;
    }
    return inside;
  }

  /** Corners go around: top left, top right, bottom right, bottom left. */
  private static int across(int corner) {
    return corner == 1 || corner == 2 ? 1 : 0;
  }

  private static int down(int corner) {
    return corner >= 2 ? 1 : 0;
  }

  private double value(int row, int column, int corner) {
    return field[(row + down(corner)) * xs.length + column + across(corner)];
  }

  private void addRectangle(int row, int from, int to) {
    path.append('M').append(coordinate(xs[from])).append(' ').append(coordinate(ys[row]));
    path.append('H').append(coordinate(xs[to])).append('V').append(coordinate(ys[row + 1]));
    path.append('H').append(coordinate(xs[from])).append('z');
  }

  private void addCut(int row, int column) {
    char command = 'M';
    for (int corner = 0; corner < 4; corner++) {
      int next = (corner + 1) % 4;
      double here = value(row, column, corner);
      double there = value(row, column, next);
      double x = xs[column + across(corner)];
      double y = ys[row + down(corner)];
      if (here >= 0) {
        command = addPoint(command, x, y);
      }
      if (here >= 0 != there >= 0) {
        double share = here / (here - there);
        double nextX = xs[column + across(next)];
        double nextY = ys[row + down(next)];
        command = addPoint(command, x + share * (nextX - x), y + share * (nextY - y));
      }
    }
    path.append('z');
  }

  private char addPoint(char command, double x, double y) {
    path.append(command).append(coordinate(x)).append(' ').append(coordinate(y));
    return 'L';
  }
}
