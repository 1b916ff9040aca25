package dev.myelin.peers;

import dev.myelin.peers.Workload.Product;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * GFLOP/s of the square products over their size, a line for each contender, as an SVG that can be
 * read on white and on black.
 */
final class SpeedPlot {
  private static final int WIDTH = 760;
  private static final int HEIGHT = 420;
  private static final int LEFT = 56;
  private static final int RIGHT = 150;
  private static final int TOP = 34;
  private static final int BOTTOM = 44;

  /** Labels closer than this would lie on each other. */
  private static final double LABEL_HEIGHT = 15;

  private static final List<Peer> PEERS =
      List.of(
          Peer.MYELIN,
          Peer.MKL,
          Peer.OPENBLAS,
          Peer.PYTORCH,
          Peer.DL4J,
          Peer.MYELIN_OPENCL,
          Peer.CLBLAST);

  /** Of middle lightness, told apart by the colour-blind, too (after Okabe and Ito, 2008). */
  private static final List<String> COLOURS =
      List.of("#d55e00", "#0072b2", "#009e73", "#cc79a7", "#b09000", "#e69f00", "#56a0d0");

  private final Measurements run;
  private final List<Product> squares;
  private final double highest;
  private final StringBuilder svg = new StringBuilder();

  private SpeedPlot(Measurements run) {
    this.run = run;
    this.squares =
        Workloads.squares().stream()
            .filter(square -> PEERS.stream().anyMatch(peer -> run.has(square, peer)))
            .toList();
    double most = 1;
    for (Product square : squares) {
      for (Peer peer : PEERS) {
        most = run.has(square, peer) ? Math.max(most, gflops(square, peer)) : most;
      }
    }
    this.highest = 20 * Math.ceil(most / 20);
  }

  static String of(Measurements run, String title) {
    SpeedPlot plot = new SpeedPlot(run);
    plot.frame(title);
    plot.curves();
    return plot.svg.append("</svg>\n").toString();
  }

  private void element(String format, Object... arguments) {
    svg.append(String.format(Locale.ROOT, format, arguments)).append('\n');
  }

  private double gflops(Product square, Peer peer) {
    return square.operations() / run.medianNanos(square, peer);
  }

  private double x(Product square) {
    double first = Math.log(squares.get(0).m());
    double last = Math.log(squares.get(squares.size() - 1).m());
    double share = last == first ? 0 : (Math.log(square.m()) - first) / (last - first);
    return LEFT + share * (WIDTH - LEFT - RIGHT);
  }

  private double y(double gflops) {
    return HEIGHT - BOTTOM - gflops / highest * (HEIGHT - TOP - BOTTOM);
  }

  private void frame(String title) {
    element(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\">",
        WIDTH, HEIGHT);
    element("<style>text { fill: #505050 } .grid { stroke: #808080; stroke-opacity: 0.35 }");
    element("@media (prefers-color-scheme: dark) { text { fill: #b8b8b8 } }</style>");
    element("<title>%s</title>", title);
    element("<text x=\"%d\" y=\"18\" font-size=\"14\">%s</text>", LEFT, title);
    for (double value = 0; value <= highest; value += 20) {
      double y = y(value);
      element(
          "<line class=\"grid\" x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\"/>",
          LEFT, y, WIDTH - RIGHT, y);
      element("<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.0f</text>", LEFT - 8, y + 4, value);
    }
    for (Product square : squares) {
      element(
          "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%d</text>",
          x(square), HEIGHT - BOTTOM + 18, square.m());
    }
    element(
        "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">rows and columns</text>",
        (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8);
  }

  /** Where a contender's line ends. */
  private record End(Peer peer, String colour, double y) {}

  private void curves() {
    List<End> ends = new ArrayList<>();
    for (int i = 0; i < PEERS.size(); i++) {
      Peer peer = PEERS.get(i);
      List<Product> measured = squares.stream().filter(square -> run.has(square, peer)).toList();
      if (!measured.isEmpty()) {
        curve(peer, COLOURS.get(i), measured);
        Product last = measured.get(measured.size() - 1);
        ends.add(new End(peer, COLOURS.get(i), y(gflops(last, peer))));
      }
    }
    labels(ends);
  }

  private void curve(Peer peer, String colour, List<Product> measured) {
    StringBuilder points = new StringBuilder();
    for (Product square : measured) {
      points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(square), y(gflops(square, peer))));
    }
    element(
        "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"%s\"%s/>",
        points.toString().strip(),
        colour,
        peer == Peer.MYELIN ? "3" : "1.8",
        isOpenCl(peer) ? " stroke-dasharray=\"6 4\"" : "");
  }

  private static boolean isOpenCl(Peer peer) {
    return peer == Peer.MYELIN_OPENCL || peer == Peer.CLBLAST;
  }

  /** At the lines' ends, moved apart where they would lie on each other. */
  private void labels(List<End> ends) {
    double lowestFree = TOP;
    for (End end : ends.stream().sorted(Comparator.comparingDouble(End::y)).toList()) {
      double y = Math.max(end.y(), lowestFree);
      lowestFree = y + LABEL_HEIGHT;
      element(
          "<text x=\"%d\" y=\"%.1f\" style=\"fill: %s\">%s</text>",
          WIDTH - RIGHT + 8, y + 4, end.colour(), end.peer().label());
    }
  }
}
